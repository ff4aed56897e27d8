import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { type WebSocket as Socket, WebSocket, WebSocketServer } from 'ws';
import { another, type Chat, EVENT, type Options } from '../src/index.js';

const servers: WebSocketServer[] = [];
const chats: Chat[] = [];

after(async () => {
  await Promise.all(chats.map((chat) => chat.destroy()));
  servers.forEach((server) => server.close());
});

type Answer = (socket: Socket, frame: { id: number; cmd: string }) => void;

const listen = async (): Promise<WebSocketServer> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  servers.push(server);
  await once(server, 'listening');
  return server;
};

/** A server that answers what a test wants it to. */
const serve = async (answer: Answer): Promise<{ chat: Chat; server: WebSocketServer }> => {
  const server = await listen();
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (raw) => answer(socket, JSON.parse(String(raw))));
  });
  const chat = another({
    SDKAppID: 1,
    proxyServer: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/im`,
    WebSocket: WebSocket as unknown as NonNullable<Options['WebSocket']>,
    maxReconnectDelay: 20,
  });
  chats.push(chat);
  return { chat, server };
};

const ok = (socket: Socket, id: number, data: object = {}) =>
  socket.send(JSON.stringify({ id, code: 0, data }));

/** Numbers that repeat from run to run. */
const dice = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff;
  return seed / 0x7fff_ffff;
};

const EVENTS = [
  'message.new', 'message.recalled', 'message.modified', 'message.extension', 'message.deleted',
  'message.receipt', 'message.read', 'conversation.read', 'conversation.changed',
  'conversation.groups', 'group.cleared', 'group.notice', 'group.changed', 'group.self',
  'group.attributes', 'group.counters', 'group.topic', 'profile.changed', 'friend.added',
  'friend.updated', 'friend.deleted', 'friend.request', 'block.added', 'block.deleted',
  'follow.changed', 'presence.changed', 'session.kicked', 'session.expiring', '__proto__',
  'constructor', 'toString', '',
];
const NAMES = [
  'messages', 'conversation', 'conversations', 'gone', 'seq', 'time', 'random', 'msgKey', 'from',
  'body', 'MsgType', 'MsgContent', 'Text', 'nick', 'faceUrl', 'mentions', 'groupId', 'groups',
  'code', 'userId', 'userIds', 'users', 'profiles', 'attributes', 'counters', 'key', 'value',
  'topics', 'what', 'lastSeq', 'changeSeq', 'unread', 'lastMessage', 'version', 'marks', 'data',
  'MemberList', 'ChangeList', 'MsgList', 'extensions', 'reason', 'custom', '__proto__',
  'constructor', 'hasOwnProperty', 'toString', 'then',
];
const TEXTS = [
  '', 'C2Cbob', 'GROUPg', 'C2C', 'GROUP', '@TIM#SYSTEM', '__proto__', '\u0000', '\ud800', '💣'.repeat(9),
  '17_2_3', 'TIMTextElem', 'TIMRelayElem', 'TIMGroupTipElem', 'TIMImageElem', 'constructor', 'x'.repeat(5000),
];

/** Something that JSON can say, more likely nonsense than not. */
const anything = (roll: () => number, depth = 0): unknown => {
  const kind = Math.floor(roll() * (depth > 5 ? 6 : 9));
  switch (kind) {
    case 0:
      return null;
    case 1:
      return roll() < 0.5;
    case 2:
      return [0, -1, 1, 2 ** 32, 2 ** 53, -0.5, 1e308, 17][Math.floor(roll() * 8)];
    case 3:
    case 4:
    case 5:
      return TEXTS[Math.floor(roll() * TEXTS.length)];
    case 6:
      return Array.from({ length: Math.floor(roll() * 5) }, () => anything(roll, depth + 1));
    default: {
      const object: [string, unknown][] = Array.from({ length: Math.floor(roll() * 8) }, () => [
        NAMES[Math.floor(roll() * NAMES.length)] as string,
        anything(roll, depth + 1),
      ]);
      return Object.fromEntries(object);
    }
  }
};

/** A frame as text: of the protocol's shape, nonsense, or no JSON at all. */
const frame = (roll: () => number): string => {
  const shape = roll();
  if (shape < 0.7) {
    const evt = EVENTS[Math.floor(roll() * EVENTS.length)];
    // Kicks end the session, which other tests are about.
    return JSON.stringify({ evt: evt === 'session.kicked' ? 'x' : evt, data: anything(roll) });
  }
  if (shape < 0.85) {
    return JSON.stringify({ id: Math.floor(roll() * 40), code: anything(roll), data: anything(roll) });
  }
  if (shape < 0.95) {
    return JSON.stringify(anything(roll)) ?? '';
  }
  return ['{', '[[[[', 'null', '"', '\u0000', '['.repeat(20_000), '{"evt":'][Math.floor(roll() * 7)] as string;
};

test('the SDK survives any frame of a hostile server, and works on', async () => {
  const crashes: unknown[] = [];
  const note = (error: unknown) => crashes.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  for (let seed = 1; seed <= 6; seed++) {
    const roll = dice(seed);
    let line: Socket | undefined;
    const { chat } = await serve((socket, { id, cmd }) => {
      line = socket;
      if (cmd === 'session.login' || cmd === 'message.send') {
        ok(socket, id, { seq: 1, time: 1, msgKey: '1_1_1' });
      } else if (roll() < 0.7) {
        socket.send(JSON.stringify({ id, code: 0, data: anything(roll) }));
      } else {
        socket.send(JSON.stringify({ id, code: 60009 }));
      }
    });
    await chat.login({ userID: 'alice', userSig: 'x' });
    for (let sent = 0; sent < 1500; sent++) {
      line?.send(frame(roll));
      if (sent % 100 === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    line?.send(Buffer.from([1, 2, 3]));
    const lists = await chat.getConversationList();
    assert.ok(Array.isArray(lists.data.conversationList));
    assert.equal(typeof chat.getTotalUnreadMessageCount(), 'number');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await chat.destroy();
  }
  assert.deepEqual(crashes, []);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.equal(Object.keys(Object.prototype).length, 0);
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
});

test('a refused login says why and is not tried again', async () => {
  let logins = 0;
  const { chat } = await serve((socket, { id }) => {
    logins++;
    socket.send(JSON.stringify({ id, code: 70003, info: 'malformed' }));
    socket.close(4002);
  });
  await assert.rejects(chat.login({ userID: 'alice', userSig: 'x' }), { code: 70003 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(logins, 1);
});

test('without a server the login fails soon', async () => {
  const { chat, server } = await serve(() => undefined);
  server.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await assert.rejects(chat.login({ userID: 'alice', userSig: 'x' }), { code: 2800 });
});

test('a kick is told with its reason, and the client stays away', async () => {
  for (const [close, reason, type] of [
    [4003, 'multiLogin', 'multipleAccount'],
    [4004, 'admin', 'REST_API_Kick'],
    [4005, 'sigExpired', 'userSigExpired'],
  ] as const) {
    let logins = 0;
    const { chat } = await serve((socket, { id, cmd }) => {
      ok(socket, id);
      if (cmd === 'session.login') {
        logins++;
      } else if (cmd === 'sync') {
        socket.send(JSON.stringify({ evt: 'session.kicked', data: { reason } }));
        socket.close(close);
      }
    });
    const kicked = new Promise((resolve) => chat.on(EVENT.KICKED_OUT, ({ data }) => resolve(data.type)));
    await chat.login({ userID: 'alice', userSig: 'x' });
    assert.equal(await kicked, type);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(logins, 1);
    assert.equal(chat.isReady(), false);
  }
});

test('a signature that has ended is renewed when the app can', async () => {
  const sigs: string[] = [];
  const server = await listen();
  server.on('connection', (socket) =>
    socket.on('message', (raw) => {
      const { id, cmd, data } = JSON.parse(String(raw));
      if (cmd === 'session.login') {
        sigs.push(data.userSig);
      }
      ok(socket, id);
      if (cmd === 'sync' && sigs.length === 1) {
        socket.send(JSON.stringify({ evt: 'session.kicked', data: { reason: 'sigExpired' } }));
        socket.close(4005);
      }
    }),
  );
  const chat = another({
    SDKAppID: 1,
    proxyServer: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/im`,
    WebSocket: WebSocket as unknown as NonNullable<Options['WebSocket']>,
    renewUserSig: async () => 'second',
  });
  chats.push(chat);
  await chat.login({ userID: 'alice', userSig: 'first' });
  const end = Date.now() + 5000;
  while (sigs.length < 2 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(sigs, ['first', 'second']);
});

test('a message that is sent while there is no connection arrives under the same random, once', async () => {
  const randoms: number[] = [];
  let lines = 0;
  const { chat } = await serve((socket, frameOf) => {
    const { id, cmd } = frameOf;
    if (cmd === 'session.login') {
      lines++;
    }
    if (cmd === 'message.send') {
      randoms.push((frameOf as unknown as { data: { random: number } }).data.random);
      if (lines === 1) {
        // The message is taken, its answer is lost with the connection.
        socket.terminate();
        return;
      }
      ok(socket, id, { seq: 5, time: 9, msgKey: '5_1_9' });
    } else {
      ok(socket, id);
    }
  });
  await chat.login({ userID: 'alice', userSig: 'x' });
  const message = chat.createTextMessage({
    to: 'bob',
    conversationType: 'C2C',
    payload: { text: 'through a tunnel' },
  });
  const { data } = await chat.sendMessage(message);
  assert.equal(data.message.sequence, 5);
  assert.deepEqual(randoms, [message.random, message.random]);
});

test('a gap is filled before what follows it is told, and nothing is told twice', async () => {
  const message = (seq: number) => ({
    conversation: 'C2Cbob', seq, time: seq, random: seq, msgKey: `${seq}_${seq}_${seq}`, from: 'bob',
    body: [{ MsgType: 'TIMTextElem', MsgContent: { Text: `m${seq}` } }],
  });
  const asked: unknown[] = [];
  const { chat } = await serve((socket, frameOf) => {
    const { id, cmd } = frameOf;
    const tell = (...seqs: number[]) =>
      socket.send(JSON.stringify({ evt: 'message.new', data: { messages: seqs.map(message) } }));
    if (cmd === 'message.history') {
      asked.push((frameOf as unknown as { data: object }).data);
      ok(socket, id, { messages: [2, 3, 4].map(message), complete: true });
      tell(6);
      tell(6, 1);
    } else {
      ok(socket, id);
    }
    if (cmd === 'sync') {
      tell(1);
      tell(4);
      tell(5);
    }
  });
  const got: string[] = [];
  chat.on(EVENT.MESSAGE_RECEIVED, ({ data }) => got.push(...data.map((each) => each.payload['text'])));
  await chat.login({ userID: 'alice', userSig: 'x' });
  const end = Date.now() + 5000;
  while (got.length < 6 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(got, ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
  assert.deepEqual(asked, [{ conversation: 'C2Cbob', after: 1, limit: 100 }]);
});
