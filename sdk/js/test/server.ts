import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { WebSocket } from 'ws';
import {
  another,
  type Chat,
  type ChatEvent,
  EVENT,
  type Message,
  type Options,
} from '../src/index.js';
import type { EventData, EventName } from '../src/model.js';

export interface Connection {
  restUrl: string;
  imUrl: string;
  sdkAppId: number;
  secretKey: string;
  administrator: string;
}

/** The server under test, as its connection.json says. */
export const connection: Connection = (() => {
  const file = process.env['PALISADE_CONNECTION'];
  if (file === undefined) {
    throw new Error('PALISADE_CONNECTION must name the connection.json of a running server');
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Connection;
})();

/** A UserSig of generation 2.0. */
export const sig = (userID: string, seconds = 86_400): string => {
  const { sdkAppId, secretKey } = connection;
  const time = Math.floor(Date.now() / 1000);
  const signed = `TLS.identifier:${userID}\nTLS.sdkappid:${sdkAppId}\nTLS.time:${time}\nTLS.expire:${seconds}\n`;
  const json = JSON.stringify({
    'TLS.ver': '2.0',
    'TLS.identifier': userID,
    'TLS.sdkappid': sdkAppId,
    'TLS.expire': seconds,
    'TLS.time': time,
    'TLS.sig': createHmac('sha256', secretKey).update(signed).digest('base64'),
  });
  return deflateSync(json)
    .toString('base64')
    .replaceAll('+', '*')
    .replaceAll('/', '-')
    .replaceAll('=', '_');
};

/** Calls REST as the administrator. */
export const rest = async (path: string, body: object): Promise<Record<string, unknown>> => {
  const { restUrl, sdkAppId, administrator } = connection;
  const query = new URLSearchParams({
    sdkappid: String(sdkAppId),
    identifier: administrator,
    usersig: sig(administrator),
    random: '1',
    contenttype: 'json',
  });
  const response = await fetch(`${restUrl}/v4/${path}?${query}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  const reply = (await response.json()) as Record<string, unknown>;
  if (reply['ActionStatus'] !== 'OK') {
    throw new Error(`${path}: ${JSON.stringify(reply)}`);
  }
  return reply;
};

/** Users that no other test has, and that the server knows. */
export const users = async (...names: string[]): Promise<string[]> => {
  const made = names.map(unknownUser);
  await rest('im_open_login_svc/multiaccount_import', { Accounts: made });
  return made;
};

/** A user the server has not heard of. */
export const unknownUser = (name: string): string => `${name}-${randomBytes(5).toString('hex')}`;

const open: Chat[] = [];

/** An instance that is not logged in. */
export const instance = (options: Partial<Options> = {}): Chat => {
  const chat = another({
    SDKAppID: connection.sdkAppId,
    proxyServer: connection.imUrl,
    platform: 'web',
    deviceID: randomBytes(8).toString('hex'),
    WebSocket: WebSocket as unknown as NonNullable<Options['WebSocket']>,
    maxReconnectDelay: 200,
    ...options,
  });
  open.push(chat);
  return chat;
};

/** A user who is logged in and ready. */
export const ready = async (userID: string, options: Partial<Options> = {}): Promise<Chat> => {
  const chat = instance(options);
  const isReady = next(chat, EVENT.SDK_READY);
  await chat.login({ userID, userSig: sig(userID) });
  await isReady;
  return chat;
};

export const closeAll = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((chat) => chat.destroy()));
};

/** The next event of a name, or the next that fits. */
export const next = <N extends EventName>(
  chat: Chat,
  name: N,
  fits: (data: EventData[N]) => boolean = () => true,
): Promise<EventData[N]> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      chat.off(name, handler);
      reject(new Error(`no event ${name} within 30 s`));
    }, 30_000);
    const handler = (event: ChatEvent<N>) => {
      if (fits(event.data)) {
        clearTimeout(timer);
        chat.off(name, handler);
        resolve(event.data);
      }
    };
    chat.on(name, handler);
  });

/** Everything received, in order. */
export const collect = (chat: Chat): Message[] => {
  const all: Message[] = [];
  chat.on(EVENT.MESSAGE_RECEIVED, ({ data }) => all.push(...data));
  return all;
};

/** Waits for a condition, at most half a minute. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) {
      throw new Error(`not within 30 s: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Sends a text and gives the message. */
export const say = async (chat: Chat, to: string, text: string, isGroup = false): Promise<Message> => {
  const message = chat.createTextMessage({
    to,
    conversationType: isGroup ? 'GROUP' : 'C2C',
    payload: { text },
  });
  return (await chat.sendMessage(message)).data.message;
};

export const textOf = (message: Message): string => String(message.payload['text']);
