import type { EventData, EventName } from './model.js';

export interface ChatEvent<N extends EventName> {
  name: N;
  data: EventData[N];
}

export type Handler<N extends EventName> = (event: ChatEvent<N>) => void;

interface Entry {
  handler: (event: never) => void;
  context: unknown;
}

/** Tells listeners; one that throws keeps nobody else from being told. */
export class Emitter {
  readonly #entries = new Map<string, Entry[]>();

  on<N extends EventName>(name: N, handler: Handler<N>, context?: unknown): void {
    const entries = this.#entries.get(name) ?? [];
    this.#entries.set(name, [...entries, { handler, context }]);
  }

  off<N extends EventName>(name: N, handler: Handler<N>): void {
    const entries = this.#entries.get(name) ?? [];
    this.#entries.set(
      name,
      entries.filter((entry) => entry.handler !== handler),
    );
  }

  emit<N extends EventName>(name: N, data: EventData[N]): void {
    for (const { handler, context } of this.#entries.get(name) ?? []) {
      try {
        (handler as Handler<N>).call(context, { name, data });
      } catch (error) {
        console.error(`a listener of ${name} failed`, error);
      }
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
