import { userStatus } from './api/following.js';
import { EVENT, TYPES } from './constants.js';
import type { Core } from './core.js';
import type { Inbox } from './inbox.js';
import { blank, messageID, SYSTEM } from './messages.js';
import type { Group } from './model.js';
import { blankProfile, group, profile, topic } from './shapes.js';
import { type Fields, fields, has, objects, pairs, sub, text, texted, texts, whole } from './wire.js';

type Handling = (core: Core, data: Fields, inbox: Inbox) => void;

/** Numbers of notices after which the user is not in the group any more. */
const LEFT = [4, 5, 8, 11];
const CAME = [2, 6, 7];

/** What each event of the wire means, by its name. */
const EVENTS: Record<string, Handling> = {
  'message.new': (_core, data, inbox) => inbox.arrived(data),
  'message.recalled': (_core, data, inbox) => inbox.recalled(data),
  'message.modified': (_core, data, inbox) => inbox.modified(data),
  'message.extension': (_core, data, inbox) => inbox.extended(data),
  'message.deleted': (_core, data, inbox) => inbox.deleted(data),
  'message.receipt': (_core, data, inbox) => inbox.receipted(data),
  'message.read': (_core, data, inbox) => inbox.readByPeer(data),
  'conversation.read': ({ conversations }, data) =>
    conversations.read(text(data, 'conversation'), whole(data, 'readSeq'), whole(data, 'unread')),
  'conversation.changed': ({ conversations }, data, inbox) => {
    const entries = objects(data, 'conversations');
    entries.forEach((each) => inbox.passOver(text(each, 'conversation'), whole(each, 'lastSeq')));
    conversations.take(entries, texts(data, 'gone'));
  },
  'conversation.groups': ({ conversations, emitter }, data) => {
    conversations.groupNames = texts(data, 'groups');
    emitter.emit(EVENT.CONVERSATION_GROUP_LIST_UPDATED, conversations.groupNames);
  },
  'group.cleared': ({ conversations }, data, inbox) => {
    inbox.cleared(text(data, 'conversation'), whole(data, 'seq'));
    conversations.refresh(text(data, 'conversation'));
  },
  'group.notice': notice,
  'group.changed': ({ groups }, data) => groups.change(text(data, 'groupId'), change(data)),
  'group.self': (core, data) => {
    const { groups, conversations } = core;
    const groupID = text(data, 'groupId');
    conversations.refreshGroup(text(data, 'topicId', groupID));
    const known = groups.get(groupID);
    if (known === undefined) {
      // Another device of the user has joined it.
      came(core, groupID);
    } else if (!has(data, 'topicId')) {
      const { selfInfo } = known;
      groups.change(known.groupID, {
        selfInfo: {
          ...selfInfo,
          role: text(data, 'role', selfInfo.role),
          messageRemindType: text(data, 'msgFlag', selfInfo.messageRemindType),
          nameCard: text(data, 'nameCard', selfInfo.nameCard),
          memberCustomField: has(data, 'custom')
            ? pairs(sub(data, 'custom'))
            : selfInfo.memberCustomField,
        },
      });
    }
  },
  'group.attributes': ({ emitter }, data) =>
    emitter.emit(EVENT.GROUP_ATTRIBUTES_UPDATED, {
      groupID: text(data, 'groupId'),
      groupAttributes: { ...texted(sub(data, 'attributes')) },
    }),
  'group.counters': ({ emitter }, data) => {
    for (const each of objects(data, 'counters')) {
      emitter.emit(EVENT.GROUP_COUNTER_UPDATED, {
        groupID: text(data, 'groupId'),
        key: text(each, 'key'),
        value: whole(each, 'value'),
      });
    }
  },
  'group.topic': ({ emitter, conversations }, data) => {
    const groupID = text(data, 'groupId');
    const topics = objects(data, 'topics');
    switch (text(data, 'what')) {
      case 'created':
        for (const each of topics) {
          emitter.emit(EVENT.TOPIC_CREATED, { groupID, topicID: text(each, 'topicId') });
        }
        break;
      case 'changed':
        for (const each of topics) {
          emitter.emit(EVENT.TOPIC_UPDATED, { groupID, topic: topic(each) });
        }
        break;
      default: {
        const topicIDList = topics.map((each) => text(each, 'topicId'));
        conversations.take([], topicIDList.map((id) => `GROUP${id}`));
        emitter.emit(EVENT.TOPIC_DELETED, { groupID, topicIDList });
      }
    }
  },
  'profile.changed': ({ people, emitter, conversations }, data) => {
    const before = people.profile(text(data, 'userId')) ?? blankProfile(text(data, 'userId'));
    const known = people.know({ ...before, ...changedProfile(sub(data, 'changed')) });
    conversations.rename(known);
    emitter.emit(EVENT.PROFILE_UPDATED, [known]);
  },
  'friend.added': friendsChanged,
  'friend.updated': friendsChanged,
  'friend.deleted': ({ people }, data) => {
    texts(data, 'userIds').forEach((id) => people.friends.delete(id));
    people.tellFriends();
  },
  'friend.request': (core) => refresh(core, 'friend.requests', ({ people }, reply) => {
    people.requests.clear();
    objects(reply, 'requests').forEach((wire) => people.putRequest(wire));
    people.unreadRequests = whole(reply, 'unread');
    people.tellRequests();
  }),
  'block.added': ({ people }, data) => {
    texts(data, 'userIds').forEach((id) => people.blocked.add(id));
    people.tellBlocked();
  },
  'block.deleted': ({ people }, data) => {
    texts(data, 'userIds').forEach((id) => people.blocked.delete(id));
    people.tellBlocked();
  },
  'follow.changed': ({ people, emitter }, data) => {
    for (const user of objects(data, 'users')) {
      const userID = text(user, 'userId');
      const now = whole(user, 'followType');
      const before = people.follows.get(userID);
      people.follows.set(userID, now);
      for (const [event, holds] of FOLLOWS) {
        // Who was not heard of before may have been on any list.
        if (before === undefined ? holds(now) || now === 0 : holds(now) !== holds(before)) {
          emitter.emit(event, { userList: [userID], isAdd: holds(now) });
        }
      }
    }
  },
  'presence.changed': ({ emitter }, data) => {
    const users = objects(data, 'users').map(userStatus);
    if (users.length > 0) {
      emitter.emit(EVENT.USER_STATUS_UPDATED, users);
    }
  },
};

/** Which lists somebody is on by the number of `followType`: 1 my follower, 2 I follow, 3 both. */
const FOLLOWS = [
  [EVENT.MY_FOLLOWERS_LIST_CHANGED, (type: number) => (type & 1) === 1],
  [EVENT.MY_FOLLOWING_LIST_CHANGED, (type: number) => (type & 2) === 2],
  [EVENT.MUTUAL_FOLLOWERS_LIST_CHANGED, (type: number) => type === 3],
] as const;

/** Carries out an event of the wire; what is unknown is for a later SDK. */
export const carryOut = (core: Core, inbox: Inbox, name: string, data: Fields): void => {
  if (Object.prototype.hasOwnProperty.call(EVENTS, name)) {
    (EVENTS[name] as Handling)(core, data, inbox);
  }
};

const refresh = (core: Core, cmd: string, take: (core: Core, reply: Fields) => void): void => {
  core.request(cmd).then(
    (reply) => take(core, reply),
    () => undefined,
  );
};

/** Friends are read again: an event says whom it is about, not all of what they are. */
function friendsChanged(core: Core, data: Fields): void {
  const userIds = objects(data, 'friends').map((wire) => text(wire, 'userId')).slice(0, 100);
  if (userIds.length === 0) {
    return;
  }
  core.request('friend.get', { userIds }).then(
    (reply) => {
      objects(reply, 'friends').forEach((wire) => core.people.putFriend(wire));
      core.people.tellFriends();
    },
    () => undefined,
  );
}

/** Of a profile only what is named has changed. */
const changedProfile = (wire: Fields) => {
  const now = profile(wire);
  const names: Record<string, keyof typeof now> = {
    nick: 'nick',
    faceUrl: 'avatar',
    gender: 'gender',
    birthday: 'birthday',
    location: 'location',
    selfSignature: 'selfSignature',
    allowType: 'allowType',
    language: 'language',
    messageSettings: 'messageSettings',
    adminForbidType: 'adminForbidType',
    level: 'level',
    role: 'role',
    custom: 'profileCustomField',
  };
  return Object.fromEntries(
    Object.entries(names)
      .filter(([field]) => has(wire, field))
      .map(([, name]) => [name, now[name]]),
  );
};

/** Of a group only what is named has changed. */
const change = (wire: Fields): Partial<Group> => {
  const now = group(wire);
  const names: Record<string, keyof Group> = {
    name: 'name',
    faceUrl: 'avatar',
    introduction: 'introduction',
    notification: 'notification',
    owner: 'ownerID',
    maxMembers: 'maxMemberCount',
    memberCount: 'memberCount',
    joinOption: 'joinOption',
    inviteOption: 'inviteOption',
    muteAll: 'muteAllMembers',
    custom: 'groupCustomField',
    infoSeq: 'infoSequence',
    lastInfoTime: 'lastInfoTime',
  };
  return Object.fromEntries(
    Object.entries(names)
      .filter(([field]) => has(wire, field))
      .map(([, name]) => [name, now[name]]),
  );
};

/** The user belongs to this group now. */
function came(core: Core, groupID: string): void {
  core.request('group.info', { groupIds: [groupID] }).then(
    (reply) => {
      objects(reply, 'groups')
        .filter((wire) => whole(wire, 'code') === 0)
        .forEach((wire) => core.groups.put(wire));
      core.groups.tell();
    },
    () => undefined,
  );
}

/** A notice is a message of the system, and tells which groups one is in. */
function notice(core: Core, data: Fields): void {
  const { emitter, groups, memory, session } = core;
  const code = whole(data, 'code');
  const groupID = text(data, 'groupId');
  const message = blank();
  message.conversationID = SYSTEM;
  message.conversationType = SYSTEM;
  message.from = SYSTEM;
  message.to = session.userID;
  message.time = message.clientTime = Math.floor(session.now() / 1000);
  message.random = Math.floor(Math.random() * 0xffff_ffff);
  message.ID = messageID(SYSTEM, message.time, message.random);
  message.type = TYPES.MSG_GRP_SYS_NOTICE;
  message.payload = {
    operatorID: text(data, 'operator'),
    operationType: code,
    groupProfile: { groupID, name: text(data, 'name'), type: text(data, 'type') },
    handleMessage: text(data, 'message') || text(data, 'reason'),
    applicant: text(data, 'applicant'),
    groupID,
    messageKey: has(data, 'requestId') ? String(data['requestId']) : '',
    userDefinedField: text(data, 'content') || text(data, 'userDefinedField'),
  };
  message._elements = [
    { MsgType: TYPES.MSG_GRP_SYS_NOTICE, MsgContent: { ...fields(data) } },
  ];
  memory.keep(message.ID, message);
  core.conversations.refreshGroup(groupID);
  if (LEFT.includes(code) && groups.drop(groupID)) {
    groups.tell();
  }
  if (CAME.includes(code)) {
    came(core, groupID);
  }
  emitter.emit(EVENT.MESSAGE_RECEIVED, [message]);
  emitter.emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, { type: code, message });
}

