import { TYPES } from '../constants.js';
import { type Core, done } from '../core.js';
import { wrong } from '../errors.js';
import type {
  Failure,
  Friend,
  FriendApplication,
  FriendGroup,
  KeyValue,
  Profile,
  Result,
} from '../model.js';
import { friend, profile } from '../shapes.js';
import { type Fields, objects, sub, text, texts, whole } from '../wire.js';

export interface UserOutcome<S = string> {
  successUserIDList: S[];
  failureUserIDList: ({ userID: string } & Failure)[];
}

/** More of a list than this is not read. */
const MAX_PAGES = 100;

const RELATIONS: Record<string, string> = {
  none: TYPES.SNS_TYPE_NO_RELATION,
  mine: TYPES.SNS_TYPE_A_WITH_B,
  theirs: TYPES.SNS_TYPE_B_WITH_A,
  both: TYPES.SNS_TYPE_BOTH_WAY,
};

const needIds = (ids: unknown): string[] => {
  if (!Array.isArray(ids) || ids.length === 0 || ids.some((id) => typeof id !== 'string')) {
    throw wrong('userIDList is empty');
  }
  return ids as string[];
};

const failure = (each: Fields) => ({
  userID: text(each, 'userId'),
  code: whole(each, 'code'),
  message: text(each, 'info'),
});

const outcome = (reply: Fields): UserOutcome => {
  const results = objects(reply, 'results');
  return {
    successUserIDList: results.filter((r) => whole(r, 'code') === 0).map((r) => text(r, 'userId')),
    failureUserIDList: results.filter((r) => whole(r, 'code') !== 0).map(failure),
  };
};

const custom = (pairs: KeyValue[] | undefined) =>
  pairs === undefined
    ? {}
    : { custom: Object.fromEntries(pairs.map(({ key, value }) => [key, value])) };

/** Profiles, friends, requests and lists of friends, the blocklist. */
export const befriending = (core: Core) => {
  const { people } = core;

  const friendGroups = async (): Promise<FriendGroup[]> => {
    const reply = await core.request('friend.groups');
    return objects(reply, 'groups').map((each) => {
      const userIDList = texts(each, 'userIds');
      return { name: text(each, 'name'), count: userIDList.length, userIDList };
    });
  };

  const changeGroup = async (cmd: string, data: { name: string }, name = data.name) => {
    const reply = await core.request(cmd, data);
    const found = (await friendGroups()).find((each) => each.name === name);
    return done({
      friendGroup: found ?? { name, count: 0, userIDList: [] },
      failureUserIDList: outcome(reply).failureUserIDList,
    });
  };

  const pages = async (cmd: string, take: (reply: Fields) => void): Promise<void> => {
    for (let cursor = '', page = 0; page < MAX_PAGES; page++) {
      const reply = await core.request(cmd, cursor === '' ? {} : { cursor });
      take(reply);
      cursor = text(reply, 'cursor');
      if (cursor === '') {
        break;
      }
    }
  };

  return {
    async getMyProfile(): Promise<Result<Profile>> {
      const reply = await core.request('profile.get', { userIds: [core.session.userID] });
      const found = objects(reply, 'profiles')[0];
      return done(found === undefined ? people.me : people.know(profile(found)));
    },

    async getUserProfile(options: { userIDList: string[] }): Promise<Result<Profile[]>> {
      const reply = await core.request('profile.get', { userIds: needIds(options?.userIDList) });
      return done(
        objects(reply, 'profiles')
          .filter((each) => whole(each, 'code') === 0)
          .map((each) => people.know(profile(each))),
      );
    },

    async updateMyProfile(options: Partial<Omit<Profile, 'userID'>>): Promise<Result<Profile>> {
      const { avatar, profileCustomField, ...same } = options;
      const reply = await core.request('profile.set', {
        ...same,
        ...(avatar === undefined ? {} : { faceUrl: avatar }),
        ...custom(profileCustomField),
      });
      const now = sub(reply, 'profile');
      return done(people.know({ ...profile(now), userID: core.session.userID }));
    },

    async getFriendList(): Promise<Result<Friend[]>> {
      people.friends.clear();
      await pages('friend.list', (reply) =>
        objects(reply, 'friends').forEach((each) => people.putFriend(each)),
      );
      return done([...people.friends.values()]);
    },

    async addFriend(options: {
      to: string;
      source: string;
      remark?: string;
      groupName?: string;
      wording?: string;
      type?: string;
    }): Promise<Result<{ code: number }>> {
      const reply = await core.request('friend.add', {
        userId: options.to,
        source: options.source,
        ...(options.remark ? { remark: options.remark } : {}),
        ...(options.groupName ? { group: options.groupName } : {}),
        ...(options.wording ? { wording: options.wording } : {}),
        ...(options.type === 'Add_Type_Single' ? { single: true } : {}),
      });
      return done({ code: whole(reply, 'result') });
    },

    async deleteFriend(options: {
      userIDList: string[];
      type?: string;
    }): Promise<Result<UserOutcome>> {
      const reply = await core.request('friend.delete', {
        userIds: needIds(options?.userIDList),
        ...(options.type === 'Delete_Type_Single' ? { single: true } : {}),
      });
      return done(outcome(reply));
    },

    async checkFriend(options: { userIDList: string[]; type?: string }): Promise<
      Result<{
        successUserIDList: { userID: string; code: number; relation: string }[];
        failureUserIDList: ({ userID: string } & Failure)[];
      }>
    > {
      const reply = await core.request('friend.check', {
        userIds: needIds(options?.userIDList),
        ...(options.type === 'CheckResult_Type_Single' ? { single: true } : {}),
      });
      const results = objects(reply, 'results');
      return done({
        successUserIDList: results
          .filter((each) => whole(each, 'code') === 0)
          .map((each) => ({
            userID: text(each, 'userId'),
            code: 0,
            relation: RELATIONS[text(each, 'relation')] ?? TYPES.SNS_TYPE_NO_RELATION,
          })),
        failureUserIDList: outcome(reply).failureUserIDList,
      });
    },

    async getFriendProfile(options: {
      userIDList: string[];
    }): Promise<
      Result<{ friendList: Friend[]; failureUserIDList: ({ userID: string } & Failure)[] }>
    > {
      const reply = await core.request('friend.get', { userIds: needIds(options?.userIDList) });
      return done({
        friendList: objects(reply, 'friends').map(friend),
        failureUserIDList: objects(reply, 'failed').map(failure),
      });
    },

    async updateFriend(options: {
      userID: string;
      remark?: string;
      friendCustomField?: KeyValue[];
    }): Promise<Result<Friend>> {
      await core.request('friend.update', {
        userId: options.userID,
        ...(options.remark === undefined ? {} : { remark: options.remark }),
        ...custom(options.friendCustomField),
      });
      const reply = await core.request('friend.get', { userIds: [options.userID] });
      objects(reply, 'friends').forEach((each) => people.putFriend(each));
      const found = people.friends.get(options.userID);
      if (found === undefined) {
        throw wrong('not a friend', 2700);
      }
      return done(found);
    },

    async getFriendApplicationList(): Promise<
      Result<{ friendApplicationList: FriendApplication[]; unreadCount: number }>
    > {
      const reply = await core.request('friend.requests');
      people.requests.clear();
      objects(reply, 'requests').forEach((each) => people.putRequest(each));
      people.unreadRequests = whole(reply, 'unread');
      return done({
        friendApplicationList: [...people.requests.values()],
        unreadCount: people.unreadRequests,
      });
    },

    async acceptFriendApplication(options: {
      userID: string;
      remark?: string;
      type?: string;
    }): Promise<Result<object>> {
      await core.request('friend.accept', {
        userId: options.userID,
        ...(options.remark === undefined ? {} : { remark: options.remark }),
        add: options.type !== 'Response_Action_Agree',
      });
      people.dropRequest(options.userID, 'Pendency_Type_ComeIn');
      people.tellRequests();
      return done({});
    },

    async refuseFriendApplication(options: { userID: string }): Promise<Result<object>> {
      await core.request('friend.refuse', { userId: options.userID });
      people.dropRequest(options.userID, 'Pendency_Type_ComeIn');
      people.tellRequests();
      return done({});
    },

    async deleteFriendApplication(options: {
      userID: string;
      type: string;
    }): Promise<Result<object>> {
      await core.request('friend.request.delete', { userId: options.userID, type: options.type });
      people.dropRequest(options.userID, options.type);
      people.tellRequests();
      return done({});
    },

    async setFriendApplicationRead(): Promise<Result<object>> {
      await core.request('friend.request.read');
      people.unreadRequests = 0;
      people.tellRequests();
      return done({});
    },

    async getFriendGroupList(): Promise<Result<FriendGroup[]>> {
      return done(await friendGroups());
    },

    createFriendGroup: (options: { name: string; userIDList?: string[] }) =>
      changeGroup('friend.group.create', named(options)),

    async deleteFriendGroup(options: { name: string }): Promise<Result<FriendGroup>> {
      await core.request('friend.group.delete', { name: options.name });
      return done({ name: options.name, count: 0, userIDList: [] });
    },

    addToFriendGroup: (options: { name: string; userIDList: string[] }) =>
      changeGroup('friend.group.add', named(options)),

    removeFromFriendGroup: (options: { name: string; userIDList: string[] }) =>
      changeGroup('friend.group.remove', named(options)),

    async renameFriendGroup(options: {
      oldName: string;
      newName: string;
    }): Promise<Result<FriendGroup>> {
      const { oldName, newName } = options;
      const { data } = await changeGroup(
        'friend.group.rename',
        { name: oldName, newName } as { name: string },
        newName,
      );
      return done(data.friendGroup);
    },

    async getBlacklist(): Promise<Result<string[]>> {
      people.blocked.clear();
      await pages('block.list', (reply) =>
        texts(reply, 'userIds').forEach((userID) => people.blocked.add(userID)),
      );
      return done([...people.blocked]);
    },

    async addToBlacklist(options: { userIDList: string[] }): Promise<Result<string[]>> {
      const userIds = needIds(options?.userIDList);
      const added = outcome(await core.request('block.add', { userIds })).successUserIDList;
      added.forEach((userID) => people.blocked.add(userID));
      people.tellBlocked();
      return done(added);
    },

    async removeFromBlacklist(options: { userIDList: string[] }): Promise<Result<string[]>> {
      const userIds = needIds(options?.userIDList);
      const gone = outcome(await core.request('block.delete', { userIds })).successUserIDList;
      gone.forEach((userID) => people.blocked.delete(userID));
      people.tellBlocked();
      return done(gone);
    },
  };
};

const named = (options: { name: string; userIDList?: string[] }) => ({
  name: options.name,
  ...(options.userIDList === undefined || options.userIDList.length === 0
    ? {}
    : { userIds: options.userIDList }),
});

