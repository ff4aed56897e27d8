import type { ConversationID, Message } from './model.js';

/** More of a conversation is forgotten from the old end; the server has it. */
const MAX_OF_CONVERSATION = 2000;
const MAX_CONVERSATIONS = 2000;

/** Messages of one conversation that are in memory. */
interface Shelf {
  byKey: Map<string, Message>;
  bySeq: Map<number, Message>;
}

/** The messages the app has seen: found by id, and never twice. */
export class Memory {
  readonly #shelves = new Map<ConversationID, Shelf>();
  readonly #byId = new Map<string, Message>();

  /** Keeps a message; when it is there already, that one is the result. */
  keep(key: string, message: Message): { message: Message; isNew: boolean } {
    const shelf = this.#shelf(message.conversationID);
    const known = shelf.byKey.get(key);
    if (known !== undefined) {
      return { message: known, isNew: false };
    }
    shelf.byKey.set(key, message);
    if (message.sequence > 0) {
      shelf.bySeq.set(message.sequence, message);
    }
    this.#byId.set(message.ID, message);
    if (shelf.byKey.size > MAX_OF_CONVERSATION) {
      this.#forgetOldest(shelf);
    }
    return { message, isNew: true };
  }

  /** A message the app made and has not sent yet. */
  keepOwn(message: Message): void {
    this.#byId.set(message.ID, message);
  }

  byId(id: string): Message | undefined {
    return this.#byId.get(id);
  }

  bySeq(conversationID: ConversationID, seq: number): Message | undefined {
    return this.#shelves.get(conversationID)?.bySeq.get(seq);
  }

  byKey(conversationID: ConversationID, key: string): Message | undefined {
    return this.#shelves.get(conversationID)?.byKey.get(key);
  }

  of(conversationID: ConversationID): Message[] {
    return [...(this.#shelves.get(conversationID)?.byKey.values() ?? [])];
  }

  forget(conversationID: ConversationID): void {
    for (const message of this.of(conversationID)) {
      this.#byId.delete(message.ID);
    }
    this.#shelves.delete(conversationID);
  }

  clear(): void {
    this.#shelves.clear();
    this.#byId.clear();
  }

  #shelf(conversationID: ConversationID): Shelf {
    let shelf = this.#shelves.get(conversationID);
    if (shelf === undefined) {
      if (this.#shelves.size >= MAX_CONVERSATIONS) {
        this.forget(this.#shelves.keys().next().value as ConversationID);
      }
      shelf = { byKey: new Map(), bySeq: new Map() };
      this.#shelves.set(conversationID, shelf);
    }
    return shelf;
  }

  #forgetOldest(shelf: Shelf): void {
    const [key, message] = shelf.byKey.entries().next().value as [string, Message];
    shelf.byKey.delete(key);
    shelf.bySeq.delete(message.sequence);
    this.#byId.delete(message.ID);
  }
}
