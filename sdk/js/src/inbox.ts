import { EVENT, TYPES } from './constants.js';
import type { Core } from './core.js';
import { ChatError } from './errors.js';
import { keyOf, recall, received, revise } from './messages.js';
import type { ConversationID, Group, Message, Receipt } from './model.js';
import { type Fields, flag, has, objects, text, texts, whole, wholes } from './wire.js';

const PAGE = 100;

/** More missed messages than this are left to the app to page through. */
const MAX_FILLED = 500;

/** Conversations whose missed messages are fetched after a reconnect. */
const MAX_CAUGHT_UP = 100;

/** How long a gap waits for the reply to one's own send, which may be the gap. */
const OWN_REPLY = 300;

/** How far one has got with a conversation's messages. */
interface Track {
  /** Everything up to here has been seen. */
  seen: number;
  changeSeq: number;
  /** Seen beyond a gap. */
  ahead: Set<number>;
  filling: boolean;
  /** Has no history: a live room. */
  live: boolean;
  /** Arrived while a gap is being filled. */
  held: Fields[];
}

/** What arrives: in order, once, without gaps. */
export class Inbox {
  readonly #core: Core;
  readonly #tracks = new Map<ConversationID, Track>();

  constructor(core: Core) {
    this.#core = core;
    core.conversations.passOver = (id, lastSeq) => this.passOver(id, lastSeq);
  }

  /** `message.new`: several messages of several conversations. */
  arrived(data: Fields): void {
    this.#deliver(objects(data, 'messages').flatMap((wire) => this.#inOrder(wire)));
  }

  /** A message of one's own is stored under this number. */
  sent(message: Message, key: string): void {
    this.#core.memory.keep(key, message);
    if (message.sequence > 0) {
      this.#saw(this.#track(message.conversationID), message.sequence);
    }
  }

  /** A page of history, oldest first. */
  page(conversationID: ConversationID, messages: readonly Fields[]): Message[] {
    const track = this.#track(conversationID);
    const kept = messages.flatMap(
      (wire) => this.#keep({ ...wire, conversation: conversationID })?.message ?? [],
    );
    const newest = kept[kept.length - 1];
    if (track.seen === 0 && newest !== undefined) {
      track.seen = newest.sequence;
    }
    return kept;
  }

  /** After a first synchronisation: whatever is older than now is history. */
  begin(): void {
    for (const id of this.#core.conversations.ids()) {
      const numbers = this.#core.conversations.numbers(id);
      const track = this.#track(id);
      track.seen = Math.max(track.seen, numbers?.lastSeq ?? 0);
      track.changeSeq = Math.max(track.changeSeq, numbers?.changeSeq ?? 0);
    }
  }

  /** What was discarded up to this number stays untold when it is wanted again. */
  passOver(id: ConversationID, lastSeq: number): void {
    const track = this.#tracks.get(id);
    if (track !== undefined && this.#core.conversations.isDiscarded(id)) {
      track.seen = Math.max(track.seen, lastSeq);
    }
  }

  /** After a reconnect: what was missed of the conversations the app has messages of. */
  async catchUp(): Promise<void> {
    const { conversations, memory, emitter } = this.#core;
    let reload = false;
    const behind = conversations.ids().filter((id) => {
      const numbers = conversations.numbers(id);
      const track = this.#track(id);
      return (
        numbers !== undefined &&
        (numbers.lastSeq > track.seen || numbers.changeSeq > track.changeSeq)
      );
    });
    const open = behind.filter((id) => memory.of(id).length > 0).slice(0, MAX_CAUGHT_UP);
    for (const id of behind) {
      const numbers = conversations.numbers(id);
      const track = this.#track(id);
      if (numbers === undefined) {
        continue;
      }
      if (open.includes(id)) {
        if (conversations.isDiscarded(id)) {
          track.seen = Math.max(track.seen, numbers.lastSeq);
        } else {
          await this.#fill(id, track);
        }
        await this.#changes(id, track);
      } else {
        reload ||= memory.of(id).length > 0;
        memory.forget(id);
        track.seen = Math.max(track.seen, numbers.lastSeq);
        track.changeSeq = Math.max(track.changeSeq, numbers.changeSeq);
      }
    }
    if (reload) {
      emitter.emit(EVENT.SDK_RELOAD, undefined);
    }
  }

  /** `message.recalled`. */
  recalled(data: Fields): void {
    const message = this.#changed(data);
    if (message !== undefined && !message.isRevoked) {
      recall(message, text(data, 'revoker'), text(data, 'reason'));
      this.#core.emitter.emit(EVENT.MESSAGE_REVOKED, [message]);
    }
  }

  /** `message.modified`. */
  modified(data: Fields): void {
    const message = this.#changed(data);
    if (message !== undefined && !message.isRevoked) {
      message.isModified = true;
      revise(message, data);
      message.version = whole(data, 'changeSeq');
      this.#core.emitter.emit(EVENT.MESSAGE_MODIFIED, [message]);
    }
  }

  /** `message.deleted`: the user's own copies, on another device. */
  deleted(data: Fields): void {
    const id = text(data, 'conversation');
    for (const each of objects(data, 'messages')) {
      this.#move(id, each);
      const message = this.find(id, each);
      if (message !== undefined) {
        message.isDeleted = true;
      }
    }
    this.#core.conversations.refresh(id);
  }

  /** `message.receipt`, to the sender. */
  receipted(data: Fields): void {
    const id = text(data, 'conversation');
    const receipts: Receipt[] = [];
    for (const each of objects(data, 'messages')) {
      this.#move(id, each);
      const message = this.find(id, each);
      if (message !== undefined) {
        receipts.push(this.receipt(message, each, whole(data, 'time')));
      }
    }
    if (receipts.length > 0) {
      this.#core.emitter.emit(EVENT.MESSAGE_READ_RECEIPT_RECEIVED, receipts);
    }
  }

  /** Takes over the numbers of a receipt. */
  receipt(message: Message, wire: Fields, time: number): Receipt {
    const isGroup = message.conversationType === 'GROUP';
    message.readReceiptInfo = {
      readCount: whole(wire, 'readCount', isGroup ? 0 : 1),
      unreadCount: whole(wire, 'unreadCount'),
      isPeerRead: isGroup ? false : has(wire, 'peerRead') ? flag(wire, 'peerRead') : true,
      timestamp: time,
    };
    return {
      groupID: isGroup ? message.to : '',
      userID: isGroup ? '' : message.to,
      messageID: message.ID,
      readCount: message.readReceiptInfo.readCount,
      unreadCount: message.readReceiptInfo.unreadCount,
      isPeerRead: message.readReceiptInfo.isPeerRead,
    };
  }

  /** `message.read`: the peer has read up to a number. */
  readByPeer(data: Fields): void {
    const id = text(data, 'conversation');
    const seq = whole(data, 'readSeq');
    this.#core.conversations.readByPeer(id, seq, whole(data, 'readTime'));
    const read = this.#core.memory
      .of(id)
      .filter((m) => m.flow === 'out' && !m.isPeerRead && m.sequence > 0 && m.sequence <= seq);
    read.forEach((message) => {
      message.isPeerRead = true;
    });
    if (read.length > 0) {
      this.#core.emitter.emit(EVENT.MESSAGE_READ_BY_PEER, read);
    }
  }

  /** `message.extension`: pairs as they are now, those without a value are gone. */
  extended(data: Fields): void {
    const message = this.#changed(data);
    const { emitter } = this.#core;
    if (message === undefined) {
      return;
    }
    const changed = objects(data, 'extensions');
    const gone = changed.filter((each) => flag(each, 'deleted')).map((each) => text(each, 'key'));
    const extensions = changed
      .filter((each) => !flag(each, 'deleted'))
      .map((each) => ({ key: text(each, 'key'), value: text(each, 'value') }));
    const keyList = [...gone, ...texts(data, 'deleted')];
    if (extensions.length > 0) {
      emitter.emit(EVENT.MESSAGE_EXTENSIONS_UPDATED, { messageID: message.ID, extensions });
    }
    if (keyList.length > 0) {
      emitter.emit(EVENT.MESSAGE_EXTENSIONS_DELETED, { messageID: message.ID, keyList });
    }
  }

  /** History up to a number is gone. */
  cleared(id: ConversationID, seq: number): void {
    for (const message of this.#core.memory.of(id)) {
      if (message.sequence <= seq) {
        message.isDeleted = true;
      }
    }
  }

  /** The message that an event is about, if it is in memory. */
  find(id: ConversationID, data: Fields): Message | undefined {
    const { memory } = this.#core;
    return memory.byKey(id, text(data, 'msgKey')) ?? memory.bySeq(id, whole(data, 'seq'));
  }

  clear(): void {
    this.#tracks.clear();
  }

  #changed(data: Fields): Message | undefined {
    const id = text(data, 'conversation');
    this.#move(id, data);
    if (this.#core.conversations.has(id)) {
      this.#core.conversations.refresh(id);
    }
    return this.find(id, data);
  }

  #move(id: ConversationID, data: Fields): void {
    const track = this.#tracks.get(id);
    if (track !== undefined) {
      track.changeSeq = Math.max(track.changeSeq, whole(data, 'changeSeq'));
    }
  }

  #track(id: ConversationID): Track {
    let track = this.#tracks.get(id);
    if (track === undefined) {
      track = { seen: 0, changeSeq: 0, ahead: new Set(), filling: false, live: false, held: [] };
      this.#tracks.set(id, track);
    }
    return track;
  }

  /** What can be told now; what follows a gap waits until the gap is filled. */
  #inOrder(wire: Fields): Message[] {
    const id = text(wire, 'conversation');
    const seq = whole(wire, 'seq');
    const track = this.#track(id);
    if (track.filling) {
      track.held.push(wire);
      return [];
    }
    if (this.#core.conversations.isDiscarded(id)) {
      // What did not come is not wanted; what comes all the same was sent regardless.
      track.seen = Math.max(track.seen, seq);
    } else if (seq > track.seen + 1 && track.seen > 0 && !track.live) {
      track.held.push(wire);
      this.#fillSoon(id, track);
      return [];
    }
    return this.#tell(wire, track);
  }

  #tell(wire: Fields, track: Track): Message[] {
    const message = this.#keep(wire);
    if (message === undefined) {
      return [];
    }
    const seq = message.message.sequence;
    if (seq > 0) {
      this.#saw(track, seq);
      this.#core.conversations.arrived(message.message, {
        noUnread: flag(wire, 'noUnread'),
        noLastMessage: flag(wire, 'noLastMessage'),
        targeted: flag(wire, 'targeted'),
      });
    }
    if (message.isNew && message.message.type === TYPES.MSG_GRP_TIP) {
      this.#tipped(message.message);
    }
    return message.isNew ? [message.message] : [];
  }

  /** What a group is told of itself has changed it. */
  #tipped(tip: Message): void {
    const { groups, conversations } = this.#core;
    const { memberCount, newGroupProfile } = tip.payload as {
      memberCount: number;
      newGroupProfile?: Partial<Group> & { groupName?: string };
    };
    if (memberCount > 0) {
      groups.change(tip.to, { memberCount, memberNum: memberCount });
    }
    if (newGroupProfile !== undefined) {
      const { groupName, ...same } = newGroupProfile;
      groups.change(tip.to, { ...same, ...(groupName === undefined ? {} : { name: groupName }) });
      if (conversations.has(tip.conversationID)) {
        conversations.refresh(tip.conversationID);
      }
    }
  }

  #saw(track: Track, seq: number): void {
    if (track.seen === 0) {
      track.seen = seq;
    } else if (seq > track.seen) {
      track.ahead.add(seq);
      while (track.ahead.delete(track.seen + 1)) {
        track.seen++;
      }
    }
  }

  #fillSoon(id: ConversationID, track: Track): void {
    track.filling = true;
    const wait = this.#core.outbox.isBusy(id) ? OWN_REPLY : 0;
    setTimeout(() => {
      void this.#fill(id, track);
    }, wait);
  }

  /** Fetches what lies between the last message seen and those that came since. */
  async #fill(id: ConversationID, track: Track): Promise<void> {
    track.filling = true;
    const missed: Message[] = [];
    try {
      let complete = false;
      for (let fetched = 0; !complete && fetched < MAX_FILLED; fetched += PAGE) {
        const reply = await this.#core.request('message.history', {
          conversation: id,
          after: track.seen,
          limit: PAGE,
        });
        const messages = objects(reply, 'messages');
        const last = messages[messages.length - 1];
        missed.push(...messages.flatMap((wire) => this.#tell({ ...wire, conversation: id }, track)));
        complete = flag(reply, 'complete') || last === undefined;
        track.seen = Math.max(track.seen, last === undefined ? 0 : whole(last, 'seq'));
      }
      if (!complete) {
        this.#core.emitter.emit(EVENT.SDK_RELOAD, undefined);
      }
    } catch (error) {
      // The server has no history of it.
      track.live ||= error instanceof ChatError && error.code >= 10_000;
    } finally {
      track.filling = false;
      const held = track.held;
      track.held = [];
      held.sort((a, b) => whole(a, 'seq') - whole(b, 'seq'));
      const told = held.flatMap((wire) => this.#tell(wire, track));
      const newest = held[held.length - 1];
      // History has covered the gap: numbers that it left out are not for this user.
      track.seen = Math.max(track.seen, newest === undefined ? 0 : whole(newest, 'seq'));
      track.ahead.clear();
      this.#deliver([...missed, ...told]);
    }
  }

  /** Fetches what has become of messages that are in memory. */
  async #changes(id: ConversationID, track: Track): Promise<void> {
    const { memory, emitter } = this.#core;
    for (let complete = false; !complete; ) {
      const reply = await this.#core.request('message.changes', {
        conversation: id,
        after: track.changeSeq,
      });
      const recalled: Message[] = [];
      const modified: Message[] = [];
      for (const wire of objects(reply, 'messages')) {
        const message = memory.bySeq(id, whole(wire, 'seq'));
        if (message === undefined || message.isRevoked) {
          continue;
        }
        const before = JSON.stringify([message._elements, message.cloudCustomData]);
        revise(message, wire);
        if (flag(wire, 'recalled')) {
          recalled.push(message);
        } else if (before !== JSON.stringify([message._elements, message.cloudCustomData])) {
          modified.push(message);
        }
      }
      for (const seq of wholes(reply, 'gone')) {
        const message = memory.bySeq(id, seq);
        if (message !== undefined) {
          message.isDeleted = true;
        }
      }
      if (recalled.length > 0) {
        emitter.emit(EVENT.MESSAGE_REVOKED, recalled);
      }
      if (modified.length > 0) {
        emitter.emit(EVENT.MESSAGE_MODIFIED, modified);
      }
      const reached = whole(reply, 'changeSeq');
      complete = flag(reply, 'complete') || reached <= track.changeSeq;
      track.changeSeq = Math.max(track.changeSeq, reached);
    }
  }

  #keep(wire: Fields): { message: Message; isNew: boolean } | undefined {
    const { memory, outbox, session } = this.#core;
    const message = received(wire, session.userID);
    if (message === undefined) {
      return undefined;
    }
    if (message.flow === 'out' && outbox.holds(message.conversationID, message.random)) {
      // The reply is on its way and knows which of the app's messages this is.
      return undefined;
    }
    const numbers = this.#core.conversations.numbers(message.conversationID);
    message.isPeerRead =
      message.flow === 'out' &&
      message.sequence > 0 &&
      message.sequence <= (numbers?.peerReadSeq ?? 0);
    return memory.keep(keyOf(wire), message);
  }

  #deliver(messages: Message[]): void {
    if (messages.length > 0) {
      this.#core.emitter.emit(EVENT.MESSAGE_RECEIVED, messages);
    }
  }
}
