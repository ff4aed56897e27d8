import { EVENT, TYPES } from './constants.js';
import { preview } from './elements.js';
import type { Emitter } from './emitter.js';
import { conversationType, partner, received, SYSTEM } from './messages.js';
import type { Conversation, ConversationID, GroupAtInfo, LastMessage, Message, Profile } from './model.js';
import { blankGroup, blankProfile } from './shapes.js';
import { type Fields, flag, has, objects, sub, text, texts, whole, wholes } from './wire.js';

/** At most so often are listeners told of a changed list, in milliseconds. */
const PAUSE = 50;

/** Mark 4 of the wire: hidden conversations do not count. */
const HIDE = 8;
const MAX_CONVERSATIONS = 10_000;
const MAX_DOUBTS = 3;

/** So often is asked whether a conversation has come onto the list, in milliseconds. */
const UNLISTED = 2000;

/** One conversation as the server described it last, and what arrived since. */
interface Entry {
  version: string;
  lastSeq: number;
  changeSeq: number;
  readSeq: number;
  clearSeq: number;
  peerReadSeq: number;
  time: number;
  live: boolean;
  /** How often the server's entry was behind what has been seen. */
  doubts: number;
  shown: Conversation;
}

const noMessage = (): LastMessage => ({
  nick: '',
  nameCard: '',
  lastTime: 0,
  lastSequence: 0,
  fromAccount: '',
  isRevoked: false,
  revoker: '',
  isPeerRead: false,
  messageForShow: '',
  type: '',
  payload: {},
});

const lastMessage = (message: Message): LastMessage => ({
  nick: message.nick,
  nameCard: message.nameCard,
  lastTime: message.time,
  lastSequence: message.sequence,
  fromAccount: message.from,
  isRevoked: message.isRevoked,
  revoker: message.revoker,
  isPeerRead: message.isPeerRead,
  messageForShow: message.isRevoked ? '' : preview(message.type, message.payload),
  type: message.type,
  payload: message.payload,
});

/** The mark of the API for a mark's number on the wire: 1 star … 4 hide, 33–64 the app's own. */
export const markOf = (bit: number): number => 2 ** (bit - 1);

export const bitOf = (mark: number): number => Math.round(Math.log2(mark)) + 1;

/** The conversation list: equal to the server's by construction, see docs/client-protocol.md. */
export class Conversations {
  readonly #emitter: Emitter;
  readonly #me: () => string;
  readonly #fetch: (ids: ConversationID[]) => Promise<Fields>;
  readonly #isRoom: (id: ConversationID) => boolean;
  readonly #entries = new Map<ConversationID, Entry>();
  readonly #drafts = new Map<ConversationID, string>();
  readonly #stale = new Set<ConversationID>();
  /** Conversations that send messages but stood on no list when asked for; asked for again now and then. */
  readonly #unlisted = new Map<ConversationID, ReturnType<typeof setTimeout> | undefined>();
  #staleTimer: ReturnType<typeof setTimeout> | undefined;
  #tellTimer: ReturnType<typeof setTimeout> | undefined;
  #sorted: Conversation[] | undefined;
  #total = 0;
  groupNames: string[] = [];
  isComplete = false;

  constructor(
    emitter: Emitter,
    me: () => string,
    fetch: (ids: ConversationID[]) => Promise<Fields>,
    isRoom: (id: ConversationID) => boolean,
  ) {
    this.#emitter = emitter;
    this.#me = me;
    this.#fetch = fetch;
    this.#isRoom = isRoom;
  }

  /** What the server needs to know to tell only what is new. */
  versions(): Record<ConversationID, string> {
    const held: Record<ConversationID, string> = Object.create(null);
    for (const [id, entry] of this.#entries) {
      held[id] = entry.version;
    }
    return held;
  }

  /** Takes entries as the server has them; one that is behind a message that came since is asked for again. */
  take(entries: readonly Fields[], gone: readonly string[]): void {
    for (const wire of entries) {
      const id = text(wire, 'conversation');
      const known = this.#entries.get(id);
      const behind = known !== undefined && whole(wire, 'lastSeq') < known.lastSeq;
      if (behind && known.doubts < MAX_DOUBTS) {
        known.doubts++;
        this.refresh(id);
      } else if (id !== '' && (known !== undefined || this.#entries.size < MAX_CONVERSATIONS)) {
        this.#entries.set(id, this.#entry(id, wire));
        clearTimeout(this.#unlisted.get(id));
        this.#unlisted.delete(id);
      }
    }
    for (const id of gone) {
      this.#entries.delete(id);
    }
    this.changed();
  }

  get(id: ConversationID): Conversation | undefined {
    return this.#entries.get(id)?.shown;
  }

  /** A conversation that is on no list. */
  imagine(id: ConversationID): Conversation {
    return this.#entry(id, {}).shown;
  }

  numbers(id: ConversationID): Readonly<Omit<Entry, 'shown'>> | undefined {
    return this.#entries.get(id);
  }

  /** Whether others' messages of it are only to be found in its history. */
  isDiscarded(id: ConversationID): boolean {
    return this.#entries.get(id)?.shown.messageRemindType === TYPES.MSG_REMIND_DISCARD;
  }

  has(id: ConversationID): boolean {
    return this.#entries.has(id);
  }

  ids(): ConversationID[] {
    return [...this.#entries.keys()];
  }

  /** Pinned ones first, then the newest. */
  all(): Conversation[] {
    this.#sorted ??= [...this.#entries.values()]
      .sort(
        (a, b) =>
          Number(b.shown.isPinned) - Number(a.shown.isPinned) ||
          b.time - a.time ||
          (a.shown.conversationID < b.shown.conversationID ? -1 : 1),
      )
      .map((entry) => entry.shown);
    return this.#sorted;
  }

  total(): number {
    let total = 0;
    for (const { shown } of this.#entries.values()) {
      const muted = shown.messageRemindType !== TYPES.MSG_REMIND_ACPT_AND_NOTE;
      total += muted || shown.markList.includes(HIDE) ? 0 : shown.unreadCount;
    }
    return total;
  }

  /** A stored message has come, from others or from oneself. */
  arrived(message: Message, wire: { noUnread: boolean; noLastMessage: boolean; targeted: boolean }): void {
    const id = message.conversationID;
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      if (this.#isRoom(id) || this.#entries.size >= MAX_CONVERSATIONS || this.#askLater(id)) {
        return;
      }
      // Shown at once; names, marks and the rest follow.
      entry = this.#entry(id, {});
      this.#entries.set(id, entry);
      this.refresh(id);
    }
    if (message.sequence <= entry.lastSeq) {
      return;
    }
    entry.lastSeq = message.sequence;
    const shown = entry.shown;
    const quiet =
      message.flow === 'out' ||
      wire.noUnread ||
      wire.targeted ||
      message.from === SYSTEM ||
      entry.live;
    const unreadCount = shown.unreadCount + (quiet ? 0 : 1);
    const groupAtInfoList = this.#mentioned(message, shown.groupAtInfoList);
    if (wire.noLastMessage) {
      entry.shown = { ...shown, unreadCount, groupAtInfoList };
    } else {
      entry.time = message.time;
      entry.shown = { ...shown, unreadCount, groupAtInfoList, lastMessage: lastMessage(message) };
    }
    this.changed();
  }

  /** The user has read, here or on another device. */
  read(id: ConversationID, readSeq: number, unreadCount: number): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) {
      entry.readSeq = Math.max(entry.readSeq, readSeq);
        entry.shown = {
        ...entry.shown,
        unreadCount,
        groupAtInfoList: entry.shown.groupAtInfoList.filter(
          (each) => each.messageSequence > entry.readSeq,
        ),
      };
      this.changed();
    }
  }

  /** The peer has read. */
  readByPeer(id: ConversationID, peerReadSeq: number, peerReadTime: number): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) {
      entry.peerReadSeq = Math.max(entry.peerReadSeq, peerReadSeq);
        const last = entry.shown.lastMessage;
      const isPeerRead =
        last.fromAccount === this.#me() &&
        last.lastSequence > 0 &&
        last.lastSequence <= entry.peerReadSeq;
      entry.shown = {
        ...entry.shown,
        peerReadTime: Math.max(entry.shown.peerReadTime, peerReadTime),
        lastMessage: { ...last, isPeerRead },
      };
      this.changed();
    }
  }

  /** A user has another name or picture. */
  rename(known: Profile): void {
    const entry = this.#entries.get(`C2C${known.userID}`);
    if (entry !== undefined) {
      entry.shown = { ...entry.shown, userProfile: known };
      this.changed();
    }
  }

  setDraft(id: ConversationID, draftText: string): boolean {
    const entry = this.#entries.get(id);
    if (draftText === '') {
      this.#drafts.delete(id);
    } else {
      this.#drafts.set(id, draftText);
    }
    if (entry !== undefined) {
      entry.shown = { ...entry.shown, draftText };
      this.changed();
    }
    return entry !== undefined;
  }

  /** The same for a group and the topics of it that are here. */
  refreshGroup(groupID: string): void {
    const id = `GROUP${groupID}`;
    for (const each of this.#entries.keys()) {
      if (each === id || each.startsWith(`${id}@TOPIC#_`)) {
        this.refresh(each);
      }
    }
  }

  /** Asks for an entry again, together with others that need it. */
  refresh(id: ConversationID): void {
    this.#stale.add(id);
    this.#staleTimer ??= setTimeout(() => {
      this.#staleTimer = undefined;
      const ids = [...this.#stale].slice(0, 100);
      ids.forEach((each) => this.#stale.delete(each));
      this.fetch(ids).catch(() => undefined);
      if (this.#stale.size > 0) {
        this.refresh([...this.#stale][0] as ConversationID);
      }
    }, 30);
  }

  async fetch(ids: ConversationID[]): Promise<void> {
    const reply = await this.#fetch(ids);
    const gone = texts(reply, 'gone');
    for (const id of gone) {
      if (this.#entries.get(id)?.version === '' && !this.#unlisted.has(id)) {
        this.#unlisted.set(id, undefined);
      }
    }
    const entries = objects(reply, 'conversations');
    entries.forEach((each) => this.passOver(text(each, 'conversation'), whole(each, 'lastSeq')));
    this.take(entries, gone);
  }

  /** Hears up to which number an entry knows, before it is taken: what was discarded stays untold. */
  passOver: (id: ConversationID, lastSeq: number) => void = () => undefined;

  /** Whether this stood on no list a moment ago; then it is asked for in a while. */
  #askLater(id: ConversationID): boolean {
    if (!this.#unlisted.has(id)) {
      return false;
    }
    if (this.#unlisted.get(id) === undefined) {
      const ask = () => {
        this.#unlisted.set(id, undefined);
        this.refresh(id);
      };
      this.#unlisted.set(id, setTimeout(ask, UNLISTED));
    }
    return true;
  }

  /** Tells listeners, soon. */
  changed(): void {
    this.#sorted = undefined;
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = undefined;
      if (this.#me() !== '') {
        this.#tell();
      }
    }, PAUSE);
  }

  clear(): void {
    clearTimeout(this.#tellTimer);
    clearTimeout(this.#staleTimer);
    this.#tellTimer = undefined;
    this.#staleTimer = undefined;
    this.#stale.clear();
    this.#unlisted.forEach((timer) => clearTimeout(timer));
    this.#unlisted.clear();
    this.#entries.clear();
    this.#drafts.clear();
    this.#sorted = undefined;
    this.#total = 0;
    this.groupNames = [];
    this.isComplete = false;
  }

  #tell(): void {
    this.#emitter.emit(EVENT.CONVERSATION_LIST_UPDATED, this.all());
    const total = this.total();
    if (total !== this.#total) {
      this.#total = total;
      this.#emitter.emit(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, total);
    }
  }

  #mentioned(message: Message, before: GroupAtInfo[]): GroupAtInfo[] {
    if (message.flow === 'out' || message.atUserList.length === 0) {
      return before;
    }
    const atMe = message.atUserList.includes(this.#me());
    const atAll = message.atUserList.includes(TYPES.MSG_AT_ALL);
    return atMe || atAll ? [...before, atInfo(message.conversationID, message.sequence, message.from, atMe, atAll)] : before;
  }

  #entry(id: ConversationID, wire: Fields): Entry {
    const type = conversationType(id);
    const last = has(wire, 'lastMessage')
      ? received({ ...sub(wire, 'lastMessage'), conversation: id }, this.#me())
      : undefined;
    const peerReadSeq = whole(wire, 'peerReadSeq');
    const live = ['ChatRoom', 'AVChatRoom'].includes(text(wire, 'groupType'));
    const shown: Conversation = {
      conversationID: id,
      type,
      subType: text(wire, 'groupType'),
      unreadCount: Math.max(0, whole(wire, 'unread')),
      lastMessage: last === undefined ? noMessage() : lastMessage(last),
      groupAtInfoList: objects(wire, 'mentions').map((each) =>
        atInfo(id, whole(each, 'seq'), text(each, 'from'), flag(each, 'me'), flag(each, 'everybody')),
      ),
      remark: text(wire, 'remark'),
      isPinned: flag(wire, 'pinned'),
      messageRemindType: text(wire, 'msgFlag', TYPES.MSG_REMIND_ACPT_AND_NOTE),
      markList: wholes(wire, 'marks').filter((bit) => bit >= 1 && bit <= 64).map(markOf),
      customData: text(wire, 'customData'),
      conversationGroupList: texts(wire, 'groups'),
      draftText: this.#drafts.get(id) ?? '',
      peerReadTime: whole(wire, 'peerReadTime'),
    };
    const nick = text(wire, 'name');
    const avatar = text(wire, 'faceUrl');
    if (type === TYPES.CONV_C2C) {
      shown.userProfile = { ...blankProfile(partner(id)), nick, avatar };
      shown.lastMessage.isPeerRead =
        last?.flow === 'out' && last.sequence > 0 && last.sequence <= peerReadSeq;
    } else {
      shown.groupProfile = {
        ...blankGroup(partner(id)),
        name: nick,
        avatar,
        type: text(wire, 'groupType'),
      };
    }
    return {
      version: text(wire, 'version'),
      lastSeq: whole(wire, 'lastSeq'),
      changeSeq: whole(wire, 'changeSeq'),
      readSeq: whole(wire, 'readSeq'),
      clearSeq: whole(wire, 'clearSeq'),
      peerReadSeq,
      time: whole(wire, 'time', last?.time ?? 0),
      live,
      doubts: 0,
      shown,
    };
  }
}

const atInfo = (
  conversation: ConversationID,
  messageSequence: number,
  from: string,
  atMe: boolean,
  atAll: boolean,
): GroupAtInfo => ({
  from,
  groupID: partner(conversation),
  messageSequence,
  atTypeArray: [
    atMe && atAll ? TYPES.CONV_AT_ALL_AT_ME : atAll ? TYPES.CONV_AT_ALL : TYPES.CONV_AT_ME,
  ],
});
