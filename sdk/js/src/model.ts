import type { EVENT } from './constants.js';

/** What every call that talks to the server resolves with. */
export interface Result<T> {
  code: 0;
  data: T;
}

/** A conversation: `C2C<userID>`, `GROUP<groupID>` (topics as well) or `@TIM#SYSTEM`. */
export type ConversationID = string;

/** One element of a message as the REST API writes it. */
export interface Element {
  MsgType: string;
  MsgContent: Record<string, unknown>;
}

// What a payload holds depends on the message's type; apps narrow by it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Payload = Record<string, any>;

export interface ReadReceiptInfo {
  readCount: number;
  unreadCount: number;
  isPeerRead: boolean;
  timestamp: number;
}

export interface Message {
  ID: string;
  type: string;
  payload: Payload;
  conversationID: ConversationID;
  conversationType: string;
  to: string;
  from: string;
  flow: 'in' | 'out';
  /** Seconds, of the server. */
  time: number;
  clientTime: number;
  sequence: number;
  random: number;
  status: 'unSend' | 'success' | 'fail';
  isRevoked: boolean;
  revoker: string;
  revokerInfo: { userID: string; nick: string; avatar: string };
  revokeReason: string;
  isDeleted: boolean;
  isModified: boolean;
  priority: string;
  nick: string;
  avatar: string;
  nameCard: string;
  atUserList: string[];
  cloudCustomData: string;
  isPeerRead: boolean;
  needReadReceipt: boolean;
  readReceiptInfo: ReadReceiptInfo;
  isSupportExtension: boolean;
  isBroadcastMessage: boolean;
  receiverList: string[];
  hasRiskContent: boolean;
  isPlaceMessage: number;
  version: number;
  /** Every element, as the REST API writes it; `type` and `payload` show the first. */
  _elements: Element[];
}

export interface LastMessage {
  nick: string;
  nameCard: string;
  lastTime: number;
  lastSequence: number;
  fromAccount: string;
  isRevoked: boolean;
  revoker: string;
  isPeerRead: boolean;
  messageForShow: string;
  type: string;
  payload: Payload;
}

export interface GroupAtInfo {
  from: string;
  groupID: string;
  messageSequence: number;
  atTypeArray: number[];
}

export interface Conversation {
  conversationID: ConversationID;
  type: string;
  subType: string;
  unreadCount: number;
  lastMessage: LastMessage;
  groupProfile?: Group;
  userProfile?: Profile;
  groupAtInfoList: GroupAtInfo[];
  remark: string;
  isPinned: boolean;
  messageRemindType: string;
  markList: number[];
  customData: string;
  conversationGroupList: string[];
  draftText: string;
  /** Up to which of one's messages the peer has read. */
  peerReadTime: number;
}

export interface KeyValue {
  key: string;
  value: string;
}

export interface Profile {
  userID: string;
  nick: string;
  avatar: string;
  gender: string;
  birthday: number;
  location: string;
  selfSignature: string;
  allowType: string;
  language: number;
  messageSettings: number;
  adminForbidType: string;
  level: number;
  role: number;
  lastUpdatedTime: number;
  profileCustomField: KeyValue[];
}

export interface Friend {
  userID: string;
  profile: Profile;
  remark: string;
  source: string;
  wording: string;
  addTime: number;
  timeStamp: number;
  groupList: string[];
  friendCustomField: KeyValue[];
}

export interface FriendApplication {
  userID: string;
  avatar: string;
  nick: string;
  time: number;
  source: string;
  wording: string;
  type: string;
}

export interface FriendGroup {
  name: string;
  count: number;
  userIDList: string[];
}

export interface GroupSelf {
  userID: string;
  role: string;
  messageRemindType: string;
  joinTime: number;
  nameCard: string;
  memberCustomField: KeyValue[];
  readedSequence: number;
  excludedUnreadSequenceList: number[];
  muteTime: number;
}

export interface Group {
  groupID: string;
  name: string;
  avatar: string;
  type: string;
  introduction: string;
  notification: string;
  ownerID: string;
  createTime: number;
  infoSequence: number;
  lastInfoTime: number;
  selfInfo: GroupSelf;
  lastMessage: { lastTime: number; lastSequence: number };
  nextMessageSeq: number;
  memberCount: number;
  maxMemberCount: number;
  /** As Web SDK 2.x names them. */
  memberNum: number;
  maxMemberNum: number;
  muteAllMembers: boolean;
  joinOption: string;
  inviteOption: string;
  groupCustomField: KeyValue[];
  isSupportTopic: boolean;
}

export interface GroupMember {
  userID: string;
  avatar: string;
  nick: string;
  role: string;
  joinTime: number;
  nameCard: string;
  muteUntil: number;
  memberCustomField: KeyValue[];
}

export interface GroupApplication {
  requestID: string;
  groupID: string;
  groupName: string;
  applicant: string;
  applicantNick: string;
  inviter: string;
  note: string;
  time: number;
}

export interface Topic {
  topicID: string;
  topicName: string;
  avatar: string;
  introduction: string;
  notification: string;
  customData: string;
  createTime: number;
  unreadCount: number;
  muteAllMembers: boolean;
  selfInfo: { messageRemindType: string; muteTime: number; readedSequence: number };
  lastMessage: { lastTime: number; lastSequence: number };
  groupAtInfoList: GroupAtInfo[];
  nextMessageSeq: number;
}

export interface UserStatus {
  userID: string;
  statusType: number;
  customStatus: string;
}

export interface Receipt {
  groupID: string;
  userID: string;
  messageID: string;
  readCount: number;
  unreadCount: number;
  isPeerRead: boolean;
}

export interface Failure {
  code: number;
  message: string;
}

/** What each event's `data` is. */
export interface EventData {
  [EVENT.SDK_READY]: undefined;
  [EVENT.SDK_NOT_READY]: undefined;
  [EVENT.SDK_DESTROY]: undefined;
  [EVENT.SDK_RELOAD]: undefined;
  [EVENT.ERROR]: { code: number; message: string };
  [EVENT.KICKED_OUT]: { type: string };
  [EVENT.NET_STATE_CHANGE]: { state: 'connected' | 'connecting' | 'disconnected' };
  [EVENT.MESSAGE_RECEIVED]: Message[];
  [EVENT.MESSAGE_MODIFIED]: Message[];
  [EVENT.MESSAGE_REVOKED]: Message[];
  [EVENT.MESSAGE_READ_BY_PEER]: Message[];
  [EVENT.MESSAGE_READ_RECEIPT_RECEIVED]: Receipt[];
  [EVENT.MESSAGE_EXTENSIONS_UPDATED]: { messageID: string; extensions: KeyValue[] };
  [EVENT.MESSAGE_EXTENSIONS_DELETED]: { messageID: string; keyList: string[] };
  [EVENT.MESSAGE_REACTIONS_UPDATED]: { messageID: string; reactionList: unknown[] };
  [EVENT.CONVERSATION_LIST_UPDATED]: Conversation[];
  [EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED]: number;
  [EVENT.CONVERSATION_GROUP_LIST_UPDATED]: string[];
  [EVENT.CONVERSATION_IN_GROUP_UPDATED]: { groupName: string; conversationList: Conversation[] };
  [EVENT.GROUP_LIST_UPDATED]: Group[];
  [EVENT.GROUP_ATTRIBUTES_UPDATED]: { groupID: string; groupAttributes: Record<string, string> };
  [EVENT.GROUP_COUNTER_UPDATED]: { groupID: string; key: string; value: number };
  [EVENT.GROUP_SYSTEM_NOTICE_RECEIVED]: { type: number; message: Message };
  [EVENT.TOPIC_CREATED]: { groupID: string; topicID: string };
  [EVENT.TOPIC_DELETED]: { groupID: string; topicIDList: string[] };
  [EVENT.TOPIC_UPDATED]: { groupID: string; topic: Topic };
  [EVENT.PROFILE_UPDATED]: Profile[];
  [EVENT.USER_STATUS_UPDATED]: UserStatus[];
  [EVENT.BLACKLIST_UPDATED]: string[];
  [EVENT.FRIEND_LIST_UPDATED]: Friend[];
  [EVENT.FRIEND_GROUP_LIST_UPDATED]: FriendGroup[];
  [EVENT.FRIEND_APPLICATION_LIST_UPDATED]: {
    friendApplicationList: FriendApplication[];
    unreadCount: number;
  };
  [EVENT.GROUP_MESSAGE_PINNED]: {
    groupID: string;
    message: Message;
    isPinned: boolean;
    opUser: string;
  };
  [EVENT.MY_FOLLOWERS_LIST_CHANGED]: { userList: string[]; isAdd: boolean };
  [EVENT.MY_FOLLOWING_LIST_CHANGED]: { userList: string[]; isAdd: boolean };
  [EVENT.MUTUAL_FOLLOWERS_LIST_CHANGED]: { userList: string[]; isAdd: boolean };
}

export type EventName = keyof EventData;
