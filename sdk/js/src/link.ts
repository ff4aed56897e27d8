import { ChatError, Code } from './errors.js';
import { type Fields, fields, has, isFields, text, whole } from './wire.js';

/** What the SDK needs of a WebSocket; browsers', Node's and the package `ws` all fit. */
export interface Socket {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

export type SocketConstructor = new (url: string, protocol: string) => unknown;

const PROTOCOL = 'palisade.v1.json';
const MAX_FRAME_BYTES = 64 * 1024;

/** The server closes above 100 frames a second and 200 at once; stay well below. */
const FRAMES_PER_SECOND = 80;
const BURST = 150;

const MAX_ID = 0xffff_ffff;

interface Pending {
  resolve(data: Fields): void;
  reject(error: ChatError): void;
  timer: ReturnType<typeof setTimeout>;
}

export interface LinkListener {
  /** The socket is open: sign on. */
  opened(): void;
  event(name: string, data: Fields): void;
  /** The socket is gone, for whatever reason. */
  closed(code: number): void;
}

/** One WebSocket connection: frames, replies, pace and liveness. It never reconnects by itself. */
export class Link {
  readonly #socket: Socket;
  readonly #listener: LinkListener;
  readonly #timeout: number;
  readonly #pending = new Map<number, Pending>();
  readonly #waiting: string[] = [];
  #nextId = 1;
  #tokens = BURST;
  #refilled = Date.now();
  #drain: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;
  #heard = Date.now();
  #open = false;
  #closed = false;

  constructor(url: string, make: SocketConstructor, timeout: number, listener: LinkListener) {
    this.#listener = listener;
    this.#timeout = timeout;
    const socket = new make(url, PROTOCOL) as Socket;
    this.#socket = socket;
    socket.onopen = () => {
      if (!this.#closed) {
        this.#open = true;
        listener.opened();
      }
    };
    socket.onmessage = (event: unknown) => this.#received((event as { data?: unknown }).data);
    socket.onclose = (event: unknown) => {
      this.#ended(whole(fields(event), 'code') || codeOf(event));
    };
    // Every failure ends in a close as well.
    socket.onerror = () => undefined;
  }

  /** Asks; rejects with the server's code, or a local one when no answer came. */
  request(cmd: string, data: object): Promise<Fields> {
    return new Promise((resolve, reject) => {
      if (this.#closed || !this.#open) {
        reject(new ChatError(Code.NETWORK, 'not connected'));
        return;
      }
      const id = this.#freeId();
      const frame = JSON.stringify({ id, cmd, data });
      // Three bytes at most for a UTF-16 unit: only frames that might be too large are measured.
      if (frame.length * 3 > MAX_FRAME_BYTES && byteLength(frame) > MAX_FRAME_BYTES) {
        reject(new ChatError(Code.TOO_LONG, 'the request is above 64 KiB'));
        return;
      }
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new ChatError(Code.TIMEOUT, `${cmd}: no answer in time`));
      }, this.#timeout);
      this.#pending.set(id, { resolve, reject, timer });
      this.#waiting.push(frame);
      this.#write();
    });
  }

  /** Watches that the peer is alive, in seconds; browsers cannot ping by themselves. */
  keepAlive(heartbeat: number): void {
    clearInterval(this.#pulse);
    const period = Math.min(Math.max(heartbeat, 5), 300) * 1000;
    this.#pulse = setInterval(() => {
      const silence = Date.now() - this.#heard;
      if (silence >= 2 * period) {
        this.close();
      } else if (silence >= period / 2) {
        this.request('ping', {}).catch(() => undefined);
      }
    }, period / 2);
  }

  /** Ends the connection; the listener hears of it at once. */
  close(code = 1000): void {
    if (!this.#closed) {
      try {
        this.#socket.close(1000);
      } catch {
        // A socket that is still connecting may refuse; it is let go all the same.
      }
      this.#ended(code === 1000 ? 0 : code);
    }
  }

  #freeId(): number {
    while (this.#pending.has(this.#nextId)) {
      this.#nextId = (this.#nextId % MAX_ID) + 1;
    }
    const id = this.#nextId;
    this.#nextId = (id % MAX_ID) + 1;
    return id;
  }

  #write(): void {
    const now = Date.now();
    this.#tokens = Math.min(
      BURST,
      this.#tokens + (Math.max(0, now - this.#refilled) * FRAMES_PER_SECOND) / 1000,
    );
    this.#refilled = now;
    while (this.#tokens >= 1 && this.#waiting.length > 0) {
      this.#tokens -= 1;
      this.#socket.send(this.#waiting.shift() as string);
    }
    if (this.#waiting.length > 0 && this.#drain === undefined) {
      this.#drain = setTimeout(() => {
        this.#drain = undefined;
        if (!this.#closed) {
          this.#write();
        }
      }, 1000 / FRAMES_PER_SECOND);
    }
  }

  #received(raw: unknown): void {
    this.#heard = Date.now();
    if (typeof raw !== 'string' || this.#closed) {
      return;
    }
    let frame: unknown;
    try {
      frame = JSON.parse(raw);
    } catch {
      return;
    }
    if (!isFields(frame)) {
      return;
    }
    if (has(frame, 'id')) {
      this.#answered(frame);
    } else {
      const name = text(frame, 'evt');
      if (name !== '') {
        this.#listener.event(name, fields(frame.data));
      }
    }
  }

  #answered(frame: Fields): void {
    const id = whole(frame, 'id');
    const pending = this.#pending.get(id);
    if (pending === undefined) {
      return;
    }
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    const code = whole(frame, 'code', -1);
    if (code === 0) {
      pending.resolve(fields(frame.data));
    } else {
      pending.reject(new ChatError(code, text(frame, 'info'), { ...fields(frame.data) }));
    }
  }

  #ended(code: number): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#open = false;
    clearInterval(this.#pulse);
    clearTimeout(this.#drain);
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of lost) {
      clearTimeout(pending.timer);
      pending.reject(new ChatError(Code.NETWORK, 'the connection was lost'));
    }
    this.#listener.closed(code);
  }
}

const codeOf = (event: unknown): number => {
  const code = (event as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : 1006;
};

const byteLength = (frame: string): number => {
  let bytes = 0;
  for (let i = 0; i < frame.length; i++) {
    const unit = frame.charCodeAt(i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
  }
  return bytes;
};
