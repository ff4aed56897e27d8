import Palisade, {
  type Chat,
  type ChatError,
  type Conversation,
  type Group,
  type GroupMember,
  type Message,
  type Profile,
} from '@palisade/chat';
import { type Language, preferred, say, type Word } from '../words.js';

const { TYPES } = Palisade;

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

/** What the page shows, and who is told when it has changed. */
export abstract class Screen {
  readonly #watchers = new Set<() => void>();
  #painting = false;
  #toastIds = 0;
  protected chat: Chat | undefined;

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
  groups = new Map<string, Group>();

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

  protected async act(work: (chat: Chat) => Promise<unknown>): Promise<void> {
    if (this.chat === undefined) {
      return;
    }
    try {
      await work(this.chat);
    } catch (error) {
      this.fail(error);
    }
    this.changed();
  }

  protected title(unread: number): void {
    this.unread = unread;
    document.title = unread > 0 ? `(${unread}) Palisade` : 'Palisade';
  }

  protected know(profile: Profile): void {
    this.people.set(profile.userID, profile);
    if (profile.userID === this.userID) {
      this.profile = profile;
    }
  }
}
