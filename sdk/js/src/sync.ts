import type { Core } from './core.js';
import { flag, has, objects, text, texts, utf8Length } from './wire.js';

const MAX_ROUNDS = 40;

/** A frame takes 64 KiB; what does not fit is told anew. */
const CONVERSATION_BYTES = 44_000;
const GROUP_BYTES = 16_000;

/** Brings everything to what the server has: one call, more only for very long lists. */
export class Sync {
  readonly #core: Core;
  #cursor = '';

  constructor(core: Core) {
    this.#core = core;
  }

  async run(): Promise<void> {
    const { conversations, groups, people, session } = this.#core;
    const returned = new Set<string>();
    let named: Record<string, string> = {};
    for (let round = 0, more = true; more && round < MAX_ROUNDS; round++) {
      named = fitting(conversations.versions(), CONVERSATION_BYTES);
      const reply = await this.#core.request('sync', {
        conversations: named,
        groups: fitting(groups.versions(), GROUP_BYTES),
        ...(this.#cursor === '' ? {} : { cursor: this.#cursor }),
      });
      const entries = objects(reply, 'conversations');
      entries.forEach((entry) => returned.add(text(entry, 'conversation')));
      conversations.take(entries, texts(reply, 'gone'));
      groups.synchronised(reply);
      people.synchronised(reply, session.userID);
      this.#cursor = has(reply, 'cursor') ? text(reply, 'cursor') : this.#cursor;
      more = flag(reply, 'more');
    }
    // What found no room in the request and is not in the answer is not on the list any more.
    conversations.take(
      [],
      conversations.ids().filter((id) => !(id in named) && !returned.has(id)),
    );
    conversations.isComplete = true;
  }

  clear(): void {
    this.#cursor = '';
  }
}

const fitting = (versions: Record<string, string>, most: number): Record<string, string> => {
  const fit: Record<string, string> = Object.create(null);
  let bytes = 0;
  for (const [id, version] of Object.entries(versions)) {
    bytes += utf8Length(id) + version.length + 8;
    if (bytes > most) {
      break;
    }
    fit[id] = version;
  }
  return fit;
};
