import { type Core, done } from '../core.js';
import type { Failure, Result, UserStatus } from '../model.js';
import { type Fields, objects, text, whole } from '../wire.js';

type Answers = Promise<Result<({ userID: string } & Failure)[]>>;
type FollowPage = Promise<
  Result<{ resultList: { userID: string; nick: string; avatar: string }[]; nextCursor: string }>
>;

export const userStatus = (wire: Fields): UserStatus => ({
  userID: text(wire, 'userId'),
  statusType: whole(wire, 'status'),
  customStatus: text(wire, 'customStatus'),
});

const failures = (reply: Fields) =>
  objects(reply, 'failed').map((each) => ({
    userID: text(each, 'userId'),
    code: whole(each, 'code'),
    message: text(each, 'info'),
  }));

/** Whom one follows, and who is there. */
export const following = (core: Core) => {
  const each = async (cmd: string, userIds: string[]): Answers => {
    const reply = await core.request(cmd, { userIds });
    return done(
      objects(reply, 'results').map((result) => ({
        userID: text(result, 'userId'),
        code: whole(result, 'code'),
        message: text(result, 'info'),
      })),
    );
  };

  const page = async (kind: string, cursor = ''): FollowPage => {
    const reply = await core.request('follow.list', { kind, ...(cursor === '' ? {} : { cursor }) });
    return done({
      resultList: objects(reply, 'users').map((user) => ({
        userID: text(user, 'userId'),
        nick: text(user, 'nick'),
        avatar: text(user, 'faceUrl'),
      })),
      nextCursor: text(reply, 'cursor'),
    });
  };

  return {
    followUser: (userIDList: string[]) => each('follow.add', userIDList),
    unfollowUser: (userIDList: string[]) => each('follow.delete', userIDList),
    getMyFollowersList: (nextCursor?: string) => page('followers', nextCursor),
    getMyFollowingList: (nextCursor?: string) => page('following', nextCursor),
    getMutualFollowersList: (nextCursor?: string) => page('mutual', nextCursor),

    async getUserFollowInfo(userIDList?: string[]): Promise<
      Result<
        {
          userID: string;
          followingCount: number;
          followersCount: number;
          mutualFollowersCount: number;
        }[]
      >
    > {
      const reply = await core.request('follow.counts', {
        ...(userIDList === undefined || userIDList.length === 0 ? {} : { userIds: userIDList }),
      });
      return done(
        objects(reply, 'users').map((user) => ({
          userID: text(user, 'userId'),
          followingCount: whole(user, 'following'),
          followersCount: whole(user, 'followers'),
          mutualFollowersCount: whole(user, 'mutual'),
        })),
      );
    },

    async checkFollowType(
      userIDList: string[],
    ): Promise<Result<{ userID: string; followType: number }[]>> {
      const reply = await core.request('follow.check', { userIds: userIDList });
      return done(
        objects(reply, 'results').map((user) => ({
          userID: text(user, 'userId'),
          followType: whole(user, 'followType'),
        })),
      );
    },

    async setSelfStatus(options: { customStatus: string }): Promise<Result<UserStatus>> {
      await core.request('presence.set', { customStatus: options.customStatus });
      return done({
        userID: core.session.userID,
        statusType: 1,
        customStatus: options.customStatus,
      });
    },

    async getUserStatus(options: { userIDList: string[] }): Promise<
      Result<{
        successUserList: UserStatus[];
        failureUserList: ({ userID: string } & Failure)[];
      }>
    > {
      const reply = await core.request('presence.get', { userIds: options.userIDList });
      return done({
        successUserList: objects(reply, 'users').map(userStatus),
        failureUserList: failures(reply),
      });
    },

    async subscribeUserStatus(options: {
      userIDList: string[];
    }): Promise<Result<{ failureUserList: ({ userID: string } & Failure)[] }>> {
      const reply = await core.request('presence.subscribe', { userIds: options.userIDList });
      return done({ failureUserList: failures(reply) });
    },

    async unsubscribeUserStatus(
      options: { userIDList?: string[] } = {},
    ): Promise<Result<{ failureUserList: ({ userID: string } & Failure)[] }>> {
      const { userIDList } = options;
      const reply = await core.request('presence.unsubscribe', {
        ...(userIDList === undefined || userIDList.length === 0 ? {} : { userIds: userIDList }),
      });
      return done({ failureUserList: failures(reply) });
    },
  };
};
