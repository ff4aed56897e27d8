import { TYPES } from './constants.js';
import type { Element, Payload } from './model.js';
import { type Fields, decimal, fields, has, list, objects, sub, text, texts, whole } from './wire.js';

/** How one type of element looks on the wire and in a message's `payload`. */
interface Form {
  payload(content: Fields): Payload;
  /** Absent for elements that only a server makes. */
  content?(payload: Fields): Record<string, unknown>;
}

const IMAGE_SIZES = [
  { type: 1, sizeType: 1 },
  { type: 2, sizeType: 2 },
  { type: 3, sizeType: 3 },
];

const tipProfile: Record<string, string> = {
  Name: 'groupName',
  Introduction: 'introduction',
  Notification: 'notification',
  FaceUrl: 'avatar',
  Owner_Account: 'ownerID',
  MuteAllMember: 'muteAllMembers',
  ApplyJoinOption: 'joinOption',
};

/** Seconds of a mute and who it is for, or who came, went, was made admin. */
const tipMember = (member: Fields): Payload => ({
  userID: text(member, 'Member_Account'),
  nick: text(member, 'Nick'),
  avatar: text(member, 'FaceUrl'),
  ...(has(member, 'MuteTime') ? { muteTime: whole(member, 'MuteTime') } : {}),
});

const changedProfile = (changes: Fields[]): Payload => {
  const profile: Payload = {};
  for (const change of changes) {
    const name = tipProfile[text(change, 'Key')];
    if (name !== undefined) {
      const value = text(change, 'Value');
      profile[name] = name === 'muteAllMembers' ? value === 'On' : value;
    } else if (has(change, 'Field')) {
      (profile.groupCustomField ??= []).push({
        key: text(change, 'Field'),
        value: text(change, 'Value'),
      });
    }
  }
  return profile;
};

/** The list inside a merged message, as the REST API writes it. */
const mergedMessage = (each: Fields): Payload => {
  const elements = elementsOf(list(each, 'MsgBody'));
  return {
    from: text(each, 'From_Account'),
    nick: text(each, 'Nick'),
    avatar: text(each, 'FaceUrl'),
    time: whole(each, 'MsgTimeStamp'),
    sequence: whole(each, 'MsgSeq'),
    random: whole(each, 'MsgRandom'),
    cloudCustomData: text(each, 'CloudCustomData'),
    ...shown(elements),
    messageBody: elements.map((element) => ({
      type: element.MsgType,
      payload: payloadOf(element),
    })),
  };
};

const FORMS: Record<string, Form> = {
  [TYPES.MSG_TEXT]: {
    payload: (content) => ({ text: text(content, 'Text') }),
    content: (payload) => ({ Text: text(payload, 'text') }),
  },
  [TYPES.MSG_LOCATION]: {
    payload: (content) => ({
      description: text(content, 'Desc'),
      latitude: decimal(content, 'Latitude'),
      longitude: decimal(content, 'Longitude'),
    }),
    content: (payload) => ({
      Desc: text(payload, 'description'),
      Latitude: decimal(payload, 'latitude'),
      Longitude: decimal(payload, 'longitude'),
    }),
  },
  [TYPES.MSG_FACE]: {
    payload: (content) => ({ index: whole(content, 'Index'), data: text(content, 'Data') }),
    content: (payload) => ({ Index: whole(payload, 'index'), Data: text(payload, 'data') }),
  },
  [TYPES.MSG_CUSTOM]: {
    payload: (content) => ({
      data: text(content, 'Data'),
      description: text(content, 'Desc'),
      extension: text(content, 'Ext'),
    }),
    content: (payload) => ({
      Data: text(payload, 'data'),
      Desc: text(payload, 'description'),
      Ext: text(payload, 'extension'),
    }),
  },
  [TYPES.MSG_SOUND]: {
    payload: (content) => ({
      uuid: text(content, 'UUID'),
      url: text(content, 'Url'),
      size: whole(content, 'Size'),
      second: whole(content, 'Second'),
    }),
    content: (payload) => ({
      UUID: text(payload, 'uuid'),
      Url: text(payload, 'url'),
      Size: whole(payload, 'size'),
      Second: whole(payload, 'second'),
      Download_Flag: 2,
    }),
  },
  [TYPES.MSG_IMAGE]: {
    payload: (content) => ({
      uuid: text(content, 'UUID'),
      imageFormat: whole(content, 'ImageFormat', 255),
      imageInfoArray: IMAGE_SIZES.flatMap(({ type, sizeType }) =>
        objects(content, 'ImageInfoArray')
          .filter((info) => whole(info, 'Type') === type)
          .map((info) => ({
            width: whole(info, 'Width'),
            height: whole(info, 'Height'),
            url: text(info, 'URL'),
            size: whole(info, 'Size'),
            sizeType,
          })),
      ),
    }),
    content: (payload) => ({
      UUID: text(payload, 'uuid'),
      ImageFormat: whole(payload, 'imageFormat', 255),
      ImageInfoArray: objects(payload, 'imageInfoArray').map((info, at) => ({
        Type: whole(info, 'sizeType', at + 1),
        Size: whole(info, 'size'),
        Width: whole(info, 'width'),
        Height: whole(info, 'height'),
        URL: text(info, 'url'),
      })),
    }),
  },
  [TYPES.MSG_FILE]: {
    payload: (content) => ({
      uuid: text(content, 'UUID'),
      fileName: text(content, 'FileName'),
      fileUrl: text(content, 'Url'),
      fileSize: whole(content, 'FileSize'),
    }),
    content: (payload) => ({
      UUID: text(payload, 'uuid'),
      Url: text(payload, 'fileUrl'),
      FileSize: whole(payload, 'fileSize'),
      FileName: text(payload, 'fileName'),
      Download_Flag: 2,
    }),
  },
  [TYPES.MSG_VIDEO]: {
    payload: (content) => ({
      uuid: text(content, 'VideoUUID'),
      videoUUID: text(content, 'VideoUUID'),
      videoUrl: text(content, 'VideoUrl'),
      videoSize: whole(content, 'VideoSize'),
      videoSecond: whole(content, 'VideoSecond'),
      videoFormat: text(content, 'VideoFormat'),
      thumbUUID: text(content, 'ThumbUUID'),
      thumbUrl: text(content, 'ThumbUrl'),
      snapshotUrl: text(content, 'ThumbUrl'),
      thumbSize: whole(content, 'ThumbSize'),
      thumbWidth: whole(content, 'ThumbWidth'),
      snapshotWidth: whole(content, 'ThumbWidth'),
      thumbHeight: whole(content, 'ThumbHeight'),
      snapshotHeight: whole(content, 'ThumbHeight'),
      thumbFormat: text(content, 'ThumbFormat'),
    }),
    content: (payload) => ({
      VideoUUID: text(payload, 'videoUUID'),
      VideoUrl: text(payload, 'videoUrl'),
      VideoSize: whole(payload, 'videoSize'),
      VideoSecond: whole(payload, 'videoSecond'),
      VideoFormat: text(payload, 'videoFormat'),
      VideoDownloadFlag: 2,
      ThumbUUID: text(payload, 'thumbUUID'),
      ThumbUrl: text(payload, 'thumbUrl'),
      ThumbSize: whole(payload, 'thumbSize'),
      ThumbWidth: whole(payload, 'thumbWidth'),
      ThumbHeight: whole(payload, 'thumbHeight'),
      ThumbFormat: text(payload, 'thumbFormat'),
      ThumbDownloadFlag: 2,
    }),
  },
  [TYPES.MSG_MERGER]: {
    payload: (content) => ({
      title: text(content, 'Title'),
      abstractList: texts(content, 'AbstractList'),
      compatibleText: text(content, 'CompatibleText'),
      messageList: objects(content, 'MsgList').map(mergedMessage),
      downloadKey: text(content, 'JsonMsgKey'),
      pbDownloadKey: '',
      layersOverLimit: false,
    }),
  },
  [TYPES.MSG_GRP_TIP]: {
    payload: (content) => {
      const members = objects(content, 'MemberList').map(tipMember);
      const changes = objects(content, 'ChangeList');
      return {
        operationType: whole(content, 'OpType'),
        operatorID: text(content, 'Operator_Account'),
        operatorInfo: {
          userID: text(content, 'Operator_Account'),
          nick: text(content, 'Operator_Nick'),
          avatar: text(content, 'Operator_FaceUrl'),
        },
        userIDList: members.map((member) => member.userID as string),
        memberList: members,
        memberCount: whole(content, 'MemberNum'),
        groupProfile: { name: text(content, 'GroupName') },
        ...(changes.length > 0 ? { newGroupProfile: changedProfile(changes) } : {}),
        ...(has(content, 'JoinType')
          ? { groupJoinType: text(content, 'JoinType') === 'Invited' ? 2 : 1 }
          : {}),
      };
    },
  },
};

/** The elements of a body, as far as they are any. */
export const elementsOf = (body: readonly unknown[]): Element[] =>
  body
    .map(fields)
    .filter((element) => text(element, 'MsgType') !== '')
    .map((element) => ({
      MsgType: text(element, 'MsgType'),
      MsgContent: { ...sub(element, 'MsgContent') },
    }));

/** What an element's content means to an app; unknown types keep their fields. */
export const payloadOf = (element: Element): Payload => {
  const form = form_(element.MsgType);
  return form === undefined ? { ...element.MsgContent } : form.payload(element.MsgContent);
};

/** The element that says what an app put into a payload. */
export const elementOf = (type: string, payload: Payload): Element => {
  const form = form_(type);
  return {
    MsgType: type,
    MsgContent: form?.content === undefined ? { ...payload } : form.content(payload),
  };
};

/** Type and payload of a message: those of its first element. */
export const shown = (elements: Element[]): { type: string; payload: Payload } => {
  const first = elements[0];
  return first === undefined
    ? { type: TYPES.MSG_TEXT, payload: { text: '' } }
    : { type: first.MsgType, payload: payloadOf(first) };
};

const form_ = (type: string): Form | undefined =>
  Object.prototype.hasOwnProperty.call(FORMS, type) ? FORMS[type] : undefined;

const PREVIEWS: Record<string, string> = {
  [TYPES.MSG_FACE]: '[Face]',
  [TYPES.MSG_IMAGE]: '[Image]',
  [TYPES.MSG_SOUND]: '[Voice]',
  [TYPES.MSG_VIDEO]: '[Video]',
  [TYPES.MSG_FILE]: '[File]',
  [TYPES.MSG_LOCATION]: '[Location]',
  [TYPES.MSG_CUSTOM]: '[Custom message]',
  [TYPES.MSG_MERGER]: '[Chat history]',
  [TYPES.MSG_GRP_TIP]: '[Group tip]',
  [TYPES.MSG_GRP_SYS_NOTICE]: '[Group system notice]',
};

/** What a conversation list shows of a message. */
export const preview = (type: string, payload: Payload): string =>
  type === TYPES.MSG_TEXT ? text(payload, 'text') : (PREVIEWS[type] ?? '');

