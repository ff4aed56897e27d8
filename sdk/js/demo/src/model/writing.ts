import Palisade, { type Chat, type Message } from '@palisade/chat';
import type { Thread } from './screen.js';
import { Threads } from './threads.js';

const { TYPES } = Palisade;

const TYPING_SENT_EVERY = 4000;

/** What one writes, and what becomes of it. */
export abstract class Writing extends Threads {
  protected typingSent = 0;

  async send(text: string): Promise<void> {
    const chat = this.chat;
    const { current, thread, editing } = this;
    if (chat === undefined || current === undefined || thread === undefined || text.trim() === '') {
      return;
    }
    if (editing !== undefined) {
      this.editing = undefined;
      const before = editing.payload;
      editing.payload = { ...before, text };
      this.changed();
      await chat.modifyMessage(editing).catch((error: unknown) => {
        editing.payload = before;
        this.fail(error);
      });
      this.changed();
      return;
    }
    const isGroup = current.startsWith('GROUP');
    const message = chat.createTextMessage({
      to: current.slice(isGroup ? 5 : 3),
      conversationType: isGroup ? TYPES.CONV_GROUP : TYPES.CONV_C2C,
      payload: { text },
      needReadReceipt: isGroup && !this.isRoom && (this.group?.type ?? '') !== TYPES.GRP_COMMUNITY,
    });
    await this.dispatch(chat, thread, message);
  }

  /** Sends files that were chosen, dropped or pasted: pictures as such, others as files. */
  async attach(files: readonly File[]): Promise<void> {
    const chat = this.chat;
    const { current, thread } = this;
    if (chat === undefined || current === undefined || thread === undefined) {
      return;
    }
    const isGroup = current.startsWith('GROUP');
    for (const file of files) {
      const options = {
        to: current.slice(isGroup ? 5 : 3),
        conversationType: isGroup ? TYPES.CONV_GROUP : TYPES.CONV_C2C,
        payload: { file },
      };
      try {
        const picture = /^image\/(jpeg|png|gif|webp|bmp)$/.test(file.type);
        const message = picture ? chat.createImageMessage(options) : chat.createFileMessage(options);
        await this.dispatch(chat, thread, message);
      } catch (error) {
        this.fail(error);
      }
    }
  }

  async resend(message: Message): Promise<void> {
    const chat = this.chat;
    const thread = this.threads.get(message.conversationID);
    if (chat !== undefined && thread !== undefined) {
      thread.messages = thread.messages.filter((each) => each !== message);
      await this.dispatch(chat, thread, message);
    }
  }

  protected async dispatch(chat: Chat, thread: Thread, message: Message): Promise<void> {
    this.append(thread, message);
    thread.unreadAfter = '';
    this.typingSent = 0;
    const sending = chat.sendMessage(message);
    this.changed();
    try {
      await sending;
    } catch (error) {
      this.fail(error);
    }
    this.changed();
  }

  /** Tells the peer that one is typing, now and then. */
  typed(): void {
    const chat = this.chat;
    const now = Date.now();
    const isTalk = this.current?.startsWith('C2C') === true && this.editing === undefined;
    if (chat === undefined || !isTalk || now - this.typingSent < TYPING_SENT_EVERY) {
      return;
    }
    const last = [...(this.thread?.messages ?? [])].reverse().find((each) => each.flow === 'in');
    if (last === undefined || now / 1000 - last.time > 30) {
      return;
    }
    this.typingSent = now;
    const message = chat.createCustomMessage({
      to: (this.current ?? '').slice(3),
      conversationType: TYPES.CONV_C2C,
      payload: {
        data: JSON.stringify({
          businessID: 'user_typing_status',
          typingStatus: 1,
          version: 1,
          userAction: 14,
          actionParam: 'EIMAMSG_InputStatus_Ing',
        }),
      },
    });
    chat.sendMessage(message, { onlineUserOnly: true }).catch(() => undefined);
  }

  draft(conversationID: string, text: string): void {
    this.chat?.setConversationDraft({ conversationID, draftText: text }).catch(() => undefined);
  }

  canRecall(message: Message): boolean {
    const role = this.group?.selfInfo.role;
    const rules = role === TYPES.GRP_MBR_ROLE_OWNER || role === TYPES.GRP_MBR_ROLE_ADMIN;
    const young = Date.now() / 1000 - message.time < 120;
    return message.sequence > 0 && ((message.flow === 'out' && young) || (rules && !this.isRoom));
  }

  canEdit(message: Message): boolean {
    return message.flow === 'out' && message.type === TYPES.MSG_TEXT && message.sequence > 0 && !this.isRoom;
  }

  recall(message: Message): Promise<void> {
    return this.act((chat) => chat.revokeMessage(message));
  }

  edit(message: Message | undefined): void {
    this.editing = message;
    this.changed();
  }

  async remove(message: Message): Promise<void> {
    await this.act((chat) => chat.deleteMessage([message]));
    const thread = this.threads.get(message.conversationID);
    if (thread !== undefined && message.isDeleted) {
      thread.messages = thread.messages.filter((each) => each !== message);
      this.changed();
    }
  }
}
