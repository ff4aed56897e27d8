import type { LastMessage, Message, Payload } from '@palisade/chat';
import type { Model } from './model.js';
import { LOCALES, type Word } from './words.js';

const DAY = 86_400_000;

const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

const formats = new Map<string, Intl.DateTimeFormat>();

const format = (model: Model, time: number, options: Intl.DateTimeFormatOptions): string => {
  const locale = LOCALES[model.language];
  const key = locale + JSON.stringify(options);
  const found = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, found);
  return found.format(time);
};

export const clock = (model: Model, seconds: number): string =>
  format(model, seconds * 1000, {
    hour: model.language === 'ko' ? 'numeric' : '2-digit',
    minute: '2-digit',
  });

/** The time of today's, the day of older ones. */
export const shortTime = (model: Model, seconds: number): string => {
  if (seconds === 0) {
    return '';
  }
  const age = midnight(Date.now()) - midnight(seconds * 1000);
  if (age <= 0) {
    return clock(model, seconds);
  }
  if (age < 1.5 * DAY) {
    return model.t('yesterday');
  }
  return age < 6.5 * DAY
    ? format(model, seconds * 1000, { weekday: 'short' })
    : format(model, seconds * 1000, { day: 'numeric', month: 'short' });
};

export const day = (model: Model, seconds: number): string => {
  const age = midnight(Date.now()) - midnight(seconds * 1000);
  if (age <= 0) {
    return model.t('today');
  }
  return age < 1.5 * DAY
    ? model.t('yesterday')
    : format(model, seconds * 1000, { weekday: 'long', day: 'numeric', month: 'long' });
};

const KINDS: Record<string, Word> = {
  TIMImageElem: 'image',
  TIMFileElem: 'file',
  TIMSoundElem: 'voice',
  TIMVideoFileElem: 'video',
  TIMLocationElem: 'location',
  TIMCustomElem: 'custom',
  TIMRelayElem: 'merger',
};

/** A message in a few words. */
export const brief = (model: Model, type: string, payload: Payload): string => {
  if (type === 'TIMTextElem') {
    return String(payload['text'] ?? '');
  }
  if (type === 'TIMFaceElem') {
    return String(payload['data'] ?? '');
  }
  if (type === 'TIMGroupTipElem') {
    return tip(model, payload);
  }
  if (type === 'TIMCustomElem' && payload['description']) {
    return String(payload['description']);
  }
  const kind = KINDS[type];
  return kind === undefined ? '' : `[${model.t(kind)}]`;
};

/** The last message, as a line of the list. */
export const preview = (model: Model, last: LastMessage, isGroup: boolean): string => {
  if (last.type === '') {
    return '';
  }
  const own = last.fromAccount === model.userID;
  if (last.isRevoked) {
    return own ? model.t('youRecalled') : model.t('theyRecalled', { name: last.nick || model.nameOf(last.fromAccount) });
  }
  const text = brief(model, last.type, last.payload);
  if (!isGroup || last.type === 'TIMGroupTipElem') {
    return text;
  }
  return `${own ? model.t('you') : last.nameCard || last.nick || model.nameOf(last.fromAccount)}: ${text}`;
};

const TIPS: Record<number, Word> = { 2: 'tipQuit', 3: 'tipRemoved', 4: 'tipAdmin', 5: 'tipNoAdmin' };

/** What a group is told of itself. */
export const tip = (model: Model, payload: Payload): string => {
  const members = (payload['memberList'] ?? []) as { userID: string; nick: string; muteTime?: number }[];
  const name = (user: { userID: string; nick?: string }) =>
    user.userID === model.userID ? model.t('you') : user.nick || model.nameOf(user.userID);
  const names = members.map(name).join(model.language === 'en' ? ', ' : '、');
  const operator = name({ userID: String(payload['operatorID'] ?? ''), nick: payload['operatorInfo']?.nick });
  const code = Number(payload['operationType']);
  const values = { names, operator, value: String(payload['newGroupProfile']?.groupName ?? '') };
  switch (code) {
    case 1:
      return model.t(payload['groupJoinType'] === 2 ? 'tipInvited' : 'tipJoined', values);
    case 6:
      return model.t(values.value === '' ? 'tipProfile' : 'tipName', values);
    case 7:
      return model.t((members[0]?.muteTime ?? 0) > 0 ? 'tipMuted' : 'tipUnmuted', values);
    default: {
      const word = TIPS[code];
      return word === undefined ? '' : model.t(word, values);
    }
  }
};

/** A recalled message, as a line between the others. */
export const recalled = (model: Model, message: Message): string =>
  message.revoker === model.userID
    ? model.t('youRecalled')
    : model.t('theyRecalled', { name: message.revokerInfo.nick || model.nameOf(message.revoker) });
