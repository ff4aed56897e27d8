import { EVENT } from './constants.js';
import type { Emitter } from './emitter.js';
import type { Group } from './model.js';
import { group } from './shapes.js';
import { type Fields, objects, text, texts } from './wire.js';

/** The groups the user is in. */
export class Groups {
  readonly #emitter: Emitter;
  readonly #groups = new Map<string, Group>();
  readonly #versions = new Map<string, string>();
  /** Live rooms joined on this connection; joined again on the next one. */
  readonly rooms = new Set<string>();

  constructor(emitter: Emitter) {
    this.#emitter = emitter;
  }

  versions(): Record<string, string> {
    const held: Record<string, string> = Object.create(null);
    this.#versions.forEach((version, id) => {
      held[id] = version;
    });
    return held;
  }

  synchronised(reply: Fields): void {
    const changed = objects(reply, 'groups');
    const gone = texts(reply, 'groupsGone');
    changed.forEach((wire) => this.put(wire));
    gone.forEach((id) => this.drop(id));
    if (changed.length + gone.length > 0) {
      this.tell();
    }
  }

  put(wire: Fields): Group {
    const found = group(wire);
    this.#groups.set(found.groupID, found);
    this.#versions.set(found.groupID, text(wire, 'version'));
    return found;
  }

  /** Part of a group has changed. */
  change(groupID: string, change: Partial<Group>): Group | undefined {
    const known = this.#groups.get(groupID);
    if (known === undefined) {
      return undefined;
    }
    const changed = { ...known, ...change };
    this.#groups.set(groupID, changed);
    this.tell();
    return changed;
  }

  drop(groupID: string): boolean {
    this.#versions.delete(groupID);
    this.rooms.delete(groupID);
    return this.#groups.delete(groupID);
  }

  get(groupID: string): Group | undefined {
    return this.#groups.get(groupID);
  }

  /** Without live rooms, as the list of the API is. */
  all(): Group[] {
    return [...this.#groups.values()].filter((each) => each.type !== 'AVChatRoom');
  }

  tell(): void {
    this.#emitter.emit(EVENT.GROUP_LIST_UPDATED, this.all());
  }

  clear(): void {
    this.#groups.clear();
    this.#versions.clear();
    this.rooms.clear();
  }
}
