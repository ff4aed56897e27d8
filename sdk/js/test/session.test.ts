import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { EVENT, TYPES } from '../src/index.js';
import { closeAll, instance, next, ready, rest, say, sig, until, users } from './server.js';

after(closeAll);

test('a signature that ends soon is renewed within the session', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  let renewals = 0;
  const chat = instance({
    renewUserSig: async (userID) => {
      renewals++;
      return sig(userID);
    },
  });
  const states: string[] = [];
  chat.on(EVENT.NET_STATE_CHANGE, ({ data }) => states.push(data.state));
  await chat.login({ userID: alice, userSig: sig(alice, 50) });
  await until('it was renewed', () => renewals === 1);
  await say(chat, bob, 'still here');
  assert.deepEqual(states, ['connecting', 'connected']);
  const again = (await chat.login({ userID: alice, userSig: sig(alice, 1000) })).data;
  assert.equal(again.repeatLogin, true);
  await assert.rejects(chat.login({ userID: bob, userSig: sig(bob) }), { code: 2025 });
});

test('a signature of somebody else is refused', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const chat = instance();
  await assert.rejects(chat.login({ userID: alice, userSig: sig(bob) }), (error: { code: number }) => error.code >= 70_000);
  await chat.login({ userID: alice, userSig: sig(alice) });
  assert.equal(chat.getLoginUser(), alice);
});

test('one login too many ends the oldest one, which learns why', async () => {
  const [alice] = (await users('alice')) as [string];
  const first = await ready(alice);
  const kicked = next(first, EVENT.KICKED_OUT);
  const notReady = next(first, EVENT.SDK_NOT_READY);
  for (let more = 0; more < 3; more++) {
    await ready(alice);
  }
  assert.equal((await kicked).type, TYPES.KICKED_OUT_MULT_ACCOUNT);
  await notReady;
  assert.equal(first.isReady(), false);
  assert.equal(first.getLoginUser(), '');
});

test('who is kicked by the app is told so', async () => {
  const [alice] = (await users('alice')) as [string];
  const chat = await ready(alice);
  const kicked = next(chat, EVENT.KICKED_OUT);
  await rest('im_open_login_svc/kick', { UserID: alice });
  assert.equal((await kicked).type, TYPES.KICKED_OUT_REST_API);
});

test('after a logout nothing is left, and the next login starts anew', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const chat = await ready(alice);
  const message = await say(chat, bob, 'hello');
  await chat.logout();
  assert.equal(chat.findMessage(message.ID), null);
  await assert.rejects(chat.getConversationList(), { code: 2024 });
  const isReady = next(chat, EVENT.SDK_READY);
  await chat.login({ userID: bob, userSig: sig(bob) });
  await isReady;
  const { conversationList } = (await chat.getConversationList()).data;
  assert.deepEqual(conversationList.map((each) => each.conversationID), [`C2C${alice}`]);
  assert.ok(Math.abs(chat.getServerTime() - Date.now() / 1000) < 5);
});
