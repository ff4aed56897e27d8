import { TYPES } from './constants.js';
import type {
  Friend,
  FriendApplication,
  Group,
  GroupApplication,
  GroupMember,
  Profile,
  Topic,
} from './model.js';
import { type Fields, flag, has, objects, pairs, sub, text, texts, whole } from './wire.js';

/** Objects of the API made from what the wire says of users and groups. */

export const blankProfile = (userID: string): Profile => ({
  userID,
  nick: '',
  avatar: '',
  gender: TYPES.GENDER_UNKNOWN,
  birthday: 0,
  location: '',
  selfSignature: '',
  allowType: '',
  language: 0,
  messageSettings: 0,
  adminForbidType: TYPES.FORBID_TYPE_NONE,
  level: 0,
  role: 0,
  lastUpdatedTime: 0,
  profileCustomField: [],
});

export const profile = (wire: Fields): Profile => ({
  userID: text(wire, 'userId'),
  nick: text(wire, 'nick'),
  avatar: text(wire, 'faceUrl'),
  gender: text(wire, 'gender', TYPES.GENDER_UNKNOWN),
  birthday: whole(wire, 'birthday'),
  location: text(wire, 'location'),
  selfSignature: text(wire, 'selfSignature'),
  allowType: text(wire, 'allowType'),
  language: whole(wire, 'language'),
  messageSettings: whole(wire, 'messageSettings'),
  adminForbidType: text(wire, 'adminForbidType', TYPES.FORBID_TYPE_NONE),
  level: whole(wire, 'level'),
  role: whole(wire, 'role'),
  lastUpdatedTime: whole(wire, 'lastUpdatedTime'),
  profileCustomField: pairs(sub(wire, 'custom')),
});

export const friend = (wire: Fields): Friend => ({
  userID: text(wire, 'userId'),
  profile: profile(wire),
  remark: text(wire, 'remark'),
  source: text(wire, 'source'),
  wording: text(wire, 'wording'),
  addTime: whole(wire, 'addTime'),
  timeStamp: whole(wire, 'addTime'),
  groupList: texts(wire, 'groups'),
  friendCustomField: objects(wire, 'custom').map((each) => ({
    key: text(each, 'tag'),
    value: text(each, 'value'),
  })),
});

export const application = (wire: Fields): FriendApplication => ({
  userID: text(wire, 'userId'),
  avatar: text(wire, 'faceUrl'),
  nick: text(wire, 'nick'),
  time: whole(wire, 'time'),
  source: text(wire, 'source'),
  wording: text(wire, 'wording'),
  type: text(wire, 'type'),
});

export const blankGroup = (groupID: string): Group => group({ groupId: groupID });

export const group = (wire: Fields): Group => {
  const memberCount = whole(wire, 'memberCount');
  const maxMemberCount = whole(wire, 'maxMembers');
  return {
    groupID: text(wire, 'groupId'),
    name: text(wire, 'name'),
    avatar: text(wire, 'faceUrl'),
    type: text(wire, 'type'),
    introduction: text(wire, 'introduction'),
    notification: text(wire, 'notification'),
    ownerID: text(wire, 'owner'),
    createTime: whole(wire, 'createTime'),
    infoSequence: whole(wire, 'infoSeq'),
    lastInfoTime: whole(wire, 'lastInfoTime'),
    selfInfo: {
      userID: '',
      role: text(wire, 'role'),
      messageRemindType: text(wire, 'msgFlag', TYPES.MSG_REMIND_ACPT_AND_NOTE),
      joinTime: whole(wire, 'joinTime'),
      nameCard: text(wire, 'nameCard'),
      memberCustomField: [],
      readedSequence: whole(wire, 'readSeq'),
      excludedUnreadSequenceList: [],
      muteTime: whole(wire, 'muteUntil'),
    },
    lastMessage: {
      lastTime: whole(wire, 'lastMsgTime'),
      lastSequence: whole(wire, 'lastSeq'),
    },
    nextMessageSeq: whole(wire, 'lastSeq') + 1,
    memberCount,
    memberNum: memberCount,
    maxMemberCount,
    maxMemberNum: maxMemberCount,
    muteAllMembers: flag(wire, 'muteAll'),
    joinOption: text(wire, 'joinOption'),
    inviteOption: text(wire, 'inviteOption'),
    groupCustomField: pairs(sub(wire, 'custom')),
    isSupportTopic: flag(wire, 'supportTopic'),
  };
};

export const member = (wire: Fields): GroupMember => ({
  userID: text(wire, 'userId'),
  avatar: text(wire, 'faceUrl'),
  nick: text(wire, 'nick'),
  role: text(wire, 'role', TYPES.GRP_MBR_ROLE_MEMBER),
  joinTime: whole(wire, 'joinTime'),
  nameCard: text(wire, 'nameCard'),
  muteUntil: whole(wire, 'muteUntil'),
  memberCustomField: pairs(sub(wire, 'custom')),
});

export const groupApplication = (wire: Fields): GroupApplication => ({
  requestID: has(wire, 'requestId') ? String(wire['requestId']) : '',
  groupID: text(wire, 'groupId'),
  groupName: text(wire, 'groupName'),
  applicant: text(wire, 'userId'),
  applicantNick: text(wire, 'nick'),
  inviter: text(wire, 'inviter'),
  note: text(wire, 'message'),
  time: whole(wire, 'time'),
});

export const topic = (wire: Fields): Topic => ({
  topicID: text(wire, 'topicId'),
  topicName: text(wire, 'name'),
  avatar: text(wire, 'faceUrl'),
  introduction: text(wire, 'introduction'),
  notification: text(wire, 'notification'),
  customData: text(wire, 'customString'),
  createTime: whole(wire, 'createTime'),
  unreadCount: 0,
  muteAllMembers: flag(wire, 'muteAll'),
  selfInfo: {
    messageRemindType: text(wire, 'msgFlag', TYPES.MSG_REMIND_ACPT_AND_NOTE),
    muteTime: whole(wire, 'muteUntil'),
    readedSequence: whole(wire, 'readSeq'),
  },
  lastMessage: { lastTime: whole(wire, 'lastMsgTime'), lastSequence: whole(wire, 'lastSeq') },
  groupAtInfoList: [],
  nextMessageSeq: whole(wire, 'lastSeq') + 1,
});
