import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Palisade, { another, type Chat, create, EVENT } from '../src/index.js';
import { laterCodes } from '../src/later.js';
import { NAMES, README, states, withTable } from './names.js';

const options = { SDKAppID: 1, proxyServer: 'ws://127.0.0.1:1/im', WebSocket: class {} as never };

test('all 151 names of the API are there', () => {
  assert.equal(NAMES.length, 151);
  const missing = states().filter((each) => !each.works && each.code === undefined);
  assert.deepEqual(missing, []);
});

test('what is not there yet rejects with its code', async () => {
  const chat = another(options) as unknown as Record<string, () => Promise<unknown>>;
  for (const [name, code] of Object.entries(laterCodes)) {
    await assert.rejects(chat[name]!(), { code, name: 'ChatError' });
  }
});

test('the table in the README is what the code is', () => {
  const readme = readFileSync(README, 'utf8');
  assert.equal(readme, withTable(readme), 'run: npm run readme');
});

test('an app has one instance until that is destroyed', async () => {
  const chat = create(options);
  assert.equal(create(options), chat);
  assert.equal(Palisade.create(options), chat);
  const destroyed: Chat[] = [];
  chat.on(EVENT.SDK_DESTROY, () => destroyed.push(chat));
  await chat.destroy();
  assert.deepEqual(destroyed, [chat]);
  assert.notEqual(create(options), chat);
});

test('what was never logged in rejects instead of waiting', async () => {
  const chat = another(options);
  assert.equal(chat.isReady(), false);
  assert.equal(chat.getLoginUser(), '');
  await assert.rejects(chat.getMyProfile(), { code: 2024 });
  await assert.rejects(chat.login({ userID: '', userSig: 'x' }), { code: 2002 });
  await assert.rejects(chat.login({ userID: 'alice', userSig: '' }), { code: 2003 });
  assert.throws(() => create({} as never), { code: 2000 });
});
