import { EVENT, TYPES } from '../constants.js';
import { type Core, done } from '../core.js';
import { elementOf, payloadOf } from '../elements.js';
import { ChatError, Code, wrong } from '../errors.js';
import type { Inbox } from '../inbox.js';
import { GROUP, recall, revise, SYSTEM } from '../messages.js';
import type { KeyValue, Message, Result } from '../model.js';
import { fields, isFields, objects, sub, text, whole } from '../wire.js';
import { fetchUploaded, uploaded } from '../upload.js';
import { bodySize, needMessage } from './creating.js';

export interface SendOptions {
  onlineUserOnly?: boolean;
  offlinePushInfo?: object;
  messageControlInfo?: {
    excludedFromUnreadCount?: boolean;
    excludedFromLastMessage?: boolean;
    excludedFromContentModeration?: boolean;
  };
}

type MessageResult = Promise<Result<{ message: Message }>>;

const MAX_DELETED = 30;
const CONFLICTS = [20027, 20028];

/** What an app may change of a message's first element. */
const EDITABLE: string[] = [
  TYPES.MSG_TEXT,
  TYPES.MSG_CUSTOM,
  TYPES.MSG_LOCATION,
  TYPES.MSG_FACE,
];

/** Sends messages and changes what was sent. */
export const sending = (core: Core, inbox: Inbox) => {
  const send = async (argument: Message, options: SendOptions = {}): MessageResult => {
    const message = needMessage(argument);
    if (!core.session.isReady && !core.session.isActive) {
      throw new ChatError(Code.NOT_LOGGED_IN, 'not logged in');
    }
    const { onlineUserOnly, messageControlInfo, offlinePushInfo } = options;
    if (onlineUserOnly === true && messageControlInfo !== undefined) {
      throw wrong('onlineUserOnly and messageControlInfo exclude each other');
    }
    message.status = 'unSend';
    await uploaded(core, message).catch((error: ChatError) => {
      message.status = 'fail';
      throw new ChatError(error.code, error.message, { message });
    });
    if (bodySize(message) > core.session.limits.maxMessageBytes) {
      message.status = 'fail';
      throw new ChatError(Code.TOO_LONG, 'the message is too long', { message });
    }
    const data = {
      conversation: message.conversationID,
      random: message.random,
      body: message._elements,
      ...(message.cloudCustomData === '' ? {} : { cloudCustomData: message.cloudCustomData }),
      ...(message.priority === TYPES.MSG_PRIORITY_NORMAL || message.conversationType !== GROUP
        ? {}
        : { priority: message.priority }),
      ...(message.needReadReceipt ? { needReceipt: true } : {}),
      ...(message.isSupportExtension ? { extensible: true } : {}),
      ...(message.receiverList.length > 0 ? { to: message.receiverList } : {}),
      ...(message.atUserList.length > 0 ? { mentions: message.atUserList } : {}),
      ...(onlineUserOnly === true ? { onlineOnly: true } : {}),
      ...(messageControlInfo?.excludedFromUnreadCount === true ? { noUnread: true } : {}),
      ...(messageControlInfo?.excludedFromLastMessage === true ? { noLastMessage: true } : {}),
      ...(offlinePushInfo === undefined ? {} : { offlinePush: push(offlinePushInfo) }),
    };
    try {
      const reply = await core.outbox.send(data);
      message.status = 'success';
      message.sequence = whole(reply, 'seq');
      message.time = whole(reply, 'time', message.time);
      inbox.sent(message, text(reply, 'msgKey'));
      if (message.sequence > 0) {
        core.conversations.arrived(message, {
          noUnread: data.noUnread === true,
          noLastMessage: data.noLastMessage === true,
          targeted: message.receiverList.length > 0,
        });
      }
      return done({ message });
    } catch (error) {
      message.status = 'fail';
      const failure = error as ChatError;
      throw new ChatError(failure.code, failure.message, { ...failure.data, message });
    }
  };

  /** Where a message is, for a command about it. */
  const place = (message: Message) => ({
    conversation: message.conversationID,
    seq: message.sequence,
  });

  return {
    sendMessage: send,

    /** Sends a failed message again, under the same random. */
    resendMessage: send,

    async revokeMessage(argument: Message): MessageResult {
      const message = needMessage(argument);
      const age = core.session.now() / 1000 - message.time;
      const own = message.conversationType !== GROUP && message.flow === 'out';
      if (own && age > core.session.limits.recallWindow + 5) {
        throw new ChatError(Code.RECALL_WINDOW, 'the message is too old to be recalled');
      }
      const live = core.groups.rooms.has(message.to);
      const room = `${message.sequence}_${message.random}_${message.time}`;
      await core.request('message.recall', {
        ...place(message),
        ...(live ? { msgKey: room } : {}),
      });
      if (!message.isRevoked) {
        recall(message, core.session.userID, '');
        core.conversations.refresh(message.conversationID);
        core.emitter.emit(EVENT.MESSAGE_REVOKED, [message]);
      }
      return done({ message });
    },

    async modifyMessage(argument: Message): MessageResult {
      const message = needMessage(argument);
      if (core.groups.rooms.has(message.to)) {
        throw wrong('messages of live rooms cannot be edited', Code.EDIT_LIVE_ROOM);
      }
      const first = message._elements[0];
      const edited =
        first !== undefined && EDITABLE.includes(message.type)
          ? [elementOf(message.type, message.payload), ...message._elements.slice(1)]
          : message._elements;
      try {
        const reply = await core.request('message.modify', {
          ...place(message),
          body: edited,
          cloudCustomData: message.cloudCustomData,
          ...(message.version > 0 ? { changeSeq: message.version } : {}),
        });
        message.isModified = true;
        if (isFields(reply['message'])) {
          revise(message, fields(reply['message']));
        }
        return done({ message });
      } catch (error) {
        const failure = error as ChatError;
        if (!CONFLICTS.includes(failure.code)) {
          throw failure;
        }
        // The app's change was to an older version: it gets the message as it is now.
        const now = await core
          .request('message.get', { conversation: message.conversationID, seqs: [message.sequence] })
          .catch(() => fields(undefined));
        objects(now, 'messages').forEach((wire) => revise(message, wire));
        throw new ChatError(Code.EDIT_CONFLICT, failure.message, { message });
      }
    },

    async deleteMessage(
      argument: Message[] | Message,
    ): Promise<Result<{ messageList: Message[] }>> {
      const messages = (Array.isArray(argument) ? argument : [argument]).map(needMessage);
      const first = messages[0];
      if (first === undefined || messages.length > MAX_DELETED) {
        throw wrong(`1 to ${MAX_DELETED} messages can be deleted at once`);
      }
      if (messages.some((each) => each.conversationID !== first.conversationID)) {
        throw wrong('the messages must be of one conversation');
      }
      if (first.conversationID === SYSTEM) {
        throw wrong('system notices cannot be deleted', Code.SYSTEM_NOTICE);
      }
      const stored = messages.filter((each) => each.sequence > 0);
      if (stored.length > 0) {
        await core.request('message.delete', {
          conversation: first.conversationID,
          seqs: stored.map((each) => each.sequence),
        });
        core.conversations.refresh(first.conversationID);
      }
      messages.forEach((each) => {
        each.isDeleted = true;
      });
      return done({ messageList: messages });
    },

    async downloadMergerMessage(argument: Message): Promise<Message> {
      const message = needMessage(argument);
      if (message.type !== TYPES.MSG_MERGER) {
        throw wrong('the message is no merged one', Code.MERGER_INVALID);
      }
      const key = text(message.payload, 'downloadKey');
      if (key !== '') {
        const content = await fetchUploaded(core, key).catch((error: ChatError) => {
          throw new ChatError(Code.MERGER_DOWNLOAD, error.message);
        });
        const element = { MsgType: TYPES.MSG_MERGER, MsgContent: { ...content } };
        const { messageList } = payloadOf(element);
        message.payload = { ...message.payload, messageList, downloadKey: '' };
      }
      return message;
    },

    async setMessageExtensions(
      argument: Message,
      extensions: KeyValue[],
    ): Promise<Result<{ extensions: (KeyValue & { code: number })[] }>> {
      const message = needMessage(argument);
      const known = seqsOf(message);
      const reply = await core.request('message.extension.set', {
        ...place(message),
        extensions: extensions.map(({ key, value }) => ({
          key,
          value,
          ...(known.has(key) ? { seq: known.get(key) } : {}),
        })),
      });
      return done({ extensions: results(message, reply) });
    },

    async getMessageExtensions(
      argument: Message,
    ): Promise<Result<{ extensions: KeyValue[] }>> {
      const message = needMessage(argument);
      const reply = await core.request('message.extension.get', place(message));
      const known = seqsOf(message);
      known.clear();
      const all = objects(reply, 'extensions');
      all.forEach((each) => known.set(text(each, 'key'), whole(each, 'seq')));
      return done({
        extensions: all
          .filter((each) => each['deleted'] !== true)
          .map((each) => ({ key: text(each, 'key'), value: text(each, 'value') })),
      });
    },

    async deleteMessageExtensions(
      argument: Message,
      keyList?: string[],
    ): Promise<Result<{ extensions: (KeyValue & { code: number })[] }>> {
      const message = needMessage(argument);
      const reply = await core.request('message.extension.delete', {
        ...place(message),
        ...(keyList === undefined || keyList.length === 0
          ? {}
          : {
              keys: keyList.map((key) => {
                const seq = seqsOf(message).get(key);
                return seq === undefined ? { key } : { key, seq };
              }),
            }),
      });
      return done({ extensions: results(message, reply) });
    },
  };
};

/** The number each key of a message's extensions had when it was seen last: a write names it. */
const KNOWN = new WeakMap<Message, Map<string, number>>();

const seqsOf = (message: Message): Map<string, number> => {
  const known = KNOWN.get(message) ?? new Map<string, number>();
  KNOWN.set(message, known);
  return known;
};

const results = (message: Message, reply: ReturnType<typeof fields>) =>
  objects(reply, 'results').map((each) => {
    const key = text(each, 'key');
    seqsOf(message).set(key, whole(each, 'seq'));
    return { code: whole(each, 'code'), key, value: text(each, 'value') };
  });

/** Push settings as the REST API names them. */
const push = (given: object): object => {
  const info = fields(given);
  const apns = sub(info, 'apnsInfo');
  const android = sub(info, 'androidInfo');
  const named = (from: ReturnType<typeof fields>, name: string, as: string) =>
    text(from, name) === '' ? {} : { [as]: text(from, name) };
  return {
    PushFlag: info['disablePush'] === true ? 1 : 0,
    ...named(info, 'title', 'Title'),
    ...named(info, 'description', 'Desc'),
    ...named(info, 'extension', 'Ext'),
    AndroidInfo: {
      ...named(android, 'sound', 'Sound'),
      ...named(android, 'XiaoMiChannelID', 'XiaoMiChannelID'),
      ...named(android, 'OPPOChannelID', 'OPPOChannelID'),
      ...named(android, 'FCMChannelID', 'GoogleChannelID'),
      ...named(android, 'VIVOCategory', 'VIVOCategory'),
      ...named(android, 'HuaWeiCategory', 'HuaWeiCategory'),
    },
    ApnsInfo: {
      ...named(apns, 'sound', 'Sound'),
      ...named(apns, 'image', 'Image'),
      BadgeMode: apns['ignoreIOSBadge'] === true ? 1 : 0,
    },
  };
};

