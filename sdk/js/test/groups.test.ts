import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Chat, EVENT, TYPES } from '../src/index.js';
import { closeAll, collect, next, ready, say, textOf, until, users } from './server.js';

after(closeAll);

const publicGroup = async (owner: Chat, members: string[], more: object = {}): Promise<string> => {
  const { data } = await owner.createGroup({
    name: 'group',
    type: TYPES.GRP_PUBLIC,
    inviteOption: 'FreeAccess',
    memberList: members.map((userID) => ({ userID })),
    ...more,
  });
  return data.group.groupID;
};

test('a group is made, talked in, changed and dissolved', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [owner, guest] = [await ready(alice), await ready(bob)];
  const listed = next(guest, EVENT.GROUP_LIST_UPDATED, (list) => list.length === 1);
  const groupID = await publicGroup(owner, [bob]);
  assert.equal((await listed)[0]?.groupID, groupID);
  const got = collect(guest);
  await say(owner, groupID, 'welcome', true);
  await until('it has arrived', () => got.some((each) => each.type === TYPES.MSG_TEXT));

  const renamed = (await owner.updateGroupProfile({ groupID, name: 'renamed', introduction: 'about' })).data;
  assert.equal(renamed.group.name, 'renamed');
  await until('the tip is there', () =>
    got.some((each) => each.payload['newGroupProfile']?.groupName === 'renamed'),
  );
  assert.equal((await guest.searchGroupByID(groupID)).data.group.introduction, 'about');
  await until('the list shows the new name', async () => {
    const { conversationList } = (await guest.getConversationList([`GROUP${groupID}`])).data;
    return conversationList[0]?.groupProfile?.name === 'renamed';
  });

  const gone = next(guest, EVENT.GROUP_LIST_UPDATED, (list) => list.length === 0);
  await owner.dismissGroup(groupID);
  await gone;
});

test('somebody asks to join and is let in', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [owner, guest] = [await ready(alice), await ready(bob)];
  const groupID = await publicGroup(owner, [], { joinOption: TYPES.JOIN_OPTIONS_NEED_PERMISSION });
  const notice = next(owner, EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, ({ type }) => type === 1);
  const { data } = await guest.joinGroup({ groupID, applyMessage: 'let me in' });
  assert.equal(data.status, TYPES.JOIN_STATUS_WAIT_APPROVAL);
  assert.equal((await notice).message.payload['handleMessage'], 'let me in');
  const [application] = (await owner.getGroupApplicationList()).data.applicationList;
  assert.equal(application?.applicant, bob);
  const listed = next(guest, EVENT.GROUP_LIST_UPDATED, (list) => list.length === 1);
  await owner.handleGroupApplication({ handleAction: 'Agree', application: application! });
  await listed;
  assert.equal((await guest.joinGroup({ groupID })).data.status, TYPES.JOIN_STATUS_ALREADY_IN_GROUP);
});

test('members come, get roles and name cards, are muted and removed', async () => {
  const [alice, bob, carol] = (await users('alice', 'bob', 'carol')) as [string, string, string];
  const [owner, guest] = [await ready(alice), await ready(bob)];
  const groupID = await publicGroup(owner, [bob]);
  const added = (await owner.addGroupMember({ groupID, userIDList: [bob, carol] })).data;
  assert.deepEqual([added.successUserIDList, added.existedUserIDList], [[carol], [bob]]);
  await owner.setGroupMemberRole({ groupID, userID: bob, role: TYPES.GRP_MBR_ROLE_ADMIN });
  await guest.setGroupMemberNameCard({ groupID, nameCard: 'Bob of Sales' });
  const { memberList } = (await guest.getGroupMemberList({ groupID })).data;
  assert.equal(memberList.length, 3);
  const card = memberList.find((member) => member.userID === bob);
  assert.deepEqual([card?.role, card?.nameCard], [TYPES.GRP_MBR_ROLE_ADMIN, 'Bob of Sales']);
  const muted = (await owner.setGroupMemberMuteTime({ groupID, userID: carol, muteTime: 600 })).data;
  assert.ok((muted.member?.muteUntil ?? 0) > owner.getServerTime());
  await owner.deleteGroupMember({ groupID, userIDList: [carol] });
  assert.equal((await guest.getGroupMemberList({ groupID })).data.memberList.length, 2);
});

test('mentions, receipts and who has read', async () => {
  const [alice, bob, carol] = (await users('alice', 'bob', 'carol')) as [string, string, string];
  const [owner, one] = [await ready(alice), await ready(bob)];
  const groupID = await publicGroup(owner, [bob, carol]);
  const got = collect(one);
  const message = owner.createTextAtMessage({
    to: groupID,
    conversationType: TYPES.CONV_GROUP,
    payload: { text: '@bob please look', atUserList: [bob] },
    needReadReceipt: true,
  });
  await owner.sendMessage(message);
  await until('it has arrived', () => got.some((each) => each.atUserList.includes(bob)));
  await until('the conversation says so', () => {
    const found = conversation(one, groupID);
    return found?.groupAtInfoList[0]?.atTypeArray[0] === TYPES.CONV_AT_ME;
  });
  const receipt = next(owner, EVENT.MESSAGE_READ_RECEIPT_RECEIVED);
  await one.sendMessageReadReceipt(got.filter((each) => each.needReadReceipt));
  const [told] = await receipt;
  assert.deepEqual([told?.messageID, told?.readCount, told?.unreadCount], [message.ID, 1, 1]);
  assert.equal(message.readReceiptInfo.readCount, 1);
  const readers = (await owner.getGroupMessageReadMemberList({ message, filter: 0 })).data;
  assert.deepEqual(readers.readUserIDList, [bob]);
  await one.setMessageRead({ conversationID: `GROUP${groupID}` });
  await until('the mention is gone', () => conversation(one, groupID)?.groupAtInfoList.length === 0);
});

const lists = new WeakMap<Chat, unknown>();

const conversation = (chat: Chat, groupID: string) => {
  if (!lists.has(chat)) {
    lists.set(chat, []);
    chat.on(EVENT.CONVERSATION_LIST_UPDATED, ({ data }) => lists.set(chat, data));
    void chat.getConversationList().then(({ data }) => lists.set(chat, data.conversationList));
  }
  const list = lists.get(chat) as { conversationID: string; groupAtInfoList: { atTypeArray: number[] }[] }[];
  return list.find((each) => each.conversationID === `GROUP${groupID}`);
};

test('attributes and counters are seen by everybody in the group', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [owner, guest] = [await ready(alice), await ready(bob)];
  const groupID = await publicGroup(owner, [bob]);
  const attributes = next(guest, EVENT.GROUP_ATTRIBUTES_UPDATED);
  await owner.setGroupAttributes({ groupID, groupAttributes: { colour: 'blue' } });
  assert.deepEqual((await attributes).groupAttributes, { colour: 'blue' });
  assert.deepEqual((await guest.getGroupAttributes({ groupID })).data.groupAttributes, { colour: 'blue' });
  const counter = next(guest, EVENT.GROUP_COUNTER_UPDATED);
  await owner.setGroupCounters({ groupID, counters: { likes: 5 } });
  assert.deepEqual(await counter, { groupID, key: 'likes', value: 5 });
  assert.equal((await owner.increaseGroupCounter({ groupID, key: 'likes', value: 2 })).data.value, 7);
});

test('a live room: who joins hears what is said from then on', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [host, guest] = [await ready(alice), await ready(bob)];
  const { data } = await host.createGroup({ name: 'show', type: TYPES.GRP_AVCHATROOM });
  const groupID = data.group.groupID;
  await host.joinGroup({ groupID });
  await say(host, groupID, 'before', true);
  assert.equal((await guest.joinGroup({ groupID })).data.status, TYPES.JOIN_STATUS_SUCCESS);
  const got = collect(guest);
  await say(host, groupID, 'after', true);
  await until('it is heard', () => got.some((each) => each.type === TYPES.MSG_TEXT));
  assert.deepEqual(got.filter((each) => each.type === TYPES.MSG_TEXT).map(textOf), ['after']);
  assert.equal((await guest.getGroupOnlineMemberCount(groupID)).data.memberCount, 2);
  const there = (await host.getGroupMemberList({ groupID, count: 500 })).data.memberList;
  assert.deepEqual(there.map((each) => each.userID).sort(), [alice, bob].sort());
  const marks = { groupID, userIDList: [bob, 'nobody'], markType: 1000, enableMark: true };
  const marked = (await host.markGroupMemberList(marks)).data;
  assert.deepEqual(marked.successUserIDList, [bob]);
  assert.equal(marked.failureUserIDList[0]?.userID, 'nobody');
  const filtered = (await guest.getGroupMemberList({ groupID, filter: 1000 })).data.memberList;
  assert.deepEqual(filtered.map((each) => each.userID), [bob]);
  await assert.rejects(guest.markGroupMemberList(marks), { code: 10007 });
  await guest.quitGroup(groupID);
  assert.equal((await host.getGroupOnlineMemberCount(groupID)).data.memberCount, 1);
  assert.deepEqual((await host.getGroupList()).data.groupList, []);
});

test('a topic stands on the conversation list and is muted for itself', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [owner, guest] = [await ready(alice), await ready(bob)];
  const { data } = await owner.createGroup({
    name: 'community',
    type: TYPES.GRP_COMMUNITY,
    isSupportTopic: true,
    memberList: [{ userID: bob }],
  });
  const groupID = data.group.groupID;
  const { topicID } = (await owner.createTopicInCommunity({ groupID, topicName: 'news' })).data;
  const got = collect(guest);
  const shown = async () =>
    (await guest.getConversationList([`GROUP${topicID}`])).data.conversationList[0];
  await say(owner, topicID, 'one', true);
  await until('it counts', async () => (await shown())?.unreadCount === 1);
  await until('it has a name', async () => (await shown())?.groupProfile?.name === 'news');
  assert.equal(guest.getTotalUnreadMessageCount(), 1);
  await guest.setMessageRemindType({ groupID: topicID, messageRemindType: TYPES.MSG_REMIND_DISCARD });
  await until('it says so', async () => (await shown())?.messageRemindType === 'Discard');
  await say(owner, topicID, 'unheard', true);
  await guest.setMessageRemindType({ groupID: topicID, messageRemindType: TYPES.MSG_REMIND_ACPT_AND_NOTE });
  await until('it is wanted again', async () => (await shown())?.messageRemindType !== 'Discard');
  await say(owner, topicID, 'three', true);
  await until('it is heard', () => got.some((each) => textOf(each) === 'three'));
  const heard = got.filter((each) => each.type === TYPES.MSG_TEXT).map(textOf);
  assert.deepEqual(heard, ['one', 'three']);
});

test('topics of a community', async () => {
  const [alice] = (await users('alice')) as [string];
  const owner = await ready(alice);
  const { data } = await owner.createGroup({
    name: 'community',
    type: TYPES.GRP_COMMUNITY,
    isSupportTopic: true,
  });
  const groupID = data.group.groupID;
  const { topicID } = (await owner.createTopicInCommunity({ groupID, topicName: 'news' })).data;
  const list = (await owner.getTopicList({ groupID })).data.successTopicList;
  assert.deepEqual(list.map(({ topic }) => [topic.topicID, topic.topicName]), [[topicID, 'news']]);
  const sent = await say(owner, topicID, 'in a topic', true);
  assert.ok(sent.sequence > 0);
  const changed = (await owner.updateTopicProfile({ groupID, topicID, topicName: 'old news' })).data;
  assert.equal(changed.topic.topicName, 'old news');
  await owner.deleteTopicFromCommunity({ groupID, topicIDList: [topicID] });
  assert.deepEqual((await owner.getTopicList({ groupID })).data.successTopicList, []);
});

test('tips say how somebody came in', async () => {
  const [alice, bob, carol] = (await users('alice', 'bob', 'carol')) as [string, string, string];
  const [owner, guest] = [await ready(alice), await ready(bob)];
  const groupID = await publicGroup(owner, [], { joinOption: TYPES.JOIN_OPTIONS_FREE_ACCESS });
  const got = collect(owner);
  await guest.joinGroup({ groupID });
  await owner.addGroupMember({ groupID, userIDList: [carol] });
  const ways = () => got.map((each) => each.payload['groupJoinType']).filter((way) => way !== undefined);
  await until('both tips are there', () => ways().length === 2);
  assert.deepEqual(ways(), [1, 2]);
});
