import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Chat, type Conversation, EVENT, TYPES } from '../src/index.js';
import { closeAll, collect, next, ready, say, textOf, until, users } from './server.js';

after(closeAll);

const find = async (chat: Chat, id: string): Promise<Conversation | undefined> =>
  (await chat.getConversationList([id])).data.conversationList[0];

test('after a login the list is there: names, last messages, what is unread', async () => {
  const [alice, bob, carol] = (await users('alice', 'bob', 'carol')) as [string, string, string];
  const [one, two] = [await ready(alice), await ready(carol)];
  await one.updateMyProfile({ nick: 'Alice' });
  await say(one, bob, 'first');
  await say(two, bob, 'second');
  await say(one, bob, 'third');

  const chat = await ready(bob);

  const { conversationList, isSyncCompleted } = (await chat.getConversationList()).data;
  assert.equal(isSyncCompleted, true);
  assert.deepEqual(
    conversationList.map((each) => [each.conversationID, each.unreadCount, each.lastMessage.messageForShow]),
    [
      [`C2C${alice}`, 2, 'third'],
      [`C2C${carol}`, 1, 'second'],
    ],
  );
  assert.equal(conversationList[0]?.userProfile?.nick, 'Alice');
  assert.equal(chat.getTotalUnreadMessageCount(), 3);
});

test('what is read here is read on the other device, and the peer is told', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, here, there] = [await ready(alice), await ready(bob), await ready(bob)];
  const sent = await say(from, bob, 'hello');
  await until('it is unread on both', async () =>
    (await find(here, `C2C${alice}`))?.unreadCount === 1 && (await find(there, `C2C${alice}`))?.unreadCount === 1,
  );
  const read = next(from, EVENT.MESSAGE_READ_BY_PEER);
  await here.setMessageRead({ conversationID: `C2C${alice}` });
  assert.deepEqual(await read, [sent]);
  assert.equal(sent.isPeerRead, true);
  await until('it is read there', async () => (await find(there, `C2C${alice}`))?.unreadCount === 0);
});

test('pins, marks, custom data and options are the same on every device', async () => {
  const [alice, bob, carol] = (await users('alice', 'bob', 'carol')) as [string, string, string];
  const [here, there] = [await ready(alice), await ready(alice)];
  await say(here, bob, 'to bob');
  await say(here, carol, 'to carol');
  const id = `C2C${bob}`;
  await here.pinConversation({ conversationID: id, isPinned: true });
  await here.markConversation({ conversationIDList: [id], markType: TYPES.CONV_MARK_TYPE_STAR, enableMark: true });
  await here.setConversationCustomData({ conversationIDList: [id], customData: '{"a":1}' });
  await here.setMessageRemindType({ userIDList: [bob], messageRemindType: TYPES.MSG_REMIND_ACPT_NOT_NOTE });
  await until('the other device has it all', async () => {
    const first = (await there.getConversationList()).data.conversationList[0];
    return (
      first?.conversationID === id && first.isPinned && first.markList.includes(1) &&
      first.customData === '{"a":1}' && first.messageRemindType === TYPES.MSG_REMIND_ACPT_NOT_NOTE
    );
  });
  const starred = (await there.getConversationList({ markType: 1 })).data.conversationList;
  assert.deepEqual(starred.map((each) => each.conversationID), [id]);
});

test('a deleted conversation is gone, and comes back with the next message', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [from, to] = [await ready(alice), await ready(bob)];
  await say(from, bob, 'old');
  await until('it is there', async () => (await find(to, `C2C${alice}`)) !== undefined);
  const { data } = await to.deleteConversation(`C2C${alice}`);
  assert.deepEqual(data.successConversationIDList, [`C2C${alice}`]);
  assert.equal(await find(to, `C2C${alice}`), undefined);
  await say(from, bob, 'new');
  await until('it is back', async () => (await find(to, `C2C${alice}`))?.unreadCount === 1);
  const { messageList } = (await to.getMessageList({ conversationID: `C2C${alice}` })).data;
  assert.deepEqual(messageList.map((each) => each.payload['text']), ['new']);
});

test('conversation groups', async () => {
  const [alice, bob, carol] = (await users('alice', 'bob', 'carol')) as [string, string, string];
  const chat = await ready(alice);
  await say(chat, bob, 'x');
  await say(chat, carol, 'x');
  await chat.createConversationGroup({ conversationIDList: [`C2C${bob}`], groupName: 'work' });
  await chat.addConversationsToGroup({ conversationIDList: [`C2C${carol}`], groupName: 'work' });
  await chat.deleteConversationsFromGroup({ conversationIDList: [`C2C${bob}`], groupName: 'work' });
  await chat.renameConversationGroup({ oldName: 'work', newName: 'office' });
  assert.deepEqual((await chat.getConversationGroupList()).data, ['office']);
  await until('the list says so', async () => {
    const { conversationList } = (await chat.getConversationList({ groupName: 'office' })).data;
    return conversationList.map((each) => each.conversationID).join() === `C2C${carol}`;
  });
  await chat.deleteConversationGroup('office');
  assert.deepEqual((await chat.getConversationGroupList()).data, []);
});

test('a draft is kept on this device', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const chat = await ready(alice);
  await say(chat, bob, 'x');
  await chat.setConversationDraft({ conversationID: `C2C${bob}`, draftText: 'half a thought' });
  assert.equal((await find(chat, `C2C${bob}`))?.draftText, 'half a thought');
});

test('history is deleted for oneself alone', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [one, other] = [await ready(alice), await ready(bob)];
  const first = await say(one, bob, 'first');
  await say(one, bob, 'second');
  const shown = async (chat: Chat, id: string) =>
    (await chat.getMessageList({ conversationID: id })).data.messageList.map((each) => each.payload['text']);
  await one.deleteMessage([first]);
  assert.deepEqual(await shown(one, `C2C${bob}`), ['second']);
  assert.deepEqual(await shown(other, `C2C${alice}`), ['first', 'second']);
  await one.clearHistoryMessage(`C2C${bob}`);
  assert.deepEqual(await shown(one, `C2C${bob}`), []);
  assert.deepEqual(await shown(other, `C2C${alice}`), ['first', 'second']);
});

test('what is discarded is told to nobody, also when it is wanted again', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [one, two] = [await ready(alice), await ready(bob)];
  const got = collect(two);
  const heard = () => got.map(textOf);
  const id = `C2C${alice}`;
  const option = async (messageRemindType: string) => {
    await two.setMessageRemindType({ userIDList: [alice], messageRemindType });
    await until('it says so', async () =>
      (await two.getConversationList([id])).data.conversationList[0]?.messageRemindType === messageRemindType,
    );
  };
  await say(one, bob, 'before');
  await until('it is heard', () => heard().includes('before'));
  await option(TYPES.MSG_REMIND_DISCARD);
  await say(one, bob, 'discarded');
  await option(TYPES.MSG_REMIND_ACPT_AND_NOTE);
  await say(one, bob, 'after');
  await until('it is heard', () => heard().includes('after'));
  assert.deepEqual(heard(), ['before', 'after']);
  const { messageList } = (await two.getMessageList({ conversationID: id })).data;
  assert.deepEqual(messageList.map(textOf), ['before', 'discarded', 'after']);
});
