import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { type Chat, EVENT, TYPES } from '../src/index.js';
import { Line } from './line.js';
import { closeAll, collect, instance, ready, say, sig, textOf, until, users } from './server.js';

after(closeAll);

const ticket = async (userID = `@GST#${randomBytes(5).toString('hex')}`, seconds = 3600) => ({
  userID,
  userSig: sig(userID, seconds),
});

const show = async (host: Chat): Promise<string> => {
  const { data } = await host.createGroup({ name: 'show', type: TYPES.GRP_AVCHATROOM });
  await host.joinGroup({ groupID: data.group.groupID });
  return data.group.groupID;
};

const there = async (host: Chat, groupID: string): Promise<number> =>
  (await host.getGroupOnlineMemberCount(groupID)).data.memberCount;

test('a guest hears a live room before login, and says nothing', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const host = await ready(alice);
  const groupID = await show(host);
  const guest = instance({ guestTicket: () => ticket() });
  let isReady = 0;
  guest.on(EVENT.SDK_READY, () => isReady++);
  const got = collect(guest);

  const joined = (await guest.joinGroup({ groupID, type: TYPES.GRP_AVCHATROOM })).data;

  assert.equal(joined.status, TYPES.JOIN_STATUS_SUCCESS);
  assert.equal(await there(host, groupID), 2);
  for (const words of ['one', 'two', 'three']) {
    await say(host, groupID, words, true);
  }
  await until('it is heard', () => got.length === 3);
  assert.deepEqual(got.map(textOf), ['one', 'two', 'three']);
  assert.equal(got[0]?.from, alice);
  assert.deepEqual([guest.getLoginUser(), guest.isReady(), isReady], ['', false, 0]);
  await assert.rejects(say(guest, groupID, 'hello', true), { code: 60004 });
  await assert.rejects(guest.getMyProfile(), { code: 60004 });

  await guest.login({ userID: bob, userSig: sig(bob) });

  assert.equal(guest.getLoginUser(), bob);
  await until('the user is in the room', async () => {
    const { memberList } = (await host.getGroupMemberList({ groupID, count: 500 })).data;
    return memberList.some((each) => each.userID === bob);
  });
  await say(guest, groupID, 'hello', true);
  assert.equal(await there(host, groupID), 2);
  await guest.quitGroup(groupID);
});

test('a guest that loses its connection is in the room again', async () => {
  const [alice] = (await users('alice')) as [string];
  const host = await ready(alice);
  const groupID = await show(host);
  const line = await Line.open();
  const guest = instance({ guestTicket: ticket, proxyServer: line.url });
  await guest.joinGroup({ groupID });
  const got = collect(guest);
  line.cut();
  await until('it is back', async () => {
    await say(host, groupID, 'again', true);
    return got.length > 0;
  });
  await guest.quitGroup(groupID);
  assert.equal(await there(host, groupID), 1);
  await guest.destroy();
  await line.close();
});

test('a guest is known by its ticket', async () => {
  const [alice] = (await users('alice')) as [string];
  const groupID = await show(await ready(alice));
  await assert.rejects(instance().joinGroup({ groupID }), { code: 2024 });
  const wrong = instance({ guestTicket: () => ticket('alice') });
  await assert.rejects(wrong.joinGroup({ groupID }), { code: 2002 });
  const long = instance({ guestTicket: () => ticket(undefined, 10_000) });
  await assert.rejects(long.joinGroup({ groupID }), { code: 70402 });
  const gone = instance({ guestTicket: () => Promise.reject(new Error('no ticket today')) });
  await assert.rejects(gone.joinGroup({ groupID }), /no ticket today/);
  // Two rooms at once take one ticket.
  let asked = 0;
  const guest = instance({
    guestTicket: () => {
      asked++;
      return ticket();
    },
  });
  await Promise.all([guest.joinGroup({ groupID }), guest.joinGroup({ groupID })]);
  assert.equal(asked, 1);
});
