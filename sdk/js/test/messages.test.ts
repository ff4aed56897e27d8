import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatError, EVENT, TYPES } from '../src/index.js';
import { closeAll, collect, next, ready, rest, say, textOf, unknownUser, until, users } from './server.js';

after(closeAll);

test('a message arrives at the other user with what its sender put into it', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  const arrived = next(to, EVENT.MESSAGE_RECEIVED);
  const message = from.createTextMessage({
    to: bob,
    conversationType: TYPES.CONV_C2C,
    payload: { text: 'Grüße, 世界 👋' },
    cloudCustomData: '{"ref":1}',
  });
  assert.equal(message.status, 'unSend');
  assert.match(message.ID, /^\d+-\d+-\d+$/);

  const sent = (await from.sendMessage(message)).data.message;

  assert.equal(sent, message);
  assert.equal(sent.status, 'success');
  assert.ok(sent.sequence > 0);
  const [got] = await arrived;
  assert.ok(got);
  assert.equal(textOf(got), 'Grüße, 世界 👋');
  assert.equal(got.cloudCustomData, '{"ref":1}');
  assert.equal(got.conversationID, `C2C${alice}`);
  assert.equal(got.flow, 'in');
  assert.equal(got.sequence, sent.sequence);
  assert.equal(from.findMessage(sent.ID), sent);
});

test('messages arrive in the order they were sent, each once', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  const got = collect(to);
  const texts = Array.from({ length: 60 }, (_, at) => `message ${at}`);

  await Promise.all(texts.map((text) => say(from, bob, text)));

  await until('all have arrived', () => got.length >= texts.length);
  assert.deepEqual(got.map(textOf), texts);
});

test('every kind of element keeps its content', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  const got = collect(to);
  const where = { to: bob, conversationType: TYPES.CONV_C2C };
  const custom = { data: '{"a":1}', description: 'd', extension: 'e' };
  const place = { description: 'Seoul', longitude: 126.97, latitude: 37.56 };

  await from.sendMessage(from.createCustomMessage({ ...where, payload: custom }));
  await from.sendMessage(from.createFaceMessage({ ...where, payload: { index: 3, data: 'smile' } }));
  await from.sendMessage(from.createLocationMessage({ ...where, payload: place }));

  await until('all three are there', () => got.length === 3);
  assert.deepEqual(got.map((each) => each.type), [
    TYPES.MSG_CUSTOM,
    TYPES.MSG_FACE,
    TYPES.MSG_LOCATION,
  ]);
  assert.deepEqual(got.map((each) => each.payload), [custom, { index: 3, data: 'smile' }, place]);
});

test('merged and forwarded messages carry what they are made of', async () => {
  const [alice, bob, carol] = (await users('alice', 'bob', 'carol')) as [string, string, string];
  const [from, to] = [await ready(alice), await ready(carol)];
  const first = await say(from, bob, 'one');
  const second = await say(from, bob, 'two');
  const got = collect(to);
  const where = { to: carol, conversationType: TYPES.CONV_C2C };

  await from.sendMessage(
    from.createMergerMessage({
      ...where,
      payload: {
        messageList: [first, second],
        title: 'A talk',
        abstractList: ['one', 'two'],
        compatibleText: 'update your app',
      },
    }),
  );
  await from.sendMessage(from.createForwardMessage({ ...where, payload: first }));

  await until('both are there', () => got.length === 2);
  assert.equal(got[0]?.payload['title'], 'A talk');
  assert.deepEqual(
    got[0]?.payload['messageList'].map((each: { payload: object }) => each.payload),
    [{ text: 'one' }, { text: 'two' }],
  );
  assert.equal(got[1]?.payload['text'], 'one');
});

test('history is paged from the newest to the oldest', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const from = await ready(alice);
  for (let at = 1; at <= 7; at++) {
    await say(from, bob, `m${at}`);
  }
  const to = await ready(bob);
  const conversationID = `C2C${alice}`;

  const newest = (await to.getMessageList({ conversationID, count: 5 })).data;
  const older = (
    await to.getMessageList({ conversationID, count: 5, nextReqMessageID: newest.nextReqMessageID })
  ).data;

  assert.deepEqual(newest.messageList.map(textOf), ['m3', 'm4', 'm5', 'm6', 'm7']);
  assert.equal(newest.isCompleted, false);
  assert.deepEqual(older.messageList.map(textOf), ['m1', 'm2']);
  assert.equal(older.isCompleted, true);
});

test('another device of the sender sees what was sent, the sending one does not', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [here, there] = [await ready(alice), await ready(alice)];
  const [own, other] = [collect(here), collect(there)];

  await say(here, bob, 'from here');
  await say(there, bob, 'from there');

  await until('both have one', () => own.length > 0 && other.length > 0);
  assert.deepEqual(own.map(textOf), ['from there']);
  assert.deepEqual(other.map(textOf), ['from here']);
  assert.equal(other[0]?.flow, 'out');
});

test('a recalled message loses its content on both sides', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  const got = collect(to);
  const sent = await say(from, bob, 'oops');
  await until('it has arrived', () => got.length === 1);
  const revoked = next(to, EVENT.MESSAGE_REVOKED);

  await from.revokeMessage(sent);

  const [message] = await revoked;
  assert.equal(message, got[0]);
  assert.equal(message?.isRevoked, true);
  assert.equal(message?.revoker, alice);
  assert.equal(sent.isRevoked, true);
});

test('an edit reaches the other side', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  const got = collect(to);
  const sent = await say(from, bob, 'colour');
  await until('it has arrived', () => got.length === 1);
  const modified = next(to, EVENT.MESSAGE_MODIFIED);

  sent.payload['text'] = 'color';
  await from.modifyMessage(sent);

  const [message] = await modified;
  assert.equal(message, got[0]);
  assert.equal(textOf(message!), 'color');
  assert.equal(message?.isModified, true);
});

test('what REST sends and recalls is seen like anything else', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const to = await ready(bob);
  const arrived = next(to, EVENT.MESSAGE_RECEIVED);
  const reply = await rest('openim/sendmsg', {
    From_Account: alice,
    To_Account: bob,
    MsgRandom: 7,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'from a back end' } }],
  });
  const [message] = await arrived;
  assert.equal(textOf(message!), 'from a back end');
  const revoked = next(to, EVENT.MESSAGE_REVOKED);
  await rest('openim/admin_msgwithdraw', {
    From_Account: alice,
    To_Account: bob,
    MsgKey: reply['MsgKey'],
  });
  assert.deepEqual((await revoked)[0]?.ID, message?.ID);
});

test('an online-only message is seen and leaves no trace', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  const arrived = next(to, EVENT.MESSAGE_RECEIVED);
  const typing = from.createCustomMessage({
    to: bob,
    conversationType: TYPES.CONV_C2C,
    payload: { data: '{"businessID":"user_typing_status","typingStatus":1}' },
  });
  await from.sendMessage(typing, { onlineUserOnly: true });
  assert.equal((await arrived)[0]?.sequence, 0);
  const { messageList } = (await to.getMessageList({ conversationID: `C2C${alice}` })).data;
  assert.deepEqual(messageList, []);
});

test('what cannot be sent is refused here, with a code', async () => {
  const alice = unknownUser('alice');
  const chat = await ready(alice);
  const where = { to: unknownUser('nobody'), conversationType: TYPES.CONV_C2C };
  const long = chat.createTextMessage({ ...where, payload: { text: 'x'.repeat(13_000) } });
  await assert.rejects(chat.sendMessage(long), { code: 8001 });
  assert.equal(long.status, 'fail');
  assert.throws(() => chat.createTextMessage({ ...where, payload: { text: '' } }), ChatError);
  assert.throws(
    () => chat.createTextMessage({ ...where, conversationType: 'X', payload: { text: 'x' } }),
    { code: 2106 },
  );
  await assert.rejects(chat.sendMessage({} as never), { code: 2105 });
  const unknown = chat.createTextMessage({ ...where, payload: { text: 'x' } });
  await assert.rejects(chat.sendMessage(unknown), { code: 20003 });
});

test('a message of several elements shows the first and all of them', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const to = await ready(bob);
  const arrived = next(to, EVENT.MESSAGE_RECEIVED);
  const body = [
    { MsgType: 'TIMTextElem', MsgContent: { Text: 'look' } },
    { MsgType: 'TIMFaceElem', MsgContent: { Index: 3, Data: 'smile' } },
  ];
  await rest('openim/sendmsg', { From_Account: alice, To_Account: bob, MsgRandom: 1, MsgBody: body });
  const [got] = await arrived;
  assert.equal(got?.type, TYPES.MSG_TEXT);
  assert.deepEqual(got?.payload, { text: 'look' });
  assert.deepEqual(got?._elements, body);
});

test('each kind of message has words that stand for it on a list', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const to = await ready(bob);
  const kinds: [string, object, string][] = [
    ['TIMTextElem', { Text: 'hello' }, 'hello'],
    ['TIMFaceElem', { Index: 1, Data: 'x' }, '[Face]'],
    ['TIMImageElem', { UUID: 'u', ImageFormat: 1, ImageInfoArray: [] }, '[Image]'],
    ['TIMSoundElem', { Url: 'http://a/b', UUID: 'u', Size: 1, Second: 1, Download_Flag: 2 }, '[Voice]'],
    ['TIMVideoFileElem', { VideoUrl: 'http://a/b', VideoUUID: 'u' }, '[Video]'],
    ['TIMFileElem', { Url: 'http://a/b', FileSize: 1, FileName: 'f', Download_Flag: 2 }, '[File]'],
    ['TIMLocationElem', { Desc: 'd', Latitude: 1.5, Longitude: 2.5 }, '[Location]'],
    ['TIMCustomElem', { Data: '{}', Desc: 'd', Ext: '' }, '[Custom message]'],
    ['TIMRelayElem', { Title: 't', MsgNum: 1, CompatibleText: 'c', AbstractList: ['a'] }, '[Chat history]'],
  ];
  for (const [at, [type, content, words]] of kinds.entries()) {
    const arrived = next(to, EVENT.MESSAGE_RECEIVED);
    await rest('openim/sendmsg', {
      From_Account: alice,
      To_Account: bob,
      MsgRandom: at + 1,
      MsgBody: [{ MsgType: type, MsgContent: content }],
    });
    await arrived;
    const { conversationList } = (await to.getConversationList([`C2C${alice}`])).data;
    assert.equal(conversationList[0]?.lastMessage.messageForShow, words, type);
  }
});
