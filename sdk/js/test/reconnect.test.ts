import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Chat, type Conversation, EVENT, type Message, TYPES } from '../src/index.js';
import { Line } from './line.js';
import { closeAll, collect, ready, rest, say, textOf, until, users } from './server.js';

const lines: Line[] = [];

after(async () => {
  await closeAll();
  lines.forEach((line) => line.close());
});

const newLine = async (): Promise<Line> => {
  const line = await Line.open();
  lines.push(line);
  return line;
};

test('what is sent through a line that keeps breaking arrives once and in order', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const line = await newLine();
  const [from, to] = [await ready(alice, { proxyServer: line.url }), await ready(bob)];
  const got = collect(to);
  const texts = Array.from({ length: 40 }, (_, at) => `message ${at}`);
  const sending = texts.map(async (text, at) => {
    await new Promise((resolve) => setTimeout(resolve, at * 15));
    return say(from, bob, text);
  });
  for (let cuts = 0; cuts < 4; cuts++) {
    await new Promise((resolve) => setTimeout(resolve, 120));
    line.cut();
  }

  const sent = await Promise.all(sending);

  await until('all have arrived', () => got.length >= texts.length);
  assert.deepEqual(
    [...sent].sort((a, b) => a.sequence - b.sequence).map(textOf),
    texts,
  );
  assert.deepEqual(got.map(textOf), texts);
});

test('what was missed is told after the connection is back, in order', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const line = await newLine();
  const [from, to] = [await ready(alice), await ready(bob, { proxyServer: line.url })];
  const got = collect(to);
  const revoked: Message[] = [];
  to.on(EVENT.MESSAGE_REVOKED, ({ data }) => revoked.push(...data));
  const first = await say(from, bob, 'before');
  await until('the first is there', () => got.length === 1);

  line.die();
  for (let at = 1; at <= 130; at++) {
    await say(from, bob, `meanwhile ${at}`);
  }
  await from.revokeMessage(first);
  line.heal();

  await until('all are there', () => got.length === 131 && revoked.length === 1);
  assert.deepEqual(
    got.slice(1).map(textOf),
    Array.from({ length: 130 }, (_, at) => `meanwhile ${at + 1}`),
  );
  assert.equal(revoked[0], got[0]);
});

test('a live room is joined again by itself', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const line = await newLine();
  const [host, guest] = [await ready(alice), await ready(bob, { proxyServer: line.url })];
  const { data } = await host.createGroup({ name: 'room', type: TYPES.GRP_AVCHATROOM });
  const groupID = data.group.groupID;
  await host.joinGroup({ groupID });
  await guest.joinGroup({ groupID });
  const got = collect(guest);
  line.cut();
  await until('somebody hears', async () => {
    await say(host, groupID, 'still there?', true);
    return got.some((message) => message.type === TYPES.MSG_TEXT);
  });
});

/** What two devices of a user must agree on. */
const state = (chat: Chat) => async () => {
  const { conversationList } = (await chat.getConversationList()).data;
  const comparable = (each: Conversation) => ({
    id: each.conversationID,
    unread: each.unreadCount,
    last: each.lastMessage.lastSequence,
    text: each.lastMessage.messageForShow,
    revoked: each.lastMessage.isRevoked,
    pinned: each.isPinned,
    remind: each.messageRemindType,
    marks: [...each.markList].sort(),
    data: each.customData,
    peerRead: each.lastMessage.isPeerRead,
    mentions: each.groupAtInfoList.map((info) => info.messageSequence),
  });
  return JSON.stringify({
    list: conversationList.map(comparable).sort((a, b) => (a.id < b.id ? -1 : 1)),
    total: chat.getTotalUnreadMessageCount(),
    groups: (await chat.getGroupList()).data.groupList.map((group) => group.groupID).sort(),
  });
};

test('a device that comes and goes ends with what one has that never left, whatever happens', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  let rolled = seed;
  const roll = (sides: number): number => {
    rolled = (Math.imul(rolled, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (rolled >> 8) % sides;
  };
  const [alice, bob, carol] = (await users('alice', 'bob', 'carol')) as [string, string, string];
  const line = await newLine();
  const stays = await ready(alice);
  const flaps = await ready(alice, { proxyServer: line.url });
  const others = [await ready(bob), await ready(carol)] as const;
  const { data } = await stays.createGroup({
    name: 'group',
    type: TYPES.GRP_PUBLIC,
    memberList: [{ userID: bob }, { userID: carol }],
  });
  const group = data.group.groupID;
  const all = [`C2C${bob}`, `C2C${carol}`, `GROUP${group}`];
  const sent: { by: Chat; message: Message }[] = [];
  const any = () => all[roll(all.length)] as string;

  const acts: (() => Promise<unknown>)[] = [
    async () => {
      const by = others[roll(2)] as Chat;
      const inGroup = roll(2) === 0;
      sent.push({ by, message: await say(by, inGroup ? group : alice, `said ${sent.length}`, inGroup) });
    },
    async () => {
      const id = any();
      const isGroup = id.startsWith('GROUP');
      const message = await say(stays, id.slice(isGroup ? 5 : 3), `own ${sent.length}`, isGroup);
      sent.push({ by: stays, message });
    },
    async () => {
      const told = sent[roll(Math.max(1, sent.length))];
      if (told !== undefined && !told.message.isRevoked) {
        await told.by.revokeMessage(told.message);
      }
    },
    () => stays.setMessageRead({ conversationID: any() }),
    () => others[roll(2)]!.setMessageRead({ conversationID: `C2C${alice}` }),
    () => stays.pinConversation({ conversationID: any(), isPinned: roll(2) === 0 }),
    () =>
      stays.markConversation({ conversationIDList: [any()], markType: 1, enableMark: roll(2) === 0 }),
    () => stays.setMessageRemindType({
      userIDList: [bob],
      messageRemindType: roll(2) === 0 ? TYPES.MSG_REMIND_ACPT_NOT_NOTE : TYPES.MSG_REMIND_ACPT_AND_NOTE,
    }),
    async () => line.cut(),
    async () => {
      line.die();
      setTimeout(() => line.heal(), roll(300));
    },
  ];
  for (let step = 0; step < 60; step++) {
    // Not everything can be done at every time, e.g. to a conversation that is not there yet.
    await acts[roll(acts.length)]!().catch((error: { code?: number }) => {
      assert.ok(error.code !== undefined, String(error));
    });
  }
  line.heal();

  const fresh = await ready(alice);
  const [one, two, three] = [state(stays), state(flaps), state(fresh)];
  let seen: string[] = [];
  await until(`the devices agree (SEED=${seed})`, async () => {
    seen = [await one(), await two().catch(() => ''), await three()];
    return seen[0] === seen[1] && seen[0] === seen[2];
  }).catch(() => {
    assert.equal(seen[1], seen[0], `the device that came and went, SEED=${seed}`);
    assert.equal(seen[2], seen[0], `a new device, SEED=${seed}`);
  });
});

test('REST and clients count the same', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  await say(from, bob, 'one');
  await say(from, bob, 'two');
  await until('two are unread', () => to.getTotalUnreadMessageCount() === 2);
  const reply = await rest('openim/get_c2c_unread_msg_num', { To_Account: bob });
  assert.equal(reply['AllC2CUnreadMsgNum'], 2);
  await to.setMessageRead({ conversationID: `C2C${alice}` });
  await until('none is unread', () => to.getTotalUnreadMessageCount() === 0);
});
