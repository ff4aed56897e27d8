import { ChatError, Code } from './errors.js';

/** Names of the API that no server answers yet, with what they say until then. */
const NOT_YET = {
  createVideoMessage: [2040, 'videos'],
  translateText: [Code.NOT_AVAILABLE, 'translation'],
  convertVoiceToText: [Code.NOT_AVAILABLE, 'speech recognition'],
  addMessageReaction: [Code.NOT_AVAILABLE, 'reactions'],
  removeMessageReaction: [Code.NOT_AVAILABLE, 'reactions'],
  getMessageReactions: [Code.NOT_AVAILABLE, 'reactions'],
  getAllUserListOfMessageReaction: [Code.NOT_AVAILABLE, 'reactions'],
  getAllReceiveMessageOpt: [72011, 'do-not-disturb for everything'],
  setAllReceiveMessageOpt: [72011, 'do-not-disturb for everything'],
  searchCloudMessages: [Code.NOT_AVAILABLE, 'search'],
  searchCloudUsers: [Code.NOT_AVAILABLE, 'search'],
  searchCloudGroups: [Code.NOT_AVAILABLE, 'search'],
  searchCloudGroupMembers: [Code.NOT_AVAILABLE, 'search'],
  addSignalingListener: [Code.NOT_AVAILABLE, 'signalling'],
  removeSignalingListener: [Code.NOT_AVAILABLE, 'signalling'],
  invite: [Code.NOT_AVAILABLE, 'signalling'],
  inviteInGroup: [Code.NOT_AVAILABLE, 'signalling'],
  cancel: [Code.NOT_AVAILABLE, 'signalling'],
  accept: [Code.NOT_AVAILABLE, 'signalling'],
  reject: [Code.NOT_AVAILABLE, 'signalling'],
  getSignalingInfo: [Code.NOT_AVAILABLE, 'signalling'],
  modifyInvitation: [Code.NOT_AVAILABLE, 'signalling'],
  pinGroupMessage: [Code.NOT_AVAILABLE, 'pinned messages'],
  getPinnedGroupMessageList: [Code.NOT_AVAILABLE, 'pinned messages'],
  subscribeUserInfo: [72012, 'subscriptions to profiles'],
  unsubscribeUserInfo: [72012, 'subscriptions to profiles'],
} as const satisfies Record<string, readonly [number, string]>;

export type Later = {
  [Name in keyof typeof NOT_YET]: (...args: unknown[]) => Promise<never>;
};

/** The code each of these names rejects with. */
export const laterCodes: Readonly<Record<keyof typeof NOT_YET, number>> = Object.fromEntries(
  Object.entries(NOT_YET).map(([name, [code]]) => [name, code]),
) as Record<keyof typeof NOT_YET, number>;

/** Methods that reject: an app that calls them learns why. */
export const later = (): Later =>
  Object.fromEntries(
    Object.entries(NOT_YET).map(([name, [code, what]]) => [
      name,
      () => Promise.reject(new ChatError(code, `${name}: not there yet (${what})`)),
    ]),
  ) as Later;
