import { ChatError, Code } from './errors.js';
import type { ConversationID } from './model.js';
import type { Fields } from './wire.js';

/** A repeated send is recognised by the server for five minutes; later it might be a second message. */
const RECOGNISED = 290_000;

/** Sends on the wire at once; the server stops reading above 256 requests. */
const MAX_IN_FLIGHT = 100;
const MAX_WAITING = 1000;
const MAX_REPEATS = 5;
const OUTCOME_UNKNOWN = [20004, 90994];
const OVERLOADED = 60018;

interface Send {
  data: object & { conversation: ConversationID; random: number };
  first: number;
  deadline: number;
  repeats: number;
  flying: boolean;
  resolve(reply: Fields): void;
  reject(error: ChatError): void;
}

/**
 * Messages on their way: in the order they were sent, over as many connections as it takes, each
 * under its own random so that none arrives twice.
 */
export class Outbox {
  readonly #request: (cmd: string, data: object) => Promise<Fields>;
  readonly #patience: number;
  #sends: Send[] = [];
  #online = false;
  #watch: ReturnType<typeof setInterval> | undefined;

  /** @param patience milliseconds a message waits for a connection before it counts as failed */
  constructor(request: (cmd: string, data: object) => Promise<Fields>, patience: number) {
    this.#request = request;
    this.#patience = Math.min(patience, RECOGNISED);
  }

  send(data: Send['data']): Promise<Fields> {
    if (this.#sends.length >= MAX_WAITING) {
      return Promise.reject(new ChatError(Code.SEND_FAILED, 'too many messages are waiting'));
    }
    return new Promise((resolve, reject) => {
      const now = Date.now();
      const deadline = now + this.#patience;
      this.#sends.push({ data, first: now, deadline, repeats: 0, flying: false, resolve, reject });
      this.#watch ??= setInterval(() => this.#expire(), 1000);
      this.#fly();
    });
  }

  online(up: boolean): void {
    this.#online = up;
    this.#fly();
  }

  /** Whether a message with this random is on its way. */
  holds(conversation: ConversationID, random: number): boolean {
    return this.#sends.some(
      (send) => send.data.random === random && send.data.conversation === conversation,
    );
  }

  /** Whether anything is on its way into a conversation. */
  isBusy(conversation: ConversationID): boolean {
    return this.#sends.some((send) => send.flying && send.data.conversation === conversation);
  }

  /** Gives everything up. */
  clear(): void {
    const lost = this.#sends;
    this.#sends = [];
    this.#rest();
    lost.forEach((send) => send.reject(new ChatError(Code.SEND_FAILED, 'logged out')));
  }

  #fly(): void {
    let flying = this.#sends.filter((send) => send.flying).length;
    for (const send of this.#sends) {
      if (!this.#online || flying >= MAX_IN_FLIGHT) {
        return;
      }
      if (!send.flying) {
        send.flying = true;
        flying++;
        this.#try(send);
      }
    }
  }

  #try(send: Send): void {
    this.#request('message.send', send.data).then(
      (reply) => {
        this.#remove(send);
        send.resolve(reply);
        this.#fly();
      },
      (error: ChatError) => {
        const lost = [Code.NETWORK, Code.OFFLINE, Code.TIMEOUT].some((code) => code === error.code);
        const again = lost || error.code === OVERLOADED || OUTCOME_UNKNOWN.includes(error.code);
        if (again && send.repeats < MAX_REPEATS && Date.now() < send.deadline) {
          send.repeats += lost ? 0 : 1;
          // What the connection took with it flies when there is another one.
          if (this.#online || !lost) {
            setTimeout(() => this.#land(send), 200 * (send.repeats + 1));
          } else {
            send.flying = false;
          }
        } else {
          this.#remove(send);
          send.reject(error);
          this.#fly();
        }
      },
    );
  }

  #land(send: Send): void {
    send.flying = false;
    this.#fly();
  }

  #expire(): void {
    const now = Date.now();
    for (const send of this.#sends.filter((each) => !each.flying && each.deadline <= now)) {
      this.#remove(send);
      send.reject(new ChatError(Code.OFFLINE, 'not connected'));
    }
  }

  #remove(send: Send): void {
    this.#sends = this.#sends.filter((each) => each !== send);
    this.#rest();
  }

  #rest(): void {
    if (this.#sends.length === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
    }
  }
}
