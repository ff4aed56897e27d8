import { TYPES } from '../constants.js';
import { type Core, done } from '../core.js';
import { ChatError, Code, wrong } from '../errors.js';
import { GROUP } from '../messages.js';
import type { Group, GroupApplication, KeyValue, Message, Result } from '../model.js';
import { group, groupApplication } from '../shapes.js';
import { isFields, objects, text, whole } from '../wire.js';

export interface GroupOptions {
  name?: string;
  avatar?: string;
  introduction?: string;
  notification?: string;
  maxMemberNum?: number;
  joinOption?: string;
  inviteOption?: string;
  muteAllMembers?: boolean;
  groupCustomField?: KeyValue[];
}

export interface CreateGroupOptions extends GroupOptions {
  name: string;
  type?: string;
  groupID?: string;
  memberList?: { userID: string; role?: string; memberCustomField?: KeyValue[] }[];
  isSupportTopic?: boolean;
}

const ALREADY_IN = [10013];

export const needGroupID = (id: unknown): string => {
  if (typeof id !== 'string' || id === '') {
    throw wrong('groupID is missing', Code.GROUP_ID);
  }
  return id;
};

export const customFields = (list: KeyValue[] | undefined) =>
  list === undefined
    ? {}
    : { custom: Object.fromEntries(list.map(({ key, value }) => [key, value])) };

/** The profile fields of a group as the wire names them. */
const profileFields = (options: GroupOptions) => ({
  ...(options.name === undefined ? {} : { name: options.name }),
  ...(options.avatar === undefined ? {} : { faceUrl: options.avatar }),
  ...(options.introduction === undefined ? {} : { introduction: options.introduction }),
  ...(options.notification === undefined ? {} : { notification: options.notification }),
  ...(options.maxMemberNum === undefined ? {} : { maxMembers: options.maxMemberNum }),
  ...(options.joinOption === undefined ? {} : { joinOption: options.joinOption }),
  ...(options.inviteOption === undefined ? {} : { inviteOption: options.inviteOption }),
  ...(options.muteAllMembers === undefined ? {} : { muteAll: options.muteAllMembers }),
  ...customFields(options.groupCustomField),
});

/** Groups and live rooms as a whole; members are in `membering`. */
export const grouping = (core: Core) => {
  const { groups } = core;

  const read = async (groupID: string): Promise<Group> => {
    const reply = await core.request('group.info', { groupIds: [needGroupID(groupID)] });
    const found = objects(reply, 'groups')[0];
    const code = found === undefined ? 10010 : whole(found, 'code');
    if (found === undefined || code !== 0) {
      throw new ChatError(code, `group ${groupID} is not to be seen`);
    }
    const known = groups.get(groupID);
    const now = group(found);
    if (known === undefined) {
      return now;
    }
    const { selfInfo } = known;
    return groups.change(groupID, { ...now, selfInfo: { ...selfInfo, role: now.selfInfo.role } }) ?? now;
  };

  const joined = async (groupID: string): Promise<Group> => {
    const found = await read(groupID);
    if (found.type === TYPES.GRP_AVCHATROOM) {
      groups.rooms.add(groupID);
    }
    return found;
  };

  return {
    async getGroupList(): Promise<Result<{ groupList: Group[] }>> {
      const reply = await core.request('group.list');
      objects(reply, 'groups').forEach((wire) => groups.put(wire));
      return done({ groupList: groups.all() });
    },

    async getGroupProfile(options: { groupID: string }): Promise<Result<{ group: Group }>> {
      return done({ group: await read(options?.groupID) });
    },

    async createGroup(
      options: CreateGroupOptions,
    ): Promise<Result<{ group: Group; overLimitUserIDList: string[] }>> {
      const reply = await core.request('group.create', {
        type: options.type ?? TYPES.GRP_WORK,
        ...profileFields(options),
        ...(options.groupID === undefined ? {} : { groupId: options.groupID }),
        ...(options.isSupportTopic === true ? { supportTopic: true } : {}),
        ...(options.memberList === undefined
          ? {}
          : {
              members: options.memberList.map((member) => ({
                userId: member.userID,
                ...(member.role === TYPES.GRP_MBR_ROLE_ADMIN ? { admin: true } : {}),
                ...customFields(member.memberCustomField),
              })),
            }),
      });
      return done({ group: await read(text(reply, 'groupId')), overLimitUserIDList: [] });
    },

    async dismissGroup(groupID: string): Promise<Result<{ groupID: string }>> {
      await core.request('group.dismiss', { groupId: needGroupID(groupID) });
      core.conversations.refreshGroup(groupID);
      if (groups.drop(groupID)) {
        groups.tell();
      }
      return done({ groupID });
    },

    async updateGroupProfile(
      options: GroupOptions & { groupID: string },
    ): Promise<Result<{ group: Group }>> {
      const { groupID } = options;
      await core.request('group.modify', {
        groupId: needGroupID(groupID),
        ...profileFields(options),
      });
      return done({ group: await read(groupID) });
    },

    async joinGroup(options: {
      groupID: string;
      applyMessage?: string;
      type?: string;
    }): Promise<Result<{ status: string; group?: Group }>> {
      const groupID = needGroupID(options?.groupID);
      if (!core.session.isActive) {
        await core.session.visit();
      }
      try {
        const reply = await core.request('group.join', {
          groupId: groupID,
          ...(options.applyMessage ? { message: options.applyMessage } : {}),
        });
        // A guest is told nothing of the room but what is said in it.
        if (core.session.isGuest) {
          groups.rooms.add(groupID);
          return done({ status: TYPES.JOIN_STATUS_SUCCESS });
        }
        if (text(reply, 'status') === 'waiting') {
          return done({ status: TYPES.JOIN_STATUS_WAIT_APPROVAL });
        }
        return done({ status: TYPES.JOIN_STATUS_SUCCESS, group: await joined(groupID) });
      } catch (error) {
        if (error instanceof ChatError && ALREADY_IN.includes(error.code)) {
          return done({ status: TYPES.JOIN_STATUS_ALREADY_IN_GROUP, group: await joined(groupID) });
        }
        throw error;
      }
    },

    async quitGroup(groupID: string): Promise<Result<{ groupID: string }>> {
      await core.request('group.quit', { groupId: needGroupID(groupID) });
      groups.rooms.delete(groupID);
      core.memory.forget(GROUP + groupID);
      core.conversations.refreshGroup(groupID);
      if (groups.drop(groupID)) {
        groups.tell();
      }
      return done({ groupID });
    },

    async searchGroupByID(groupID: string): Promise<Result<{ group: Group }>> {
      return done({ group: await read(groupID) });
    },

    async getGroupOnlineMemberCount(groupID: string): Promise<Result<{ memberCount: number }>> {
      const reply = await core.request('group.online', { groupId: needGroupID(groupID) });
      return done({ memberCount: whole(reply, 'count') });
    },

    async changeGroupOwner(options: {
      groupID: string;
      newOwnerID: string;
    }): Promise<Result<{ group: Group }>> {
      const { groupID, newOwnerID } = options;
      await core.request('group.transfer', { groupId: needGroupID(groupID), userId: newOwnerID });
      return done({ group: await read(groupID) });
    },

    async getGroupApplicationList(): Promise<Result<{ applicationList: GroupApplication[] }>> {
      const reply = await core.request('group.applications');
      return done({ applicationList: objects(reply, 'applications').map(groupApplication) });
    },

    async handleGroupApplication(options: {
      handleAction: string;
      handleMessage?: string;
      message?: Message;
      application?: GroupApplication;
    }): Promise<Result<{ group?: Group }>> {
      const { application, message } = options;
      const asked = isFields(message?.payload) ? message.payload : {};
      const requestId = application?.requestID ?? text(asked, 'messageKey');
      const groupID = application?.groupID ?? text(asked, 'groupID');
      if (!requestId) {
        throw wrong('neither an application nor the message of one');
      }
      await core.request(options.handleAction === 'Agree' ? 'group.approve' : 'group.refuse', {
        requestId: /^\d+$/.test(requestId) ? Number(requestId) : requestId,
        ...(options.handleMessage ? { message: options.handleMessage } : {}),
      });
      const known = groups.get(groupID);
      return done(known === undefined ? {} : { group: known });
    },
  };
};
