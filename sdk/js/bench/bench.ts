// Measures the SDK: node build.mjs bench [login|receive]
// login    from the call of login to the first conversation list, against the server that PALISADE_CONNECTION names
// receive  messages per second that one process takes in, from a server of the bench's own in another process
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WebSocket, WebSocketServer } from 'ws';
import { another, EVENT, type Options } from '../src/index.js';

const CONVERSATIONS = 1000;
const MESSAGES = 100_000;
const ROUNDS = 7;

const socket = WebSocket as unknown as NonNullable<Options['WebSocket']>;

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** A user with that many conversations; how many the server keeps on a list is the app's setting. */
const login = async (): Promise<void> => {
  const { rest, sig, connection, unknownUser } = await import('../test/server.js');
  const user = unknownUser('busy');
  const peers = Array.from({ length: CONVERSATIONS }, (_, at) => `${user}-${at}`);
  for (let at = 0; at < peers.length; at += 100) {
    await rest('im_open_login_svc/multiaccount_import', {
      Accounts: [...peers.slice(at, at + 99), user],
    });
    await rest('im_open_login_svc/multiaccount_import', { Accounts: peers.slice(at, at + 100) });
  }
  for (let at = 0; at < peers.length; at += 20) {
    await Promise.all(
      peers.slice(at, at + 20).map((peer, offset) =>
        rest('openim/sendmsg', {
          From_Account: peer,
          To_Account: user,
          MsgRandom: at + offset + 1,
          MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: `Hello from ${peer}` } }],
        }),
      ),
    );
  }
  const times: number[] = [];
  let listed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const chat = another({
      SDKAppID: connection.sdkAppId,
      proxyServer: connection.imUrl,
      platform: 'web',
      deviceID: `bench-${round}`,
      WebSocket: socket,
    });
    const isReady = new Promise<void>((resolve) => chat.on(EVENT.SDK_READY, () => resolve()));
    const start = performance.now();
    await chat.login({ userID: user, userSig: sig(user) });
    await isReady;
    listed = (await chat.getConversationList()).data.conversationList.length;
    times.push(performance.now() - start);
    await chat.destroy();
  }
  console.log(
    `login to first conversation list: median ${median(times).toFixed(0)} ms, ` +
      `worst ${Math.max(...times).toFixed(0)} ms of ${ROUNDS} logins, ` +
      `${CONVERSATIONS} conversations of which ${listed} are on the list`,
  );
};

/** Answers a login, then sends messages as fast as they are taken. */
const serve = (): void => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('listening', () => process.send?.((server.address() as AddressInfo).port));
  server.on('connection', (line) => {
    line.on('message', (raw) => {
      const { id, cmd } = JSON.parse(String(raw));
      line.send(JSON.stringify({ id, code: 0, data: {} }));
      if (cmd === 'sync') {
        void blast(line);
      }
    });
  });
};

const blast = async (line: WebSocket): Promise<void> => {
  for (let at = 0; at < MESSAGES; at++) {
    const peer = at % CONVERSATIONS;
    const seq = Math.floor(at / CONVERSATIONS) + 1;
    const message = {
      conversation: `C2Cuser-${peer}`,
      seq,
      time: 1_790_000_000 + seq,
      random: at + 1,
      msgKey: `${seq}_${at + 1}_${1_790_000_000 + seq}`,
      from: `user-${peer}`,
      nick: `User ${peer}`,
      body: [{ MsgType: 'TIMTextElem', MsgContent: { Text: `message ${at} of a busy day in the office` } }],
    };
    line.send(JSON.stringify({ evt: 'message.new', data: { messages: [message] } }));
    if (line.bufferedAmount > 1_000_000) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
};

const receive = async (): Promise<void> => {
  const child = fork(fileURLToPath(import.meta.url), ['serve']);
  const [port] = (await once(child, 'message')) as [number];
  const chat = another({
    SDKAppID: 1,
    proxyServer: `ws://127.0.0.1:${port}/im`,
    WebSocket: socket,
  });
  let got = 0;
  const all = new Promise<void>((resolve) => {
    chat.on(EVENT.MESSAGE_RECEIVED, ({ data }) => {
      got += data.length;
      if (got >= MESSAGES) {
        resolve();
      }
    });
  });
  await chat.login({ userID: 'me', userSig: 'x' });
  const start = performance.now();
  const before = process.cpuUsage();
  await all;
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / MESSAGES;
  console.log(
    `receiving: ${(MESSAGES / seconds).toFixed(0)} messages/s of ${MESSAGES} in ${CONVERSATIONS} conversations, ` +
      `${cpu.toFixed(0)} µs of CPU each (${(1e6 / cpu).toFixed(0)} messages per second of CPU)`,
  );
  await chat.destroy();
  child.kill();
};

switch (process.argv[2]) {
  case 'serve':
    serve();
    break;
  case 'login':
    await login();
    break;
  case 'receive':
    await receive();
    break;
  default:
    await receive();
    await login();
}
