import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { WebSocket } from 'ws';
import { closeAll, connection, sig, unknownUser } from './server.js';

after(closeAll);

/** Every command that the SDK's sources name. */
const commands = (): string[] => {
  const files = readdirSync('src', { recursive: true }).map(String).filter((name) => name.endsWith('.ts'));
  const found = files.flatMap((name) =>
    [...readFileSync(`src/${name}`, 'utf8').matchAll(/'((?:message|conversation|group|profile|friend|block|follow|presence|session|official)\.[a-zA-Z.]+|sync|ping)'/g)].map(
      (match) => match[1] as string,
    ),
  );
  return [...new Set(found)].sort();
};

/** Those are events, not commands. */
const isEvent = (name: string): boolean => readFileSync('src/events.ts', 'utf8').includes(`  '${name}': `) ||
  ['session.kicked', 'session.expiring'].includes(name);

test('the server knows every command the SDK uses', async () => {
  const socket = new WebSocket(connection.imUrl, 'palisade.v1.json');
  const answers = new Map<number, number>();
  socket.on('message', (raw) => {
    const frame = JSON.parse(String(raw)) as { id?: number; code?: number };
    answers.set(frame.id ?? 0, frame.code ?? 0);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const userId = unknownUser('prober');
  const ask = (id: number, cmd: string, data: object = {}) => socket.send(JSON.stringify({ id, cmd, data }));
  ask(1, 'session.login', { sdkAppId: connection.sdkAppId, userId, userSig: sig(userId), platform: 'web' });
  const probed = commands().filter((name) => !isEvent(name) && !['session.login', 'session.logout'].includes(name));
  assert.ok(probed.length > 60, probed.join());
  probed.forEach((name, at) => ask(at + 2, name));
  const end = Date.now() + 30_000;
  while (answers.size < probed.length + 1 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.close();
  const unknown = probed.filter((_, at) => [60009, undefined].includes(answers.get(at + 2)));
  assert.deepEqual(unknown, []);
});
