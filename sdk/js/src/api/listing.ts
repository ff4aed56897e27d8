import { bitOf } from '../conversations.js';
import { type Core, done } from '../core.js';
import { Code, wrong } from '../errors.js';
import type { Inbox } from '../inbox.js';
import { C2C, GROUP } from '../messages.js';
import type { Conversation, ConversationID, Failure, Group, Result } from '../model.js';
import { type Fields, isFields, objects, text, whole } from '../wire.js';

export interface ConversationFilter {
  type?: string;
  markType?: number;
  groupName?: string;
  hasUnreadCount?: boolean;
  hasGroupAtInfo?: boolean;
}

export interface Outcome {
  successConversationIDList: ConversationID[];
  failureConversationIDList: ({ conversationID: ConversationID } & Failure)[];
}

/** The conversation list: reading it, and arranging it. */
export const listing = (core: Core, inbox: Inbox) => {
  const { conversations } = core;

  const outcome = (ids: ConversationID[], reply: Fields): Outcome => {
    const failed = objects(reply, 'failed');
    const failures = failed.map((each) => ({
      conversationID: text(each, 'conversation'),
      code: whole(each, 'code'),
      message: text(each, 'info'),
    }));
    return {
      successConversationIDList: ids.filter(
        (id) => !failures.some((each) => each.conversationID === id),
      ),
      failureConversationIDList: failures,
    };
  };

  const many = async (
    cmd: string,
    ids: ConversationID[],
    more: object,
  ): Promise<Result<Outcome>> => {
    if (!Array.isArray(ids) || ids.length === 0) {
      throw wrong('conversationIDList is empty', Code.CONVERSATION_ID);
    }
    return done(outcome(ids, await core.request(cmd, { conversations: ids, ...more })));
  };

  const matches = (filter: ConversationFilter) => (each: Conversation) =>
    (filter.type === undefined || each.type === filter.type) &&
    (filter.markType === undefined || each.markList.includes(filter.markType)) &&
    (filter.groupName === undefined || each.conversationGroupList.includes(filter.groupName)) &&
    (filter.hasUnreadCount === undefined || each.unreadCount > 0 === filter.hasUnreadCount) &&
    (filter.hasGroupAtInfo === undefined ||
      each.groupAtInfoList.length > 0 === filter.hasGroupAtInfo);

  return {
    async getConversationList(
      options?: ConversationID[] | ConversationFilter,
    ): Promise<Result<{ conversationList: Conversation[]; isSyncCompleted: boolean }>> {
      if (!core.session.isActive) {
        throw wrong('not logged in', Code.NOT_LOGGED_IN);
      }
      const all = conversations.all();
      const conversationList = Array.isArray(options)
        ? all.filter((each) => options.includes(each.conversationID))
        : isFields(options)
          ? all.filter(matches(options))
          : all;
      return done({ conversationList, isSyncCompleted: conversations.isComplete });
    },

    async getConversationProfile(
      id: ConversationID,
    ): Promise<Result<{ conversation: Conversation }>> {
      if (typeof id !== 'string' || !(id.startsWith(C2C) || id.startsWith(GROUP))) {
        throw wrong('conversationID is wrong', Code.CONVERSATION_ID);
      }
      await conversations.fetch([id]);
      const conversation = conversations.get(id) ?? unlisted(core, id);
      return done({ conversation });
    },

    async deleteConversation(
      options: ConversationID | { conversationIDList: ConversationID[]; clearHistoryMessage?: boolean },
    ): Promise<Result<Outcome>> {
      const ids = typeof options === 'string' ? [options] : options?.conversationIDList;
      const clear = typeof options === 'string' || options?.clearHistoryMessage !== false;
      const result = await many('conversation.delete', ids, { clear });
      for (const id of result.data.successConversationIDList) {
        if (clear) {
          core.memory.forget(id);
        }
        conversations.take([], [id]);
      }
      return result;
    },

    async clearHistoryMessage(
      conversationID: ConversationID,
    ): Promise<Result<{ conversationID: ConversationID }>> {
      await core.request('conversation.clear', { conversation: conversationID });
      inbox.cleared(conversationID, Number.MAX_SAFE_INTEGER);
      core.memory.forget(conversationID);
      await conversations.fetch([conversationID]);
      return done({ conversationID });
    },

    async pinConversation(options: {
      conversationID: ConversationID;
      isPinned: boolean;
    }): Promise<Result<{ conversationID: ConversationID }>> {
      const { conversationID, isPinned } = options;
      await core.request('conversation.pin', { conversation: conversationID, pinned: isPinned });
      return done({ conversationID });
    },

    async setMessageRemindType(options: {
      groupID?: string;
      userIDList?: string[];
      messageRemindType: string;
    }): Promise<
      Result<{
        successUserIDList: string[];
        failureUserIDList: ({ userID: string } & Failure)[];
        group?: Group;
      }>
    > {
      const { groupID, userIDList, messageRemindType } = options;
      const ids =
        groupID === undefined ? (userIDList ?? []).map((id) => C2C + id) : [GROUP + groupID];
      const { data } = await many('conversation.option', ids, { msgFlag: messageRemindType });
      const user = (id: ConversationID) => id.replace(/^C2C|^GROUP/, '');
      const group = groupID === undefined ? undefined : core.groups.get(groupID);
      return done({
        successUserIDList: data.successConversationIDList.map(user),
        failureUserIDList: data.failureConversationIDList.map((each) => ({
          userID: user(each.conversationID),
          code: each.code,
          message: each.message,
        })),
        ...(group === undefined ? {} : { group }),
      });
    },

    getTotalUnreadMessageCount: (): number => conversations.total(),

    setConversationCustomData(options: {
      conversationIDList: ConversationID[];
      customData: string;
    }): Promise<Result<Outcome>> {
      return many('conversation.customData', options.conversationIDList, {
        customData: options.customData,
      });
    },

    markConversation(options: {
      conversationIDList: ConversationID[];
      markType: number;
      enableMark: boolean;
    }): Promise<Result<Outcome>> {
      return many('conversation.mark', options.conversationIDList, {
        mark: bitOf(options.markType),
        marked: options.enableMark,
      });
    },

    async getConversationGroupList(): Promise<Result<string[]>> {
      const reply = await core.request('conversation.groups');
      conversations.groupNames = objects(reply, 'groups').map((each) => text(each, 'name'));
      return done(conversations.groupNames);
    },

    createConversationGroup(options: {
      conversationIDList: ConversationID[];
      groupName: string;
    }): Promise<Result<Outcome>> {
      return many('conversation.group.create', options.conversationIDList, {
        name: options.groupName,
      });
    },

    async deleteConversationGroup(groupName: string): Promise<Result<object>> {
      await core.request('conversation.group.delete', { name: groupName });
      return done({});
    },

    async renameConversationGroup(options: {
      oldName: string;
      newName: string;
    }): Promise<Result<object>> {
      const { oldName, newName } = options;
      await core.request('conversation.group.rename', { name: oldName, newName });
      return done({});
    },

    addConversationsToGroup(options: {
      conversationIDList: ConversationID[];
      groupName: string;
    }): Promise<Result<Outcome>> {
      return many('conversation.group.add', options.conversationIDList, { name: options.groupName });
    },

    deleteConversationsFromGroup(options: {
      conversationIDList: ConversationID[];
      groupName: string;
    }): Promise<Result<Outcome>> {
      return many('conversation.group.remove', options.conversationIDList, {
        name: options.groupName,
      });
    },

    async setConversationDraft(options: {
      conversationID: ConversationID;
      draftText: string;
    }): Promise<Result<object>> {
      if (!conversations.setDraft(options.conversationID, options.draftText)) {
        throw wrong('there is no such conversation', Code.CONVERSATION_UNKNOWN);
      }
      return done({});
    },
  };
};

/** A conversation that is on no list yet: with its name, and without messages. */
const unlisted = (core: Core, id: ConversationID): Conversation => {
  const entry = core.conversations.imagine(id);
  if (id.startsWith(C2C)) {
    const userID = id.slice(C2C.length);
    const known = core.people.profile(userID);
    return known === undefined ? entry : { ...entry, userProfile: known };
  }
  const group = core.groups.get(id.slice(GROUP.length));
  return group === undefined ? entry : { ...entry, groupProfile: group, subType: group.type };
};
