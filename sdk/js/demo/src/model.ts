import Palisade, {
  type Chat,
  type ChatError,
  type Conversation,
  type Group,
  type GroupMember,
  type Message,
  type Profile,
} from '@palisade/chat';
import { type Language, preferred, say, type Word } from './words.js';

const { EVENT, TYPES } = Palisade;

/** The conversation list's page of messages. */
const PAGE = 30;
const TYPING_SHOWN = 6000;
const TYPING_SENT_EVERY = 4000;
const MOST_OF_ROOM = 300;

/** Codes that say a user is not there. */
const NOBODY = [20003, 10019, 30003, 40003];

/** What is shown of one conversation. */
export interface Thread {
  messages: Message[];
  isComplete: boolean;
  isLoading: boolean;
  older: string;
  /** The last message that had been read when the thread was opened. */
  unreadAfter: string;
}

export interface Toast {
  id: number;
  text: string;
}

export type Theme = 'auto' | 'light' | 'dark';
export type Dialog = 'chat' | 'group' | 'room' | 'settings' | 'invite' | undefined;

interface SignIn {
  sdkAppId: number;
  userSig: string;
  endpoint: string;
}

const stored = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

const store = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then it is for this visit only.
  }
};

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** All the page knows, and everything it can do. Who shows it is told when it has changed. */
export class Model {
  readonly #watchers = new Set<() => void>();
  #chat: Chat | undefined;
  #painting = false;
  #typingSent = 0;
  #toastIds = 0;

  state: 'out' | 'entering' | 'in' = 'out';
  userID = '';
  problem = '';
  net: string = 'connected';
  profile: Profile | undefined;
  conversations: Conversation[] = [];
  unread = 0;
  current: string | undefined;
  threads = new Map<string, Thread>();
  rooms = new Map<string, Group>();
  people = new Map<string, Profile>();
  status = new Map<string, number>();
  members = new Map<string, GroupMember[]>();
  typing = new Map<string, number>();
  blocked = new Set<string>();
  friends = new Set<string>();
  editing: Message | undefined;
  dialog: Dialog;
  showDetails = false;
  toasts: Toast[] = [];
  language: Language = (stored('language') as Language | null) ?? preferred(navigator.languages);
  theme: Theme = (stored('theme') as Theme | null) ?? 'auto';

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Says that something has changed; many changes are one repaint. */
  changed(): void {
    if (!this.#painting) {
      this.#painting = true;
      queueMicrotask(() => {
        this.#painting = false;
        this.#watchers.forEach((watcher) => watcher());
      });
    }
  }

  t(word: Word, values?: Record<string, string | number>): string {
    return say(this.language, word, values);
  }

  setLanguage(language: Language): void {
    this.language = language;
    store('language', language);
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : language;
    this.changed();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    store('theme', theme);
    document.documentElement.dataset['theme'] = theme;
    this.changed();
  }

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
    document.addEventListener('visibilitychange', () => void this.#readCurrent());
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
      this.#chat = chat;
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
    const chat = this.#chat;
    this.#chat = undefined;
    this.state = 'out';
    this.conversations = [];
    this.current = undefined;
    this.dialog = undefined;
    this.showDetails = false;
    this.profile = undefined;
    [this.threads, this.rooms, this.people, this.status, this.members, this.typing].forEach((map) => map.clear());
    this.#title(0);
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
      void this.#readCurrent();
      this.changed();
    });
    chat.on(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, ({ data }) => {
      this.#title(data);
      this.changed();
    });
    chat.on(EVENT.MESSAGE_RECEIVED, ({ data }) => this.#received(data));
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
      data.forEach((profile) => this.#know(profile));
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
      chat.getMyProfile().then(({ data }) => this.#know(data), () => undefined),
      chat.getConversationList().then(({ data }) => {
        this.conversations = data.conversationList;
        this.#title(chat.getTotalUnreadMessageCount());
      }),
    ]);
    const peers = this.conversations
      .filter((each) => each.type === TYPES.CONV_C2C)
      .slice(0, 50)
      .map((each) => each.conversationID.slice(3));
    this.#follow(chat, peers);
  }

  /** Who of these is there, now and from now on. */
  #follow(chat: Chat, userIDList: string[]): void {
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

  #know(profile: Profile): void {
    this.people.set(profile.userID, profile);
    if (profile.userID === this.userID) {
      this.profile = profile;
    }
  }

  #title(unread: number): void {
    this.unread = unread;
    document.title = unread > 0 ? `(${unread}) Palisade` : 'Palisade';
  }

  #received(messages: Message[]): void {
    for (const message of messages) {
      if (message.type === TYPES.MSG_CUSTOM && this.#isTyping(message)) {
        continue;
      }
      const thread = this.threads.get(message.conversationID);
      if (thread !== undefined) {
        this.#append(thread, message);
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
    void this.#readCurrent();
    this.changed();
  }

  #append(thread: Thread, message: Message): void {
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

  #isTyping(message: Message): boolean {
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

  get conversation(): Conversation | undefined {
    return this.conversations.find((each) => each.conversationID === this.current);
  }

  get thread(): Thread | undefined {
    return this.current === undefined ? undefined : this.threads.get(this.current);
  }

  /** The group of the conversation that is open. */
  get group(): Group | undefined {
    if (!this.current?.startsWith('GROUP')) {
      return undefined;
    }
    const id = this.current.slice(5);
    return this.rooms.get(id) ?? this.groups.get(id) ?? this.conversation?.groupProfile;
  }

  groups = new Map<string, Group>();

  get isRoom(): boolean {
    return this.current !== undefined && this.rooms.has(this.current.slice(5));
  }

  nameOf(userID: string): string {
    const profile = this.people.get(userID);
    return profile?.nick || userID;
  }

  titleOf(conversation: Conversation): string {
    const { conversationID, remark, userProfile, groupProfile } = conversation;
    return conversation.type === TYPES.CONV_C2C
      ? remark || userProfile?.nick || conversationID.slice(3)
      : groupProfile?.name || conversationID.slice(5);
  }

  close(): void {
    this.current = undefined;
    this.showDetails = false;
    this.changed();
  }

  async open(conversationID: string): Promise<void> {
    const chat = this.#chat;
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
      this.#follow(chat, [userID]);
      chat.getUserProfile({ userIDList: [userID] }).then(
        ({ data }) => {
          data.forEach((profile) => this.#know(profile));
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
    await this.#readCurrent();
    this.changed();
  }

  async loadOlder(conversationID: string): Promise<void> {
    const chat = this.#chat;
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
    const chat = this.#chat;
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
  async #readCurrent(): Promise<void> {
    const chat = this.#chat;
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

  readonly #receipted = new Set<string>();

  async send(text: string): Promise<void> {
    const chat = this.#chat;
    const { current, thread, editing } = this;
    if (chat === undefined || current === undefined || thread === undefined || text.trim() === '') {
      return;
    }
    if (editing !== undefined) {
      this.editing = undefined;
      const before = editing.payload;
      editing.payload = { ...before, text };
      this.changed();
      await chat.modifyMessage(editing).catch((error: unknown) => {
        editing.payload = before;
        this.fail(error);
      });
      this.changed();
      return;
    }
    const isGroup = current.startsWith('GROUP');
    const message = chat.createTextMessage({
      to: current.slice(isGroup ? 5 : 3),
      conversationType: isGroup ? TYPES.CONV_GROUP : TYPES.CONV_C2C,
      payload: { text },
      needReadReceipt: isGroup && !this.isRoom && (this.group?.type ?? '') !== TYPES.GRP_COMMUNITY,
    });
    await this.#dispatch(chat, thread, message);
  }

  /** Sends files that were chosen, dropped or pasted: pictures as such, others as files. */
  async attach(files: readonly File[]): Promise<void> {
    const chat = this.#chat;
    const { current, thread } = this;
    if (chat === undefined || current === undefined || thread === undefined) {
      return;
    }
    const isGroup = current.startsWith('GROUP');
    for (const file of files) {
      const options = {
        to: current.slice(isGroup ? 5 : 3),
        conversationType: isGroup ? TYPES.CONV_GROUP : TYPES.CONV_C2C,
        payload: { file },
      };
      try {
        const picture = /^image\/(jpeg|png|gif|webp|bmp)$/.test(file.type);
        const message = picture ? chat.createImageMessage(options) : chat.createFileMessage(options);
        await this.#dispatch(chat, thread, message);
      } catch (error) {
        this.fail(error);
      }
    }
  }

  async resend(message: Message): Promise<void> {
    const chat = this.#chat;
    const thread = this.threads.get(message.conversationID);
    if (chat !== undefined && thread !== undefined) {
      thread.messages = thread.messages.filter((each) => each !== message);
      await this.#dispatch(chat, thread, message);
    }
  }

  async #dispatch(chat: Chat, thread: Thread, message: Message): Promise<void> {
    this.#append(thread, message);
    thread.unreadAfter = '';
    this.#typingSent = 0;
    const sending = chat.sendMessage(message);
    this.changed();
    try {
      await sending;
    } catch (error) {
      this.fail(error);
    }
    this.changed();
  }

  /** Tells the peer that one is typing, now and then. */
  typed(): void {
    const chat = this.#chat;
    const now = Date.now();
    const isTalk = this.current?.startsWith('C2C') === true && this.editing === undefined;
    if (chat === undefined || !isTalk || now - this.#typingSent < TYPING_SENT_EVERY) {
      return;
    }
    const last = [...(this.thread?.messages ?? [])].reverse().find((each) => each.flow === 'in');
    if (last === undefined || now / 1000 - last.time > 30) {
      return;
    }
    this.#typingSent = now;
    const message = chat.createCustomMessage({
      to: (this.current ?? '').slice(3),
      conversationType: TYPES.CONV_C2C,
      payload: {
        data: JSON.stringify({
          businessID: 'user_typing_status',
          typingStatus: 1,
          version: 1,
          userAction: 14,
          actionParam: 'EIMAMSG_InputStatus_Ing',
        }),
      },
    });
    chat.sendMessage(message, { onlineUserOnly: true }).catch(() => undefined);
  }

  draft(conversationID: string, text: string): void {
    this.#chat?.setConversationDraft({ conversationID, draftText: text }).catch(() => undefined);
  }

  canRecall(message: Message): boolean {
    const role = this.group?.selfInfo.role;
    const rules = role === TYPES.GRP_MBR_ROLE_OWNER || role === TYPES.GRP_MBR_ROLE_ADMIN;
    const young = Date.now() / 1000 - message.time < 120;
    return message.sequence > 0 && ((message.flow === 'out' && young) || (rules && !this.isRoom));
  }

  canEdit(message: Message): boolean {
    return message.flow === 'out' && message.type === TYPES.MSG_TEXT && message.sequence > 0 && !this.isRoom;
  }

  recall(message: Message): Promise<void> {
    return this.#act((chat) => chat.revokeMessage(message));
  }

  edit(message: Message | undefined): void {
    this.editing = message;
    this.changed();
  }

  async remove(message: Message): Promise<void> {
    await this.#act((chat) => chat.deleteMessage([message]));
    const thread = this.threads.get(message.conversationID);
    if (thread !== undefined && message.isDeleted) {
      thread.messages = thread.messages.filter((each) => each !== message);
      this.changed();
    }
  }

  pin(conversation: Conversation): Promise<void> {
    const { conversationID, isPinned } = conversation;
    return this.#act((chat) => chat.pinConversation({ conversationID, isPinned: !isPinned }));
  }

  mute(conversation: Conversation): Promise<void> {
    const { conversationID, messageRemindType, type } = conversation;
    const on = messageRemindType === TYPES.MSG_REMIND_ACPT_AND_NOTE;
    const wanted = on ? TYPES.MSG_REMIND_ACPT_NOT_NOTE : TYPES.MSG_REMIND_ACPT_AND_NOTE;
    return this.#act((chat) =>
      chat.setMessageRemindType(
        type === TYPES.CONV_C2C
          ? { userIDList: [conversationID.slice(3)], messageRemindType: wanted }
          : { groupID: conversationID.slice(5), messageRemindType: wanted },
      ),
    );
  }

  async deleteChat(conversationID: string): Promise<void> {
    await this.#act((chat) => chat.deleteConversation(conversationID));
    this.threads.delete(conversationID);
    this.close();
  }

  async newGroup(name: string, members: string[]): Promise<void> {
    await this.#act(async (chat) => {
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
    await this.#act(async (chat) => {
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
    await this.#act((chat) => chat.quitGroup(groupID));
    this.rooms.delete(groupID);
    this.threads.delete(`GROUP${groupID}`);
    this.close();
  }

  async dismiss(groupID: string): Promise<void> {
    await this.#act((chat) => chat.dismissGroup(groupID));
    this.close();
  }

  async invite(groupID: string, userIDList: string[]): Promise<void> {
    await this.#act((chat) => chat.addGroupMember({ groupID, userIDList }));
    this.dialog = undefined;
    await this.loadMembers(groupID);
  }

  async saveProfile(change: Partial<Pick<Profile, 'nick' | 'avatar' | 'selfSignature'>>): Promise<void> {
    await this.#act(async (chat) => {
      const { data } = await chat.updateMyProfile(change);
      this.#know(data);
      this.toast(this.t('saved'));
    });
  }

  async befriend(userID: string): Promise<void> {
    await this.#act(async (chat) => {
      const { data } = await chat.addFriend({ to: userID, source: 'AddSource_Type_Demo' });
      this.toast(this.t(data.code === 0 ? 'friendAdded' : 'friendAsked', { name: this.nameOf(userID) }));
    });
  }

  block(userID: string): Promise<void> {
    return this.#act((chat) =>
      this.blocked.has(userID)
        ? chat.removeFromBlacklist({ userIDList: [userID] })
        : chat.addToBlacklist({ userIDList: [userID] }),
    );
  }

  show(dialog: Dialog): void {
    this.dialog = dialog;
    this.changed();
  }

  toggleDetails(): void {
    this.showDetails = !this.showDetails;
    this.changed();
  }

  toast(text: string): void {
    const toast = { id: ++this.#toastIds, text };
    this.toasts = [...this.toasts, toast].slice(-3);
    this.changed();
    void sleep(4500).then(() => {
      this.toasts = this.toasts.filter((each) => each !== toast);
      this.changed();
    });
  }

  fail(error: unknown): void {
    const { code, message } = error as ChatError;
    this.toast(NOBODY.includes(code) ? this.t('noSuchUser') : this.t('failed', { reason: message }));
  }

  async #act(work: (chat: Chat) => Promise<unknown>): Promise<void> {
    if (this.#chat === undefined) {
      return;
    }
    try {
      await work(this.#chat);
    } catch (error) {
      this.fail(error);
    }
    this.changed();
  }
}
