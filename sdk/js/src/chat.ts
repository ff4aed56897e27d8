import { befriending } from './api/people.js';
import { creating } from './api/creating.js';
import { following } from './api/following.js';
import { grouping } from './api/grouping.js';
import { listing } from './api/listing.js';
import { membering } from './api/membering.js';
import { reading } from './api/reading.js';
import { sending } from './api/sending.js';
import { subscribing } from './api/official.js';
import { EVENT } from './constants.js';
import { Conversations } from './conversations.js';
import { type Core, done } from './core.js';
import { Emitter, type Handler } from './emitter.js';
import { Code, wrong } from './errors.js';
import { carryOut } from './events.js';
import { Groups } from './groups.js';
import { Inbox } from './inbox.js';
import { later } from './later.js';
import type { SocketConstructor } from './link.js';
import { Memory } from './memory.js';
import { partner } from './messages.js';
import type { EventName, Result } from './model.js';
import { Outbox } from './outbox.js';
import { People } from './people.js';
import { deviceID, platform } from './platform.js';
import { Session, type Ticket } from './session.js';
import { Sync } from './sync.js';

export interface Options {
  SDKAppID: number;
  /** Address of the server's gateway, e.g. `wss://im.example.org/im`. */
  proxyServer: string;
  /** The same under a plainer name. */
  endpoint?: string;
  /** Stable per installation; a new one per tab and process unless given. */
  deviceID?: string;
  /** `web`, `android`, `ios`, `windows`, `mac`, `linux`, `mini` or `server`; guessed unless given. */
  platform?: string;
  /** A WebSocket where there is no global one, e.g. of the package `ws`. */
  WebSocket?: SocketConstructor;
  /** Gives a new UserSig when the one in use ends; without it the user is logged out. */
  renewUserSig?: (userID: string) => Promise<string>;
  /**
   * Gives a guest's ticket, from the app's back end: with it `joinGroup` of a live room works before `login`. Asked
   * again, with the guest's userID, when the ticket ends.
   */
  guestTicket?: (userID?: string) => Promise<Ticket>;
  /** Milliseconds a message waits for a connection before it counts as failed; 60,000. */
  sendTimeout?: number;
  /** Longest wait between attempts to connect, in milliseconds; 30,000. */
  maxReconnectDelay?: number;
}

const SEND_TIMEOUT = 60_000;

/** Puts an instance together. */
const make = (options: Options, onDestroy: () => void) => {
  const emitter = new Emitter();
  const session = new Session(
    {
      SDKAppID: options.SDKAppID,
      url: options.endpoint ?? options.proxyServer,
      platform: options.platform ?? platform(),
      deviceId: options.deviceID ?? deviceID(),
      socket: socketOf(options),
      renewUserSig: options.renewUserSig,
      guestTicket: options.guestTicket,
      random: Math.random,
      maxDelay: options.maxReconnectDelay,
    },
    emitter,
  );
  const request: Core['request'] = (cmd, data = {}) => session.request(cmd, data);
  const groups = new Groups(emitter);
  const core: Core = {
    emitter,
    session,
    request,
    outbox: new Outbox(request, options.sendTimeout ?? SEND_TIMEOUT),
    memory: new Memory(),
    groups,
    people: new People(emitter),
    conversations: new Conversations(
      emitter,
      () => session.userID,
      (ids) => request('conversation.get', { conversations: ids }),
      (id) => groups.rooms.has(partner(id)),
    ),
  };
  const inbox = new Inbox(core);
  const sync = new Sync(core);

  session.listen({
    async signedOn(_reply, again) {
      if (!session.isGuest) {
        await sync.run();
      }
      if (again) {
        await inbox.catchUp();
        core.groups.rooms.forEach((groupId) => {
          request('group.join', { groupId }).catch(() => undefined);
        });
      } else {
        inbox.begin();
      }
      core.conversations.changed();
    },
    event: (name, data) => carryOut(core, inbox, name, data),
    online: (up) => core.outbox.online(up),
    ended() {
      core.outbox.clear();
      core.memory.clear();
      core.conversations.clear();
      core.groups.clear();
      core.people.clear();
      inbox.clear();
      sync.clear();
    },
  });

  const hurry = () => session.hurry();
  const target = globalThis as { addEventListener?: (name: string, run: () => void) => void } & {
    removeEventListener?: (name: string, run: () => void) => void;
  };
  target.addEventListener?.('online', hurry);

  const base = {
    on<N extends EventName>(name: N, handler: Handler<N>, context?: unknown): void {
      emitter.on(name, handler, context);
    },
    off<N extends EventName>(name: N, handler: Handler<N>): void {
      emitter.off(name, handler);
    },
    /** Uploads are built in; plug-ins of the vendor's are taken and not used. */
    registerPlugin(_plugins: object): void {},
    /** The SDK writes no log but for listeners that throw. */
    setLogLevel(_level: number): void {},
    isReady: (): boolean => session.isReady,

    async login(who: {
      userID: string;
      userSig: string;
    }): Promise<
      Result<{ actionStatus: string; errorCode: number; errorInfo: string; repeatLogin?: boolean }>
    > {
      const { userID, userSig } = who ?? {};
      if (typeof userID !== 'string' || userID === '') {
        throw wrong('userID is missing', Code.NO_USER_ID);
      }
      if (typeof userSig !== 'string' || userSig === '') {
        throw wrong('userSig is missing', Code.NO_USER_SIG);
      }
      // Who was a guest stays in the rooms it was in.
      const rooms = session.isGuest ? [...core.groups.rooms] : [];
      const reply = await session.login(userID, userSig);
      rooms.forEach((groupId) => {
        request('group.join', { groupId }).then(
          () => core.groups.rooms.add(groupId),
          () => undefined,
        );
      });
      return done(
        reply as {
          actionStatus: string;
          errorCode: number;
          errorInfo: string;
          repeatLogin?: boolean;
        },
      );
    },

    async logout(): Promise<Result<object>> {
      await session.logout();
      return done({});
    },

    async destroy(): Promise<Result<object>> {
      await session.logout();
      target.removeEventListener?.('online', hurry);
      onDestroy();
      emitter.emit(EVENT.SDK_DESTROY, undefined);
      emitter.clear();
      return done({});
    },

    getLoginUser: (): string => (session.isGuest ? '' : session.userID),
    /** Seconds, by the server's clock. */
    getServerTime: (): number => Math.floor(session.now() / 1000),
  };

  return {
    ...base,
    ...creating(core),
    ...sending(core, inbox),
    ...reading(core, inbox),
    ...listing(core, inbox),
    ...befriending(core),
    ...following(core),
    ...grouping(core),
    ...membering(core),
    ...subscribing(core),
    ...later(),
  };
};

const socketOf = (options: Options): SocketConstructor => {
  const socket =
    options.WebSocket ?? (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (socket === undefined) {
    throw wrong('there is no WebSocket here: hand one over as the option WebSocket');
  }
  return socket;
};

/** One app's connection to a server. */
export type Chat = ReturnType<typeof make>;

const instances = new Map<number, Chat>();

/** The instance of an app: the same for the same SDKAppID until it is destroyed. */
export const create = (options: Options): Chat => {
  const { SDKAppID } = options ?? {};
  if (typeof SDKAppID !== 'number' || !Number.isSafeInteger(SDKAppID)) {
    throw wrong('SDKAppID is missing', Code.NO_SDK_APP_ID);
  }
  const known = instances.get(SDKAppID);
  if (known !== undefined) {
    return known;
  }
  const chat = another(options);
  instances.set(SDKAppID, chat);
  return chat;
};

/** An instance of one's own, e.g. for several users in one process. */
export const another = (options: Options): Chat => {
  if (typeof (options?.endpoint ?? options?.proxyServer) !== 'string') {
    throw wrong('proxyServer is missing: the address of the gateway, wss://…/im');
  }
  const chat: Chat = make(options, () => {
    if (instances.get(options.SDKAppID) === chat) {
      instances.delete(options.SDKAppID);
    }
  });
  return chat;
};
