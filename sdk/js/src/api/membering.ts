import { type Core, done } from '../core.js';
import { Code, wrong } from '../errors.js';
import type { Failure, Group, GroupMember, KeyValue, Result, Topic } from '../model.js';
import { member, topic } from '../shapes.js';
import { flag, objects, sub, text, texted, texts, whole } from '../wire.js';
import { customFields, needGroupID } from './grouping.js';

const PAGE = 15;

type Attributes = Record<string, string>;
type Changed = Promise<Result<{ group: Group | undefined; member: GroupMember | undefined }>>;

/** Members, attributes, counters and topics of groups. */
export const membering = (core: Core) => {
  const { groups } = core;

  const memberOf = async (groupID: string, userID: string): Promise<GroupMember | undefined> => {
    const reply = await core.request('group.members', { groupId: groupID, userIds: [userID] });
    const found = objects(reply, 'members')[0];
    return found === undefined ? undefined : member(found);
  };

  const changed = async (groupID: string, userID: string): Changed =>
    done({ group: groups.get(groupID), member: await memberOf(groupID, userID) });

  const attributes = async (groupID: string, more: object): Promise<Attributes> => {
    const reply = await core.request('group.attributes', { groupId: needGroupID(groupID), ...more });
    return { ...texted(sub(reply, 'attributes')) };
  };

  const chosen = (all: Attributes, keyList?: string[]): Attributes =>
    keyList === undefined || keyList.length === 0
      ? all
      : Object.fromEntries(Object.entries(all).filter(([key]) => keyList.includes(key)));

  const counters = async (groupID: string, more: object): Promise<Record<string, number>> => {
    const reply = await core.request('group.counters', { groupId: needGroupID(groupID), ...more });
    const found = sub(reply, 'counters');
    return Object.fromEntries(Object.keys(found).map((key) => [key, whole(found, key)]));
  };

  const step = async (op: string, options: { groupID: string; key: string; value: number }) => {
    const { groupID, key, value } = options;
    const now = await counters(groupID, { op, counters: { [key]: value } });
    return done({ groupID, key, value: now[key] ?? 0 });
  };

  return {
    async getGroupMemberList(options: {
      groupID: string;
      count?: number;
      offset?: number | string;
      /** Live rooms: only who carries this mark. */
      filter?: number;
    }): Promise<Result<{ memberList: GroupMember[]; offset: number | string }>> {
      const { groupID, count, offset, filter } = options;
      const reply = await core.request('group.members', {
        groupId: needGroupID(groupID),
        limit: Math.min(count ?? PAGE, 500),
        ...(filter === undefined ? {} : { mark: filter }),
        ...(offset === undefined || offset === 0 || offset === '' ? {} : { cursor: String(offset) }),
      });
      const cursor = text(reply, 'cursor');
      return done({
        memberList: objects(reply, 'members').map(member),
        offset: cursor === '' ? 0 : cursor,
      });
    },

    async getGroupMemberProfile(options: {
      groupID: string;
      userIDList: string[];
    }): Promise<Result<{ memberList: GroupMember[] }>> {
      const reply = await core.request('group.members', {
        groupId: needGroupID(options?.groupID),
        userIds: options.userIDList,
      });
      return done({ memberList: objects(reply, 'members').map(member) });
    },

    async addGroupMember(options: { groupID: string; userIDList: string[] }): Promise<
      Result<{
        successUserIDList: string[];
        failureUserIDList: string[];
        existedUserIDList: string[];
        overLimitUserIDList: string[];
        group: Group | undefined;
      }>
    > {
      const { groupID, userIDList } = options;
      const reply = await core.request('group.invite', {
        groupId: needGroupID(groupID),
        userIds: userIDList,
      });
      const results = objects(reply, 'results');
      const those = (accepts: (result: number) => boolean) =>
        results.filter((r) => accepts(whole(r, 'result'))).map((r) => text(r, 'userId'));
      return done({
        successUserIDList: those((result) => result === 1 || result === 3),
        failureUserIDList: those((result) => result === 0),
        existedUserIDList: those((result) => result === 2),
        overLimitUserIDList: [],
        group: groups.get(groupID),
      });
    },

    async deleteGroupMember(options: {
      groupID: string;
      userIDList: string[];
      reason?: string;
      duration?: number;
    }): Promise<Result<{ group: Group | undefined; userIDList: string[] }>> {
      const { groupID, userIDList, reason, duration } = options;
      await core.request('group.kick', {
        groupId: needGroupID(groupID),
        userIds: userIDList,
        ...(reason ? { reason } : {}),
        ...(duration === undefined ? {} : { duration }),
      });
      return done({ group: groups.get(groupID), userIDList });
    },

    async markGroupMemberList(options: {
      groupID: string;
      userIDList: string[];
      markType: number;
      enableMark: boolean;
    }): Promise<
      Result<{ successUserIDList: string[]; failureUserIDList: ({ userID: string } & Failure)[] }>
    > {
      const { groupID, userIDList, markType, enableMark } = options;
      const reply = await core.request('group.mark', {
        groupId: needGroupID(groupID),
        userIds: userIDList,
        mark: markType,
        set: enableMark,
      });
      const there = texts(reply, 'userIds');
      return done({
        successUserIDList: there,
        failureUserIDList: userIDList
          .filter((userID) => !there.includes(userID))
          .map((userID) => ({ userID, code: Code.NO_MEMBER, message: 'not in the room' })),
      });
    },

    async setGroupMemberMuteTime(options: {
      groupID: string;
      userID: string;
      muteTime: number;
    }): Changed {
      const { groupID, userID, muteTime } = options;
      await core.request('group.mute', {
        groupId: needGroupID(groupID),
        userIds: [userID],
        seconds: muteTime,
      });
      return changed(groupID, userID);
    },

    async setGroupMemberRole(options: { groupID: string; userID: string; role: string }): Changed {
      const { groupID, userID, role } = options;
      await core.request('group.role', { groupId: needGroupID(groupID), userId: userID, role });
      return changed(groupID, userID);
    },

    async setGroupMemberNameCard(options: {
      groupID: string;
      userID?: string;
      nameCard: string;
    }): Changed {
      const { groupID, userID, nameCard } = options;
      await core.request('group.member', {
        groupId: needGroupID(groupID),
        nameCard,
        ...(userID === undefined || userID === core.session.userID ? {} : { userId: userID }),
      });
      return changed(groupID, userID ?? core.session.userID);
    },

    async setGroupMemberCustomField(options: {
      groupID: string;
      userID?: string;
      memberCustomField: KeyValue[];
    }): Changed {
      const { groupID, userID, memberCustomField } = options;
      await core.request('group.member', {
        groupId: needGroupID(groupID),
        ...customFields(memberCustomField),
        ...(userID === undefined || userID === core.session.userID ? {} : { userId: userID }),
      });
      return changed(groupID, userID ?? core.session.userID);
    },

    async initGroupAttributes(options: {
      groupID: string;
      groupAttributes: Attributes;
    }): Promise<Result<{ groupAttributes: Attributes }>> {
      const { groupID, groupAttributes } = options;
      await attributes(groupID, { op: 'replace', attributes: groupAttributes });
      return done({ groupAttributes });
    },

    async setGroupAttributes(options: {
      groupID: string;
      groupAttributes: Attributes;
    }): Promise<Result<{ groupAttributes: Attributes }>> {
      const { groupID, groupAttributes } = options;
      await attributes(groupID, { op: 'set', attributes: groupAttributes });
      return done({ groupAttributes });
    },

    async deleteGroupAttributes(options: {
      groupID: string;
      keyList?: string[];
    }): Promise<Result<{ keyList: string[] }>> {
      const { groupID, keyList } = options;
      const all = keyList === undefined || keyList.length === 0;
      const keys = all ? Object.keys(await attributes(groupID, {})) : keyList;
      if (keys.length > 0) {
        await attributes(groupID, { op: 'delete', keys });
      }
      return done({ keyList: keys });
    },

    async getGroupAttributes(options: {
      groupID: string;
      keyList?: string[];
    }): Promise<Result<{ groupAttributes: Attributes }>> {
      const all = await attributes(options?.groupID, {});
      return done({ groupAttributes: chosen(all, options.keyList) });
    },

    async setGroupCounters(options: {
      groupID: string;
      counters: Record<string, number>;
    }): Promise<Result<{ counters: Record<string, number> }>> {
      const now = await counters(options?.groupID, { op: 'set', counters: options.counters });
      return done({ counters: now });
    },

    increaseGroupCounter: (options: { groupID: string; key: string; value: number }) =>
      step('increase', options),

    decreaseGroupCounter: (options: { groupID: string; key: string; value: number }) =>
      step('decrease', options),

    async getGroupCounters(options: {
      groupID: string;
      keyList?: string[];
    }): Promise<Result<{ counters: Record<string, number> }>> {
      const all = await counters(options?.groupID, {});
      const { keyList } = options;
      return done({
        counters:
          keyList === undefined || keyList.length === 0
            ? all
            : Object.fromEntries(Object.entries(all).filter(([key]) => keyList.includes(key))),
      });
    },

    async getJoinedCommunityList(): Promise<Result<{ groupList: Group[] }>> {
      const reply = await core.request('group.list');
      objects(reply, 'groups').forEach((wire) => groups.put(wire));
      return done({
        groupList: groups.all().filter((each) => each.type === 'Community' && each.isSupportTopic),
      });
    },

    async createTopicInCommunity(options: {
      groupID: string;
      topicName: string;
      topicID?: string;
      avatar?: string;
      notification?: string;
      introduction?: string;
      customData?: string;
    }): Promise<Result<{ topicID: string }>> {
      const reply = await core.request('group.topics', {
        op: 'create',
        groupId: needGroupID(options?.groupID),
        name: options.topicName,
        ...topicFields(options),
      });
      return done({ topicID: text(reply, 'topicId') });
    },

    async deleteTopicFromCommunity(options: { groupID: string; topicIDList?: string[] }): Promise<
      Result<{
        successTopicList: { topicID: string }[];
        failureTopicList: ({ topicID: string } & Failure)[];
      }>
    > {
      const { groupID } = options;
      const topicIds = options.topicIDList ?? (await topics(core, groupID)).map((t) => t.topicID);
      const reply = await core.request('group.topics', { op: 'delete', groupId: groupID, topicIds });
      const deleted = sub(reply, 'deleted');
      return done({
        successTopicList: topicIds.filter((id) => flag(deleted, id)).map((topicID) => ({ topicID })),
        failureTopicList: topicIds
          .filter((id) => !flag(deleted, id))
          .map((topicID) => ({ topicID, code: Code.CONVERSATION_UNKNOWN, message: 'no such topic' })),
      });
    },

    async updateTopicProfile(options: {
      groupID: string;
      topicID: string;
      topicName?: string;
      avatar?: string;
      notification?: string;
      introduction?: string;
      customData?: string;
      muteAllMembers?: boolean;
    }): Promise<Result<{ topic: Topic }>> {
      const { groupID, topicID } = options;
      await core.request('group.topics', {
        op: 'modify',
        groupId: needGroupID(groupID),
        ...(options.topicName === undefined ? {} : { name: options.topicName }),
        ...(options.muteAllMembers === undefined ? {} : { muteAll: options.muteAllMembers }),
        ...topicFields(options),
      });
      const found = (await topics(core, groupID)).find((each) => each.topicID === topicID);
      if (found === undefined) {
        throw wrong('no such topic', Code.CONVERSATION_UNKNOWN);
      }
      return done({ topic: found });
    },

    async getTopicList(options: { groupID: string; topicIDList?: string[] }): Promise<
      Result<{
        successTopicList: { topic: Topic }[];
        failureTopicList: ({ topicID: string } & Failure)[];
      }>
    > {
      const { groupID, topicIDList } = options;
      const all = await topics(core, needGroupID(groupID));
      const wanted = all.filter((t) => !topicIDList?.length || topicIDList.includes(t.topicID));
      const missing = (topicIDList ?? []).filter((id) => !all.some((t) => t.topicID === id));
      return done({
        successTopicList: wanted.map((each) => ({ topic: each })),
        failureTopicList: missing.map((topicID) => ({
          topicID,
          code: Code.CONVERSATION_UNKNOWN,
          message: 'no such topic',
        })),
      });
    },
  };
};

const topics = async (core: Core, groupID: string): Promise<Topic[]> => {
  const reply = await core.request('group.topics', { groupId: groupID });
  return objects(reply, 'topics').map((wire) => {
    const found = topic(wire);
    const entry = core.conversations.get(`GROUP${found.topicID}`);
    return entry === undefined
      ? found
      : { ...found, unreadCount: entry.unreadCount, groupAtInfoList: entry.groupAtInfoList };
  });
};

const topicFields = (options: {
  topicID?: string;
  avatar?: string;
  notification?: string;
  introduction?: string;
  customData?: string;
}) => ({
  ...(options.topicID === undefined ? {} : { topicId: options.topicID }),
  ...(options.avatar === undefined ? {} : { faceUrl: options.avatar }),
  ...(options.notification === undefined ? {} : { notification: options.notification }),
  ...(options.introduction === undefined ? {} : { introduction: options.introduction }),
  ...(options.customData === undefined ? {} : { customString: options.customData }),
});

