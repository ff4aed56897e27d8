import { type Core, done } from '../core.js';
import type { Result } from '../model.js';
import { objects, text, whole } from '../wire.js';

export interface OfficialAccount {
  officialAccountID: string;
  name: string;
  introduction: string;
  avatar: string;
  organization: string;
  customData: string;
  ownerID: string;
  createTime: number;
  subscriberCount: number;
}

/** Official accounts. */
export const subscribing = (core: Core) => ({
  async subscribeOfficialAccount(officialAccountID: string): Promise<Result<object>> {
    await core.request('official.subscribe', { officialAccount: officialAccountID });
    return done({});
  },

  async unsubscribeOfficialAccount(officialAccountID: string): Promise<Result<object>> {
    await core.request('official.unsubscribe', { officialAccount: officialAccountID });
    return done({});
  },

  async getOfficialAccountsInfo(ids: string[]): Promise<Result<{ list: OfficialAccount[] }>> {
    const reply = await core.request('official.info', { officialAccounts: ids });
    return done({
      list: objects(reply, 'officialAccounts').map((wire) => ({
        officialAccountID: text(wire, 'officialAccount'),
        name: text(wire, 'name'),
        introduction: text(wire, 'introduction'),
        avatar: text(wire, 'faceUrl'),
        organization: text(wire, 'organization'),
        customData: text(wire, 'customString'),
        ownerID: text(wire, 'owner'),
        createTime: whole(wire, 'createTime'),
        subscriberCount: whole(wire, 'subscribers'),
      })),
    });
  },
});
