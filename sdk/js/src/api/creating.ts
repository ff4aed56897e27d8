import { TYPES } from '../constants.js';
import type { Core } from '../core.js';
import { elementOf } from '../elements.js';
import { Code, wrong } from '../errors.js';
import { blank, C2C, GROUP, messageID } from '../messages.js';
import type { Message, Payload } from '../model.js';
import { fields, isFields, list, text, texts, utf8Length } from '../wire.js';
import { asUpload, uploadLater } from '../upload.js';
import { attaching } from './media.js';

/** What every message is made from. */
export interface CreateOptions<P = Payload> {
  to: string;
  conversationType: string;
  payload: P;
  priority?: string;
  cloudCustomData?: string;
  needReadReceipt?: boolean;
  receiverList?: string[];
  isSupportExtension?: boolean;
  onProgress?: (share: number) => void;
}

const MAX_MERGED = 300;
const MAX_ID = 0xffff_ffff;

/** Makes a message of a type. */
export type Making = (options: CreateOptions<unknown>, type: string, payload: Payload) => Message;

/** A message of the SDK, not something that looks like one. */
export const isMessage = (value: unknown): value is Message =>
  isFields(value) && typeof value['ID'] === 'string' && Array.isArray(value['_elements']);

export const needMessage = (value: unknown): Message => {
  if (!isMessage(value)) {
    throw wrong('the argument is no message of this SDK', Code.NOT_A_MESSAGE);
  }
  return value;
};

const isTip = (type: string): boolean =>
  type === TYPES.MSG_GRP_TIP || type === TYPES.MSG_GRP_SYS_NOTICE;

/** Makes messages; nothing is sent yet. */
export const creating = (core: Core) => {
  const make: Making = (options, type, payload) => {
    const given = fields(options);
    const to = text(given, 'to');
    const kind = text(given, 'conversationType');
    if (to === '') {
      throw wrong('to is missing', Code.CONVERSATION_ID);
    }
    if (kind !== C2C && kind !== GROUP && kind !== TYPES.CONV_TOPIC) {
      throw wrong('conversationType must be CONV_C2C or CONV_GROUP', Code.CONVERSATION_TYPE);
    }
    const message = blank();
    message.conversationType = kind === C2C ? C2C : GROUP;
    message.conversationID = message.conversationType + to;
    message.to = to;
    message.from = core.session.userID;
    message.flow = 'out';
    message.status = 'unSend';
    message.time = message.clientTime = Math.floor(core.session.now() / 1000);
    message.random = Math.floor(Math.random() * MAX_ID) + 1;
    message.ID = messageID(message.from, message.clientTime, message.random);
    message.nick = core.people.me.nick;
    message.avatar = core.people.me.avatar;
    message.type = type;
    message.payload = payload;
    message._elements = [elementOf(type, payload)];
    message.priority = text(given, 'priority', TYPES.MSG_PRIORITY_NORMAL);
    message.cloudCustomData = text(given, 'cloudCustomData');
    message.needReadReceipt = given['needReadReceipt'] === true;
    message.isSupportExtension = given['isSupportExtension'] === true;
    message.receiverList = texts(given, 'receiverList');
    core.memory.keepOwn(message);
    return message;
  };
  const payload = (options: CreateOptions<unknown>) => fields(fields(options)['payload']);

  const createTextMessage = (options: CreateOptions<{ text: string }>): Message => {
    const content = text(payload(options), 'text');
    if (content === '') {
      throw wrong('payload.text is empty');
    }
    return make(options, TYPES.MSG_TEXT, { text: content });
  };

  return {
    createTextMessage,
    ...attaching(make),

    createTextAtMessage(options: CreateOptions<{ text: string; atUserList: string[] }>): Message {
      const message = createTextMessage(options);
      message.atUserList = texts(payload(options), 'atUserList');
      return message;
    },

    createCustomMessage(
      options: CreateOptions<{ data?: string; description?: string; extension?: string }>,
    ): Message {
      const given = payload(options);
      return make(options, TYPES.MSG_CUSTOM, {
        data: text(given, 'data'),
        description: text(given, 'description'),
        extension: text(given, 'extension'),
      });
    },

    createFaceMessage(options: CreateOptions<{ index: number; data: string }>): Message {
      const given = payload(options);
      return make(options, TYPES.MSG_FACE, {
        index: Number(given['index']) || 0,
        data: text(given, 'data'),
      });
    },

    createLocationMessage(
      options: CreateOptions<{ description: string; longitude: number; latitude: number }>,
    ): Message {
      const given = payload(options);
      const longitude = Number(given['longitude']);
      const latitude = Number(given['latitude']);
      if (!Number.isFinite(longitude) || !Number.isFinite(latitude)) {
        throw wrong('longitude and latitude must be numbers');
      }
      return make(options, TYPES.MSG_LOCATION, {
        description: text(given, 'description'),
        longitude,
        latitude,
      });
    },

    createMergerMessage(
      options: CreateOptions<{
        messageList: Message[];
        title: string;
        abstractList: string[];
        compatibleText: string;
      }>,
    ): Message {
      const given = payload(options);
      const merged = list(given, 'messageList');
      const sent = merged.filter(isMessage).filter((each) => each.status === 'success');
      if (sent.length === 0 || sent.length !== merged.length || sent.length > MAX_MERGED) {
        throw wrong(`messageList must hold 1 to ${MAX_MERGED} sent messages`, Code.MERGER_INVALID);
      }
      if (sent.some((each) => each.conversationID !== sent[0]?.conversationID || isTip(each.type))) {
        throw wrong('the messages must be of one conversation', Code.MERGER_INVALID);
      }
      const message = make(options, TYPES.MSG_MERGER, {
        title: text(given, 'title'),
        abstractList: texts(given, 'abstractList'),
        compatibleText: text(given, 'compatibleText'),
        messageList: sent,
        downloadKey: '',
        pbDownloadKey: '',
        layersOverLimit: false,
      });
      const content = {
        Title: text(given, 'title'),
        AbstractList: texts(given, 'abstractList'),
        CompatibleText: text(given, 'compatibleText'),
        MsgNum: sent.length,
      };
      const element = (more: object) => ({
        MsgType: TYPES.MSG_MERGER,
        MsgContent: { ...content, ...more },
      });
      const MsgList = sent.map(mergedItem);
      message._elements = [element({ MsgList })];
      if (bodySize(message) > core.session.limits.maxMessageBytes) {
        uploadLater(message, {
          kind: 'file',
          file: asUpload(JSON.stringify({ MsgList })),
          onProgress: options.onProgress,
          element: (answer) => element({ JsonMsgKey: text(answer, 'Url') }),
        });
      }
      return message;
    },

    createForwardMessage(options: CreateOptions<Message>): Message {
      const original = fields(options)['payload'];
      if (!isMessage(original) || original.status !== 'success' || isTip(original.type)) {
        throw wrong('only a sent message can be forwarded', Code.FORWARD_INVALID);
      }
      if (original.isRevoked) {
        throw wrong('a recalled message cannot be forwarded', Code.FORWARD_INVALID);
      }
      const message = make(options, original.type, { ...original.payload });
      message._elements = original._elements.map((element) => ({ ...element }));
      return message;
    },

    findMessage(messageID_: string): Message | null {
      return core.memory.byId(messageID_) ?? null;
    },
  };
};

/** Bytes that count towards the limit of a message. */
export const bodySize = (message: Message): number =>
  utf8Length(JSON.stringify(message._elements)) + utf8Length(message.cloudCustomData);

/** A message inside a merged one, as the REST API writes it. */
const mergedItem = (message: Message) => ({
  From_Account: message.from,
  Nick: message.nick,
  ...(message.conversationType === C2C ? { To_Account: message.to } : { GroupId: message.to }),
  MsgSeq: message.sequence,
  MsgRandom: message.random,
  MsgTimeStamp: message.time,
  MsgBody: message._elements,
  ...(message.cloudCustomData === '' ? {} : { CloudCustomData: message.cloudCustomData }),
});
