import { type Core, done } from '../core.js';
import { Code, wrong } from '../errors.js';
import type { Inbox } from '../inbox.js';
import { C2C, GROUP, SYSTEM } from '../messages.js';
import type { ConversationID, Message, Result } from '../model.js';
import { flag, objects, text, texts, whole } from '../wire.js';
import { needMessage } from './creating.js';

const PAGE = 15;
const MAX_RECEIPTS = 30;

export interface MessagePage {
  messageList: Message[];
  nextReqMessageID: string;
  isCompleted: boolean;
}

const needConversation = (id: unknown): ConversationID => {
  if (typeof id !== 'string' || !(id.startsWith(C2C) || id.startsWith(GROUP) || id === SYSTEM)) {
    throw wrong('conversationID is wrong', Code.CONVERSATION_ID);
  }
  return id;
};

const count = (wanted: unknown): number =>
  typeof wanted === 'number' && wanted >= 1 ? Math.min(Math.floor(wanted), 100) : PAGE;

/** Reads history, and says what has been read. */
export const reading = (core: Core, inbox: Inbox) => {
  const group = (messages: Message[]): Map<ConversationID, Message[]> => {
    const grouped = new Map<ConversationID, Message[]>();
    for (const message of messages.map(needMessage)) {
      grouped.set(message.conversationID, [...(grouped.get(message.conversationID) ?? []), message]);
    }
    return grouped;
  };

  const pages = (messages: Message[]): Message[][] => {
    const parts: Message[][] = [];
    for (const own of group(messages).values()) {
      for (let at = 0; at < own.length; at += MAX_RECEIPTS) {
        parts.push(own.slice(at, at + MAX_RECEIPTS));
      }
    }
    return parts;
  };

  return {
    async getMessageList(options: {
      conversationID: ConversationID;
      nextReqMessageID?: string;
      count?: number;
    }): Promise<Result<MessagePage>> {
      const conversation = needConversation(options?.conversationID);
      if (conversation === SYSTEM) {
        const notices = core.memory.of(SYSTEM);
        return done({ messageList: notices, nextReqMessageID: '', isCompleted: true });
      }
      const { nextReqMessageID } = options;
      const from =
        nextReqMessageID === undefined || nextReqMessageID === ''
          ? undefined
          : core.memory.byId(nextReqMessageID);
      if (nextReqMessageID && from === undefined) {
        throw wrong('nextReqMessageID is unknown: start again', Code.NOT_A_MESSAGE);
      }
      const reply = await core.request('message.history', {
        conversation,
        limit: count(options.count),
        ...(from === undefined ? {} : { before: from.sequence }),
      });
      const messageList = inbox.page(conversation, objects(reply, 'messages'));
      const isCompleted = flag(reply, 'complete');
      return done({
        messageList,
        nextReqMessageID: isCompleted ? '' : (messageList[0]?.ID ?? ''),
        isCompleted,
      });
    },

    async getMessageListHopping(options: {
      conversationID: ConversationID;
      sequence?: number;
      time?: number;
      direction?: number;
      count?: number;
    }): Promise<
      Result<{
        messageList: Message[];
        isCompleted: boolean;
        nextMessageSeq: number;
        nextMessageTime: number;
      }>
    > {
      const conversation = needConversation(options?.conversationID);
      const { sequence, time, direction } = options;
      const newer = direction === 1;
      const reply = await core.request('message.history', {
        conversation,
        limit: count(options.count),
        ...(sequence !== undefined
          ? newer
            ? { after: Math.max(0, sequence - 1) }
            : { before: sequence + 1 }
          : time !== undefined
            ? { time, newer }
            : {}),
      });
      const messageList = inbox.page(conversation, objects(reply, 'messages'));
      const next = newer ? messageList[messageList.length - 1] : messageList[0];
      return done({
        messageList,
        isCompleted: flag(reply, 'complete'),
        nextMessageSeq: next === undefined ? 0 : next.sequence + (newer ? 1 : -1),
        nextMessageTime: next?.time ?? 0,
      });
    },

    async setMessageRead(options: { conversationID: ConversationID }): Promise<Result<object>> {
      const conversation = needConversation(options?.conversationID);
      if (conversation === SYSTEM) {
        return done({});
      }
      const seen = core.conversations.numbers(conversation)?.lastSeq ?? 0;
      const reply = await core.request('message.read', {
        conversation,
        ...(seen > 0 ? { seq: seen } : {}),
      });
      core.conversations.read(conversation, whole(reply, 'readSeq', seen), whole(reply, 'unread'));
      return done({});
    },

    async setAllMessageRead(options: { scope?: string } = {}): Promise<Result<object>> {
      const scopes: Record<string, string> = { readAllC2CMessage: 'c2c', readAllGroupMessage: 'group' };
      await core.request('conversation.readAll', { scope: scopes[options.scope ?? ''] ?? 'all' });
      return done({});
    },

    async sendMessageReadReceipt(messages: Message[]): Promise<Result<object>> {
      const asked = messages.map(needMessage).filter((m) => m.needReadReceipt && m.flow === 'in');
      if (asked.length === 0) {
        throw wrong('no message asks for a receipt', Code.RECEIPT_LIST_EMPTY);
      }
      for (const part of pages(asked)) {
        await core.request('message.receipt', {
          conversation: part[0]?.conversationID,
          seqs: part.map((message) => message.sequence),
        });
      }
      return done({});
    },

    async getMessageReadReceiptList(
      messages: Message[],
    ): Promise<Result<{ messageList: Message[] }>> {
      for (const part of pages(messages.filter((message) => message.sequence > 0))) {
        const conversation = part[0]?.conversationID ?? '';
        const reply = await core.request('message.receipts', {
          conversation,
          seqs: part.map((message) => message.sequence),
        });
        for (const wire of objects(reply, 'receipts')) {
          const message = part.find((each) => each.sequence === whole(wire, 'seq'));
          if (message !== undefined) {
            inbox.receipt(message, wire, whole(wire, 'time'));
          }
        }
      }
      return done({ messageList: messages });
    },

    async getGroupMessageReadMemberList(options: {
      message: Message;
      filter?: number;
      cursor?: string;
      count?: number;
    }): Promise<
      Result<{
        isCompleted: boolean;
        cursor: string;
        messageID: string;
        readUserIDList?: string[];
        unreadUserIDList?: string[];
      }>
    > {
      const message = needMessage(options?.message);
      const read = (options.filter ?? 0) === 0;
      const reply = await core.request('message.readers', {
        conversation: message.conversationID,
        seq: message.sequence,
        read,
        limit: Math.min(options.count ?? 100, 100),
        ...(options.cursor ? { cursor: options.cursor } : {}),
      });
      const userIDs = texts(reply, 'userIds');
      const cursor = text(reply, 'cursor');
      return done({
        isCompleted: cursor === '',
        cursor,
        messageID: message.ID,
        ...(read ? { readUserIDList: userIDs } : { unreadUserIDList: userIDs }),
      });
    },
  };
};
