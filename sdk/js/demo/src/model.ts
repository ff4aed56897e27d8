import Palisade, { type Chat, type ChatError, type Conversation, type Profile } from '@palisade/chat';
import type { Word } from './words.js';
import { Writing } from './model/writing.js';

export type { Dialog, Theme, Thread, Toast } from './model/screen.js';

const { EVENT, TYPES } = Palisade;

interface SignIn {
  sdkAppId: number;
  userSig: string;
  endpoint: string;
}

/** All the page knows, and everything it can do. Who shows it is told when it has changed. */
export class Model extends Writing {
  /** Whoever was signed in in this tab still is after a reload. */
  start(): void {
    this.setLanguage(this.language);
    this.setTheme(this.theme);
    const query = new URLSearchParams(location.search);
    const wanted = query.get('as') ?? sessionStorage.getItem('user');
    if (query.has('as')) {
      history.replaceState(null, '', location.pathname);
    }
    if (wanted) {
      void this.signIn(wanted);
    }
    document.addEventListener('visibilitychange', () => void this.readCurrent());
  }

  async signIn(name: string): Promise<void> {
    const userID = name.trim();
    if (userID === '' || this.state !== 'out') {
      return;
    }
    this.state = 'entering';
    this.problem = '';
    this.changed();
    try {
      const { sdkAppId, userSig, endpoint } = await this.#sig(userID);
      const chat = Palisade.create({
        SDKAppID: sdkAppId,
        proxyServer: endpoint,
        renewUserSig: async () => (await this.#sig(userID)).userSig,
      });
      this.chat = chat;
      this.userID = userID;
      this.#listen(chat);
      const isReady = new Promise<void>((resolve) => chat.on(EVENT.SDK_READY, () => resolve()));
      await chat.login({ userID, userSig });
      await isReady;
      sessionStorage.setItem('user', userID);
      this.state = 'in';
      this.changed();
      await this.#loadSelf(chat);
    } catch (error) {
      this.problem = (error as Error).message;
      await this.#leave();
    }
    this.changed();
  }

  async signOut(reason = ''): Promise<void> {
    sessionStorage.removeItem('user');
    this.problem = reason;
    await this.#leave();
    this.changed();
  }

  async #leave(): Promise<void> {
    const chat = this.chat;
    this.chat = undefined;
    this.state = 'out';
    this.conversations = [];
    this.current = undefined;
    this.dialog = undefined;
    this.showDetails = false;
    this.profile = undefined;
    [this.threads, this.rooms, this.people, this.status, this.members, this.typing].forEach((map) => map.clear());
    this.title(0);
    await chat?.destroy();
  }

  async #sig(userId: string): Promise<SignIn> {
    const response = await fetch('sign-in', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ userId }),
    });
    const answer = (await response.json()) as SignIn & { info?: string };
    if (!response.ok) {
      throw new Error(answer.info ?? `HTTP ${response.status}`);
    }
    return answer;
  }

  #listen(chat: Chat): void {
    chat.on(EVENT.NET_STATE_CHANGE, ({ data }) => {
      this.net = data.state;
      this.changed();
    });
    chat.on(EVENT.CONVERSATION_LIST_UPDATED, ({ data }) => {
      this.conversations = data;
      void this.readCurrent();
      this.changed();
    });
    chat.on(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, ({ data }) => {
      this.title(data);
      this.changed();
    });
    chat.on(EVENT.MESSAGE_RECEIVED, ({ data }) => this.received(data));
    chat.on(EVENT.MESSAGE_MODIFIED, ({ data }) => {
      data.forEach((each) => this.typing.delete(each.conversationID));
      this.changed();
    });
    for (const event of [
      EVENT.MESSAGE_REVOKED,
      EVENT.MESSAGE_READ_BY_PEER,
      EVENT.MESSAGE_READ_RECEIPT_RECEIVED,
      EVENT.GROUP_LIST_UPDATED,
    ] as const) {
      chat.on(event, () => this.changed());
    }
    chat.on(EVENT.PROFILE_UPDATED, ({ data }) => {
      data.forEach((profile) => this.know(profile));
      this.changed();
    });
    chat.on(EVENT.USER_STATUS_UPDATED, ({ data }) => {
      data.forEach((each) => this.status.set(each.userID, each.statusType));
      this.changed();
    });
    chat.on(EVENT.BLACKLIST_UPDATED, ({ data }) => {
      this.blocked = new Set(data);
      this.changed();
    });
    chat.on(EVENT.FRIEND_LIST_UPDATED, ({ data }) => {
      this.friends = new Set(data.map((friend) => friend.userID));
      this.changed();
    });
    chat.on(EVENT.SDK_RELOAD, () => {
      this.threads.clear();
      if (this.current !== undefined) {
        void this.open(this.current);
      }
    });
    chat.on(EVENT.KICKED_OUT, ({ data }) => {
      const words: Record<string, Word> = {
        [TYPES.KICKED_OUT_REST_API]: 'kickedByAdmin',
        [TYPES.KICKED_OUT_USERSIG_EXPIRED]: 'expired',
      };
      void this.signOut(this.t(words[data.type] ?? 'kicked'));
    });
  }

  async #loadSelf(chat: Chat): Promise<void> {
    await Promise.all([
      chat.getMyProfile().then(({ data }) => this.know(data), () => undefined),
      chat.getConversationList().then(({ data }) => {
        this.conversations = data.conversationList;
        this.title(chat.getTotalUnreadMessageCount());
      }),
    ]);
    const peers = this.conversations
      .filter((each) => each.type === TYPES.CONV_C2C)
      .slice(0, 50)
      .map((each) => each.conversationID.slice(3));
    this.follow(chat, peers);
  }

  pin(conversation: Conversation): Promise<void> {
    const { conversationID, isPinned } = conversation;
    return this.act((chat) => chat.pinConversation({ conversationID, isPinned: !isPinned }));
  }

  mute(conversation: Conversation): Promise<void> {
    const { conversationID, messageRemindType, type } = conversation;
    const on = messageRemindType === TYPES.MSG_REMIND_ACPT_AND_NOTE;
    const wanted = on ? TYPES.MSG_REMIND_ACPT_NOT_NOTE : TYPES.MSG_REMIND_ACPT_AND_NOTE;
    return this.act((chat) =>
      chat.setMessageRemindType(
        type === TYPES.CONV_C2C
          ? { userIDList: [conversationID.slice(3)], messageRemindType: wanted }
          : { groupID: conversationID.slice(5), messageRemindType: wanted },
      ),
    );
  }

  async deleteChat(conversationID: string): Promise<void> {
    await this.act((chat) => chat.deleteConversation(conversationID));
    this.threads.delete(conversationID);
    this.close();
  }

  async newGroup(name: string, members: string[]): Promise<void> {
    await this.act(async (chat) => {
      const { data } = await chat.createGroup({
        name,
        type: TYPES.GRP_PUBLIC,
        joinOption: TYPES.JOIN_OPTIONS_FREE_ACCESS,
        inviteOption: TYPES.JOIN_OPTIONS_FREE_ACCESS,
        memberList: members.map((userID) => ({ userID })),
      });
      await this.open(`GROUP${data.group.groupID}`);
    });
  }

  async enterRoom(name: string): Promise<void> {
    await this.act(async (chat) => {
      const groupID = name.trim();
      const join = () => chat.joinGroup({ groupID });
      const joined = await join().catch(async (error: ChatError) => {
        if (error.code !== 10010 && error.code !== 10015) {
          throw error;
        }
        await chat.createGroup({ groupID, name: groupID, type: TYPES.GRP_AVCHATROOM });
        return join();
      });
      if (joined.data.group !== undefined) {
        this.rooms.set(groupID, joined.data.group);
      }
      await this.open(`GROUP${groupID}`);
    });
  }

  async leaveGroup(groupID: string): Promise<void> {
    await this.act((chat) => chat.quitGroup(groupID));
    this.rooms.delete(groupID);
    this.threads.delete(`GROUP${groupID}`);
    this.close();
  }

  async dismiss(groupID: string): Promise<void> {
    await this.act((chat) => chat.dismissGroup(groupID));
    this.close();
  }

  async invite(groupID: string, userIDList: string[]): Promise<void> {
    await this.act((chat) => chat.addGroupMember({ groupID, userIDList }));
    this.dialog = undefined;
    await this.loadMembers(groupID);
  }

  async saveProfile(change: Partial<Pick<Profile, 'nick' | 'avatar' | 'selfSignature'>>): Promise<void> {
    await this.act(async (chat) => {
      const { data } = await chat.updateMyProfile(change);
      this.know(data);
      this.toast(this.t('saved'));
    });
  }

  async befriend(userID: string): Promise<void> {
    await this.act(async (chat) => {
      const { data } = await chat.addFriend({ to: userID, source: 'AddSource_Type_Demo' });
      this.toast(this.t(data.code === 0 ? 'friendAdded' : 'friendAsked', { name: this.nameOf(userID) }));
    });
  }

  block(userID: string): Promise<void> {
    return this.act((chat) =>
      this.blocked.has(userID)
        ? chat.removeFromBlacklist({ userIDList: [userID] })
        : chat.addToBlacklist({ userIDList: [userID] }),
    );
  }
}
