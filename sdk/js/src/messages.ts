import { TYPES } from './constants.js';
import { elementsOf, shown } from './elements.js';
import type { ConversationID, Message } from './model.js';
import { type Fields, flag, has, list, text, texts, whole } from './wire.js';

export const C2C = 'C2C';
export const GROUP = 'GROUP';
export const SYSTEM = '@TIM#SYSTEM';
const BROADCAST = 'GROUP@TIM#BROADCAST';

/** 32 bits that stand for a user in message ids; the wire has no numbers for users. */
const numeric = (userID: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < userID.length; i++) {
    hash = Math.imul(hash ^ userID.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
};

export const messageID = (from: string, time: number, random: number): string =>
  `${numeric(from)}-${time}-${random}`;

export const conversationType = (id: ConversationID): string =>
  id.startsWith(C2C) ? C2C : id.startsWith(GROUP) ? GROUP : SYSTEM;

/** The user or group a conversation is with. */
export const partner = (id: ConversationID): string =>
  id.startsWith(C2C) ? id.slice(C2C.length) : id.startsWith(GROUP) ? id.slice(GROUP.length) : id;

/** A message with nothing in it. */
export const blank = (): Message => ({
  ID: '',
  type: TYPES.MSG_TEXT,
  payload: {},
  conversationID: '',
  conversationType: C2C,
  to: '',
  from: '',
  flow: 'in',
  time: 0,
  clientTime: 0,
  sequence: 0,
  random: 0,
  status: 'success',
  isRevoked: false,
  revoker: '',
  revokerInfo: { userID: '', nick: '', avatar: '' },
  revokeReason: '',
  isDeleted: false,
  isModified: false,
  priority: TYPES.MSG_PRIORITY_NORMAL,
  nick: '',
  avatar: '',
  nameCard: '',
  atUserList: [],
  cloudCustomData: '',
  isPeerRead: false,
  needReadReceipt: false,
  readReceiptInfo: { readCount: 0, unreadCount: 0, isPeerRead: false, timestamp: 0 },
  isSupportExtension: false,
  isBroadcastMessage: false,
  receiverList: [],
  hasRiskContent: false,
  isPlaceMessage: 0,
  version: 0,
  _elements: [],
});

/** Takes over what a message says now; a recalled one loses its content. */
export const revise = (message: Message, wire: Fields): void => {
  message._elements = elementsOf(list(wire, 'body'));
  Object.assign(message, shown(message._elements));
  message.cloudCustomData = text(wire, 'cloudCustomData');
  message.isModified = message.isModified || flag(wire, 'modified');
  if (flag(wire, 'recalled')) {
    recall(message, text(wire, 'revoker'), text(wire, 'reason'));
  }
};

export const recall = (message: Message, revoker: string, reason: string): void => {
  message.isRevoked = true;
  message.revoker = revoker === '' ? message.from : revoker;
  message.revokerInfo = {
    userID: message.revoker,
    nick: message.revoker === message.from ? message.nick : '',
    avatar: message.revoker === message.from ? message.avatar : '',
  };
  message.revokeReason = reason;
};

/** A message as the wire has it; empty when it names no conversation. */
export const received = (wire: Fields, me: string): Message | undefined => {
  const named = text(wire, 'conversation');
  if (!named.startsWith(C2C) && !named.startsWith(GROUP)) {
    return undefined;
  }
  const from = text(wire, 'from');
  const message = blank();
  const own = from === me;
  message.conversationID = named;
  message.conversationType = conversationType(named);
  message.from = from;
  message.flow = own ? 'out' : 'in';
  // To oneself a conversation is with oneself, whichever way the message goes.
  message.to = message.conversationType === GROUP || own ? partner(named) : me;
  message.time = whole(wire, 'time');
  message.clientTime = message.time;
  message.sequence = whole(wire, 'seq');
  message.random = whole(wire, 'random');
  message.ID = messageID(from, message.time, message.random);
  message.nick = text(wire, 'nick');
  message.avatar = text(wire, 'faceUrl');
  message.nameCard = text(wire, 'nameCard');
  message.priority = text(wire, 'priority', TYPES.MSG_PRIORITY_NORMAL);
  message.atUserList = texts(wire, 'mentions');
  message.needReadReceipt = flag(wire, 'needReceipt');
  message.isSupportExtension = flag(wire, 'extensible');
  message.hasRiskContent = flag(wire, 'hasRiskContent');
  message.isBroadcastMessage = flag(wire, 'broadcast') || named === BROADCAST;
  if (flag(wire, 'receipted')) {
    message.readReceiptInfo = { readCount: 1, unreadCount: 0, isPeerRead: true, timestamp: 0 };
  }
  revise(message, wire);
  return message;
};

/** The numbers that tell messages of a conversation apart, without which none is a double. */
export const keyOf = (wire: Fields): string =>
  has(wire, 'msgKey') ? text(wire, 'msgKey') : `${whole(wire, 'seq')}_${whole(wire, 'random')}`;
