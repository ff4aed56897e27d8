import { EVENT, TYPES } from './constants.js';
import type { Emitter } from './emitter.js';
import { ChatError, Code, wrong } from './errors.js';
import { Link, type SocketConstructor } from './link.js';
import { type Fields, text, whole } from './wire.js';

export const VERSION = '0.1.0';

const REQUEST_TIMEOUT = 15_000;

/** Longest wait between two attempts to connect. */
const MAX_DELAY = 30_000;

const CLOSE = { MULTI_LOGIN: 4003, ADMIN: 4004, SIG_EXPIRED: 4005, REFUSED: 4002 };
const SIG_EXPIRED_CODES = [70001, 70052, 6206];

/** What an app's back end hands out to somebody without an account: an id and its signature. */
export interface Ticket {
  userID: string;
  userSig: string;
}

/** How ids of guests begin. */
const GUEST = '@GST#';

export interface SessionOptions {
  SDKAppID: number;
  url: string;
  platform: string;
  deviceId: string;
  socket: SocketConstructor;
  /** Called when the signature ends soon or has ended; gives a new one. */
  renewUserSig?: ((userID: string) => Promise<string>) | undefined;
  /** Gives a guest's ticket, or another one for the guest whose ticket ends. */
  guestTicket?: ((userID?: string) => Promise<Ticket>) | undefined;
  /** Between 0 and 1; for tests. */
  random: () => number;
  maxDelay?: number | undefined;
}

/** What a session tells the parts above it. */
export interface SessionListener {
  /** A connection is signed on; `again` when it replaces a lost one. Whatever is asked now goes first. */
  signedOn(reply: Fields, again: boolean): Promise<void>;
  event(name: string, data: Fields): void;
  /** Memory is to be emptied: logged out or kicked. */
  ended(): void;
  online(up: boolean): void;
}

type State = 'idle' | 'connecting' | 'signingOn' | 'online' | 'waiting';

/** A user's session over as many connections as it takes: login, reconnecting, renewal, its end. */
export class Session {
  readonly #options: SessionOptions;
  readonly #emitter: Emitter;
  #listener: SessionListener | undefined;
  #state: State = 'idle';
  #link: Link | undefined;
  #userID = '';
  #userSig = '';
  #ready = false;
  #wasOnline = false;
  #guest = false;
  #visit: Promise<void> | undefined;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #kickReason = '';
  #clock = 0;
  #login: { resolve(data: object): void; reject(error: ChatError): void } | undefined;
  limits = { maxMessageBytes: 12_288, recallWindow: 120 };

  constructor(options: SessionOptions, emitter: Emitter) {
    this.#options = options;
    this.#emitter = emitter;
  }

  listen(listener: SessionListener): void {
    this.#listener = listener;
  }

  get userID(): string {
    return this.#userID;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  get isOnline(): boolean {
    return this.#state === 'online';
  }

  /** Whether somebody is logged in, connected or not. */
  get isActive(): boolean {
    return this.#state !== 'idle';
  }

  /** Whether it is a guest's: live rooms are heard, and that is all. */
  get isGuest(): boolean {
    return this.#guest;
  }

  /** Begins a guest's session; there is none without a ticket. */
  visit(): Promise<void> {
    const { guestTicket } = this.#options;
    if (guestTicket === undefined) {
      return Promise.reject(new ChatError(Code.NOT_LOGGED_IN, 'not logged in'));
    }
    this.#visit ??= guestTicket()
      .then(async ({ userID, userSig }) => {
        if (typeof userID !== 'string' || !userID.startsWith(GUEST)) {
          throw wrong(`a guest's userID begins with ${GUEST}`, Code.NO_USER_ID);
        }
        // Somebody has logged in meanwhile.
        if (this.#state === 'idle') {
          await this.#begin(userID, userSig, true);
        }
      })
      .finally(() => {
        this.#visit = undefined;
      });
    return this.#visit;
  }

  /** Milliseconds, by the server's clock. */
  now(): number {
    return Date.now() + this.#clock;
  }

  login(userID: string, userSig: string): Promise<object> {
    if (this.#guest) {
      this.#end();
    }
    if (this.#state !== 'idle') {
      if (userID !== this.#userID) {
        return Promise.reject(wrong('another user is logged in', Code.LOGIN_REPEATED));
      }
      // A new signature of the same user takes the place of the old one, without a new login.
      const renewed = userSig === this.#userSig ? Promise.resolve() : this.#renew(userSig);
      return renewed.then(() => ({
        actionStatus: 'OK',
        errorCode: 0,
        errorInfo: '',
        repeatLogin: true,
      }));
    }
    return this.#begin(userID, userSig, false);
  }

  #begin(userID: string, userSig: string, guest: boolean): Promise<object> {
    this.#userID = userID;
    this.#userSig = userSig;
    this.#guest = guest;
    this.#attempt = 0;
    this.#wasOnline = false;
    return new Promise((resolve, reject) => {
      this.#login = { resolve, reject };
      this.#connect();
    });
  }

  async logout(): Promise<void> {
    if (this.#state === 'online') {
      await this.request('session.logout', {}).catch(() => undefined);
    }
    this.#end();
  }

  /** Asks over the connection there is now. */
  request(cmd: string, data: object): Promise<Fields> {
    if (this.#state === 'idle') {
      return Promise.reject(new ChatError(Code.NOT_LOGGED_IN, 'not logged in'));
    }
    if (this.#link === undefined || this.#state !== 'online') {
      return Promise.reject(new ChatError(Code.OFFLINE, 'not connected'));
    }
    return this.#link.request(cmd, data);
  }

  /** Tries now instead of when the wait is over, e.g. because the network is back. */
  hurry(): void {
    if (this.#state === 'waiting') {
      clearTimeout(this.#retry);
      this.#connect();
    }
  }

  #connect(): void {
    this.#state = 'connecting';
    this.#kickReason = '';
    this.#net('connecting');
    const { url, socket } = this.#options;
    let link: Link;
    // A connection that never opens is no connection.
    const opening = setTimeout(() => link?.close(1006), REQUEST_TIMEOUT);
    try {
      link = new Link(url, socket, REQUEST_TIMEOUT, {
        opened: () => {
          clearTimeout(opening);
          this.#signOn(link);
        },
        event: (name, data) => {
          if (link === this.#link) {
            this.#event(name, data);
          }
        },
        closed: (code) => {
          clearTimeout(opening);
          if (link === this.#link) {
            this.#lost(code);
          }
        },
      });
    } catch (error) {
      clearTimeout(opening);
      this.#fail(new ChatError(Code.NETWORK, String(error)));
      return;
    }
    this.#link = link;
  }

  #signOn(link: Link): void {
    this.#state = 'signingOn';
    const { SDKAppID, platform, deviceId } = this.#options;
    link
      .request('session.login', {
        sdkAppId: SDKAppID,
        userId: this.#userID,
        userSig: this.#userSig,
        platform,
        deviceId,
        client: `palisade-js/${VERSION}`,
      })
      .then(
        (reply) => this.#accepted(link, reply),
        (error: ChatError) => {
          if (link !== this.#link) {
            return;
          }
          // Below are the SDK's own codes: there was no answer.
          if (error.code >= 60_000) {
            this.#refused(error);
          } else {
            link.close(1006);
          }
        },
      );
  }

  #accepted(link: Link, reply: Fields): void {
    if (link !== this.#link) {
      return;
    }
    const again = this.#wasOnline;
    this.#state = 'online';
    this.#wasOnline = true;
    this.#attempt = 0;
    const serverTime = whole(reply, 'serverTime');
    this.#clock = serverTime === 0 ? 0 : serverTime - Date.now();
    this.limits = {
      maxMessageBytes: whole(reply, 'maxMessageBytes', 12_288),
      recallWindow: whole(reply, 'recallWindow', 120),
    };
    link.keepAlive(whole(reply, 'heartbeat', 30));
    this.#login?.resolve({ actionStatus: 'OK', errorCode: 0, errorInfo: '' });
    this.#login = undefined;
    this.#net('connected');
    const synchronised = this.#listener?.signedOn(reply, again) ?? Promise.resolve();
    this.#listener?.online(true);
    synchronised.then(
      () => {
        if (link === this.#link && !this.#ready && !this.#guest) {
          this.#ready = true;
          this.#emitter.emit(EVENT.SDK_READY, undefined);
        }
      },
      (error: ChatError) => {
        if (link === this.#link) {
          // Without its state a client is of no use: another connection may do better.
          this.#emitter.emit(EVENT.ERROR, { code: error.code, message: error.message });
          link.close(1006);
        }
      },
    );
  }

  /** A login that the server refuses is not repeated, but for a signature that can be renewed. */
  #refused(error: ChatError): void {
    const expired = SIG_EXPIRED_CODES.includes(error.code);
    if (expired && this.#wasOnline) {
      this.#expired();
      return;
    }
    // Overload passes.
    if (this.#wasOnline && error.code < 70_000) {
      this.#link?.close(1006);
      return;
    }
    const login = this.#login;
    this.#login = undefined;
    this.#end();
    login?.reject(error);
    if (login === undefined) {
      this.#emitter.emit(EVENT.ERROR, { code: error.code, message: error.message });
    }
  }

  #event(name: string, data: Fields): void {
    if (name === 'session.kicked') {
      this.#kickReason = text(data, 'reason');
      this.#kickReason += text(data, 'platform') === '' ? '' : `:${text(data, 'platform')}`;
    } else if (name === 'session.expiring') {
      this.#askForSig();
    } else {
      this.#listener?.event(name, data);
    }
  }

  #lost(code: number): void {
    const state = this.#state;
    this.#link = undefined;
    if (state === 'online') {
      this.#listener?.online(false);
    }
    if (code === CLOSE.SIG_EXPIRED) {
      this.#expired();
    } else if (code === CLOSE.MULTI_LOGIN || code === CLOSE.ADMIN) {
      this.#kicked(code);
    } else if (code === 1000 && state === 'online') {
      // Another connection of the same device has taken over.
      this.#kicked(CLOSE.MULTI_LOGIN);
    } else if (state !== 'idle') {
      this.#fail(new ChatError(Code.NETWORK, `the connection was closed with ${code}`));
    }
  }

  /** No connection: the first login says so after a few attempts, later ones go on for ever. */
  #fail(error: ChatError): void {
    this.#link = undefined;
    this.#attempt++;
    if (this.#login !== undefined && this.#attempt >= 3) {
      const login = this.#login;
      this.#login = undefined;
      this.#end();
      login.reject(error);
      return;
    }
    this.#state = 'waiting';
    this.#net('disconnected');
    const most = this.#options.maxDelay ?? MAX_DELAY;
    const bound = Math.min(most, 1000 * 2 ** Math.min(this.#attempt - 1, 10));
    // Full jitter: after a restart everybody is back, but nobody at the same time.
    this.#retry = setTimeout(() => this.#connect(), bound * this.#options.random());
  }

  #kicked(code: number): void {
    const [reason, platform] = this.#kickReason.split(':');
    const other = platform !== undefined && platform !== this.#options.platform;
    const type =
      code === CLOSE.ADMIN || reason === 'admin'
        ? TYPES.KICKED_OUT_REST_API
        : other
          ? TYPES.KICKED_OUT_MULT_DEVICE
          : TYPES.KICKED_OUT_MULT_ACCOUNT;
    this.#end();
    this.#emitter.emit(EVENT.KICKED_OUT, { type });
  }

  /** The signature has ended: an app that can give a new one goes on, others are out. */
  #expired(): void {
    this.#link = undefined;
    const renewUserSig = this.#renewer();
    if (renewUserSig === undefined) {
      this.#end();
      this.#emitter.emit(EVENT.KICKED_OUT, { type: TYPES.KICKED_OUT_USERSIG_EXPIRED });
      return;
    }
    this.#state = 'waiting';
    this.#net('disconnected');
    const user = this.#userID;
    renewUserSig(user).then(
      (userSig) => {
        if (this.#state === 'waiting' && this.#userID === user) {
          const same = userSig === this.#userSig;
          this.#userSig = userSig;
          if (same) {
            this.#fail(new ChatError(70001, 'the new UserSig is the old one'));
          } else {
            this.#connect();
          }
        }
      },
      () => {
        if (this.#state === 'waiting' && this.#userID === user) {
          this.#end();
          this.#emitter.emit(EVENT.KICKED_OUT, { type: TYPES.KICKED_OUT_USERSIG_EXPIRED });
        }
      },
    );
  }

  /** The signature ends soon: renewed within the session when the app can give a new one. */
  #askForSig(): void {
    this.#renewer()
      ?.(this.#userID)
      .then((userSig) => this.#renew(userSig))
      .catch((error: unknown) => {
        this.#emitter.emit(EVENT.ERROR, {
          code: error instanceof ChatError ? error.code : Code.NO_USER_SIG,
          message: `the UserSig was not renewed: ${String(error)}`,
        });
      });
  }

  #renewer(): ((userID: string) => Promise<string>) | undefined {
    const { renewUserSig, guestTicket } = this.#options;
    return this.#guest && guestTicket !== undefined
      ? async (userID) => (await guestTicket(userID)).userSig
      : renewUserSig;
  }

  async #renew(userSig: string): Promise<void> {
    if (this.#state === 'online') {
      await this.request('session.renew', { userSig });
    }
    this.#userSig = userSig;
  }

  #end(): void {
    const wasReady = this.#ready;
    const link = this.#link;
    const wasOnline = this.#state === 'online';
    this.#link = undefined;
    this.#state = 'idle';
    this.#ready = false;
    this.#userSig = '';
    clearTimeout(this.#retry);
    link?.close();
    this.#login?.reject(new ChatError(Code.NETWORK, 'logged out'));
    this.#login = undefined;
    if (wasOnline) {
      this.#listener?.online(false);
    }
    this.#listener?.ended();
    this.#userID = '';
    this.#guest = false;
    this.#net('disconnected');
    if (wasReady) {
      this.#emitter.emit(EVENT.SDK_NOT_READY, undefined);
    }
  }

  #last = '';

  #net(state: 'connected' | 'connecting' | 'disconnected'): void {
    if (state !== this.#last) {
      this.#last = state;
      this.#emitter.emit(EVENT.NET_STATE_CHANGE, { state });
    }
  }
}
