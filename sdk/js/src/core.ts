import type { Emitter } from './emitter.js';
import type { Memory } from './memory.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';
import type { Conversations } from './conversations.js';
import type { Groups } from './groups.js';
import type { People } from './people.js';
import type { Result } from './model.js';
import type { Fields } from './wire.js';

/** What the parts of one instance share. */
export interface Core {
  readonly emitter: Emitter;
  readonly session: Session;
  readonly outbox: Outbox;
  readonly memory: Memory;
  readonly conversations: Conversations;
  readonly groups: Groups;
  readonly people: People;
  request(cmd: string, data?: object): Promise<Fields>;
}

export const done = <T>(data: T): Result<T> => ({ code: 0, data });
