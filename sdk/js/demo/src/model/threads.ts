import Palisade, { type Chat, type ChatError, type Message, type Profile } from '@palisade/chat';
import { Screen, type Thread } from './screen.js';

const { TYPES } = Palisade;

/** The conversation list's page of messages. */
const PAGE = 30;
const TYPING_SHOWN = 6000;
const MOST_OF_ROOM = 300;

/** What arrives and what is read of conversations. */
export abstract class Threads extends Screen {
  readonly #receipted = new Set<string>();

  /** Who of these is there, now and from now on. */
  protected follow(chat: Chat, userIDList: string[]): void {
    if (userIDList.length > 0) {
      chat.subscribeUserStatus({ userIDList }).catch(() => undefined);
      chat.getUserStatus({ userIDList }).then(
        ({ data }) => {
          data.successUserList.forEach((each) => this.status.set(each.userID, each.statusType));
          this.changed();
        },
        () => undefined,
      );
    }
  }

  protected received(messages: Message[]): void {
    for (const message of messages) {
      if (message.type === TYPES.MSG_CUSTOM && this.hearsTyping(message)) {
        continue;
      }
      const thread = this.threads.get(message.conversationID);
      if (thread !== undefined) {
        this.append(thread, message);
        if (this.rooms.has(message.to) && thread.messages.length > MOST_OF_ROOM) {
          thread.messages = thread.messages.slice(-MOST_OF_ROOM);
        }
      }
      if (message.type === TYPES.MSG_GRP_TIP) {
        this.members.delete(message.to);
        if (message.conversationID === this.current) {
          void this.loadMembers(message.to);
        }
      }
      this.typing.delete(message.conversationID);
    }
    void this.readCurrent();
    this.changed();
  }

  protected append(thread: Thread, message: Message): void {
    if (thread.messages.some((each) => each === message || each.ID === message.ID)) {
      return;
    }
    const { messages } = thread;
    let at = messages.length;
    // Late ones have their place; what has no number yet stays last.
    while (
      at > 0 && message.sequence > 0 &&
      ((messages[at - 1] as Message).sequence > message.sequence)
    ) {
      at--;
    }
    thread.messages = [...messages.slice(0, at), message, ...messages.slice(at)];
  }

  protected hearsTyping(message: Message): boolean {
    let said: { businessID?: unknown; typingStatus?: unknown };
    try {
      said = JSON.parse(String(message.payload['data'])) ?? {};
    } catch {
      return false;
    }
    if (said.businessID !== 'user_typing_status') {
      return false;
    }
    if (said.typingStatus === 1) {
      this.typing.set(message.conversationID, Date.now());
      setTimeout(() => this.changed(), TYPING_SHOWN + 50);
    } else {
      this.typing.delete(message.conversationID);
    }
    return true;
  }

  isTyping(conversationID: string): boolean {
    return Date.now() - (this.typing.get(conversationID) ?? 0) < TYPING_SHOWN;
  }

  async open(conversationID: string): Promise<void> {
    const chat = this.chat;
    if (chat === undefined) {
      return;
    }
    this.current = conversationID;
    this.editing = undefined;
    this.dialog = undefined;
    let thread = this.threads.get(conversationID);
    const unread = this.conversation?.unreadCount ?? 0;
    if (thread === undefined) {
      thread = { messages: [], isComplete: false, isLoading: false, older: '', unreadAfter: '' };
      this.threads.set(conversationID, thread);
      this.changed();
      if (!this.isRoom) {
        await this.loadOlder(conversationID);
      }
    }
    const incoming = thread.messages.filter((each) => each.flow === 'in');
    thread.unreadAfter = unread > 0 && unread < incoming.length ? (incoming[incoming.length - unread - 1]?.ID ?? '') : '';
    if (conversationID.startsWith('C2C')) {
      const userID = conversationID.slice(3);
      this.follow(chat, [userID]);
      chat.getUserProfile({ userIDList: [userID] }).then(
        ({ data }) => {
          data.forEach((profile) => this.know(profile));
          this.changed();
        },
        () => undefined,
      );
    } else {
      const groupID = conversationID.slice(5);
      chat.getGroupProfile({ groupID }).then(
        ({ data }) => {
          this.groups.set(groupID, data.group);
          this.changed();
        },
        () => undefined,
      );
      void this.loadMembers(groupID);
    }
    await this.readCurrent();
    this.changed();
  }

  async loadOlder(conversationID: string): Promise<void> {
    const chat = this.chat;
    const thread = this.threads.get(conversationID);
    if (chat === undefined || thread === undefined || thread.isLoading || thread.isComplete) {
      return;
    }
    thread.isLoading = true;
    this.changed();
    try {
      const { data } = await chat.getMessageList({
        conversationID,
        count: PAGE,
        nextReqMessageID: thread.older,
      });
      const known = new Set(thread.messages.map((each) => each.ID));
      const fresh = data.messageList.filter((each) => !known.has(each.ID) && !each.isDeleted);
      thread.messages = [...fresh, ...thread.messages];
      thread.older = data.nextReqMessageID;
      thread.isComplete = data.isCompleted;
      const asked = thread.messages.filter((m) => m.flow === 'out' && m.needReadReceipt);
      if (asked.length > 0) {
        chat.getMessageReadReceiptList(asked.slice(-30)).then(() => this.changed(), () => undefined);
      }
    } catch (error) {
      // A conversation that has no message yet has no history either.
      thread.isComplete = true;
      if ((error as ChatError).code !== 20003) {
        this.fail(error);
      }
    }
    thread.isLoading = false;
    this.changed();
  }

  async loadMembers(groupID: string): Promise<void> {
    const chat = this.chat;
    if (chat === undefined) {
      return;
    }
    try {
      if (this.rooms.has(groupID)) {
        const { data } = await chat.getGroupOnlineMemberCount(groupID);
        const room = this.rooms.get(groupID);
        if (room !== undefined) {
          this.rooms.set(groupID, { ...room, memberCount: data.memberCount });
        }
      } else {
        const { data } = await chat.getGroupMemberList({ groupID, count: 100 });
        this.members.set(groupID, data.memberList);
        for (const { userID, nick, avatar } of data.memberList) {
          const known = this.people.get(userID);
          if (known === undefined) {
            this.people.set(userID, { userID, nick, avatar } as Profile);
          }
        }
      }
    } catch {
      // Then the list is not shown.
    }
    this.changed();
  }

  /** Says that what is on the screen has been read. */
  protected async readCurrent(): Promise<void> {
    const chat = this.chat;
    const { current, thread } = this;
    if (chat === undefined || current === undefined || document.hidden || this.isRoom) {
      return;
    }
    if ((this.conversation?.unreadCount ?? 0) > 0) {
      await chat.setMessageRead({ conversationID: current }).catch(() => undefined);
    }
    const asking = (thread?.messages ?? []).filter(
      (each) => each.flow === 'in' && each.needReadReceipt && !this.#receipted.has(each.ID),
    );
    if (asking.length > 0) {
      asking.forEach((each) => this.#receipted.add(each.ID));
      await chat.sendMessageReadReceipt(asking).catch(() => undefined);
    }
  }
}
