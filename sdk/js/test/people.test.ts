import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { EVENT, TYPES } from '../src/index.js';
import { closeAll, next, ready, rest, say, until, users } from './server.js';

after(closeAll);

test('a profile is set, and seen by others and on other devices', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [here, there, other] = [await ready(alice), await ready(alice), await ready(bob)];
  const told = next(there, EVENT.PROFILE_UPDATED);
  const { data } = await here.updateMyProfile({ nick: '앨리스', selfSignature: 'hello', gender: TYPES.GENDER_FEMALE });
  assert.equal(data.nick, '앨리스');
  assert.equal((await told)[0]?.nick, '앨리스');
  const [seen] = (await other.getUserProfile({ userIDList: [alice] })).data;
  assert.equal(seen?.nick, '앨리스');
  assert.equal(seen?.gender, TYPES.GENDER_FEMALE);
  assert.equal((await here.getMyProfile()).data.selfSignature, 'hello');
});

test('somebody asks to be a friend, is accepted, gets a remark, and is let go', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [one, other] = [await ready(alice), await ready(bob)];
  await other.updateMyProfile({ allowType: TYPES.ALLOW_TYPE_NEED_CONFIRM });
  const asked = next(other, EVENT.FRIEND_APPLICATION_LIST_UPDATED, (data) => data.friendApplicationList.length === 1);
  const { data } = await one.addFriend({ to: bob, source: 'AddSource_Type_Web', wording: 'It is me' });
  assert.equal(data.code, 30539);
  const [application] = (await asked).friendApplicationList;
  assert.equal(application?.userID, alice);
  assert.equal(application?.wording, 'It is me');

  const friends = next(one, EVENT.FRIEND_LIST_UPDATED, (list) => list.length === 1);
  await other.acceptFriendApplication({ userID: alice, type: TYPES.SNS_APPLICATION_AGREE_AND_ADD });
  assert.deepEqual((await friends).map((friend) => friend.userID), [bob]);

  const friend = (await one.updateFriend({ userID: bob, remark: 'Bobby' })).data;
  assert.equal(friend.remark, 'Bobby');
  const checked = (await one.checkFriend({ userIDList: [bob] })).data;
  assert.equal(checked.successUserIDList[0]?.relation, TYPES.SNS_TYPE_BOTH_WAY);
  assert.deepEqual((await one.deleteFriend({ userIDList: [bob] })).data.successUserIDList, [bob]);
  assert.deepEqual((await one.getFriendList()).data, []);
});

test('friends are kept in lists', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  await rest('sns/friend_add', {
    From_Account: alice,
    AddFriendItem: [{ To_Account: bob, AddSource: 'AddSource_Type_Web' }],
  });
  const chat = await ready(alice);
  const made = (await chat.createFriendGroup({ name: 'work', userIDList: [bob] })).data;
  assert.deepEqual(made.friendGroup.userIDList, [bob]);
  assert.equal((await chat.renameFriendGroup({ oldName: 'work', newName: 'office' })).data.name, 'office');
  assert.deepEqual((await chat.getFriendGroupList()).data.map((group) => group.name), ['office']);
  await chat.deleteFriendGroup({ name: 'office' });
  assert.deepEqual((await chat.getFriendGroupList()).data, []);
});

test('what a blocked user writes does not arrive', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [one, other] = [await ready(alice), await ready(bob)];
  assert.deepEqual((await one.addToBlacklist({ userIDList: [bob] })).data, [bob]);
  await say(other, alice, 'can you hear me?');
  assert.deepEqual((await one.getBlacklist()).data, [bob]);
  await one.removeFromBlacklist({ userIDList: [bob] });
  const arrived = next(one, EVENT.MESSAGE_RECEIVED);
  await say(other, alice, 'and now?');
  assert.equal((await arrived)[0]?.payload['text'], 'and now?');
});

test('follows are counted both ways', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const [one, other] = [await ready(alice), await ready(bob)];
  assert.deepEqual((await one.followUser([bob])).data.map((each) => each.code), [0]);
  assert.deepEqual((await one.checkFollowType([bob])).data, [{ userID: bob, followType: 2 }]);
  assert.deepEqual((await other.checkFollowType([alice])).data, [{ userID: alice, followType: 1 }]);
  await other.followUser([alice]);
  assert.deepEqual((await one.checkFollowType([bob])).data, [{ userID: bob, followType: 3 }]);
  assert.deepEqual((await one.getMyFollowingList()).data.resultList.map((each) => each.userID), [bob]);
  const [info] = (await one.getUserFollowInfo([bob])).data;
  assert.deepEqual(info, { userID: bob, followingCount: 1, followersCount: 1, mutualFollowersCount: 1 });
  await one.unfollowUser([bob]);
  assert.deepEqual((await one.checkFollowType([bob])).data, [{ userID: bob, followType: 1 }]);
});

test('who is there is told to those who asked', async () => {
  const [alice, bob] = (await users('alice', 'bob')) as [string, string];
  const one = await ready(alice);
  await one.subscribeUserStatus({ userIDList: [bob] });
  const came = next(one, EVENT.USER_STATUS_UPDATED, (list) => list.some((each) => each.statusType === 1));
  const other = await ready(bob);
  assert.equal((await came)[0]?.userID, bob);
  await other.setSelfStatus({ customStatus: 'in a meeting' });
  await until('the status is seen', async () => {
    const { successUserList } = (await one.getUserStatus({ userIDList: [bob] })).data;
    return successUserList[0]?.customStatus === 'in a meeting';
  });
});
