import type { Core } from './core.js';
import { ChatError, Code } from './errors.js';
import { md5 } from './md5.js';
import type { Element, Message } from './model.js';
import { type Fields, fields, text, whole } from './wire.js';

/** What can be uploaded: a browser's `File` or `Blob`, or anything with the same three members. */
export interface Upload {
  readonly size: number;
  readonly type?: string;
  readonly name?: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface Pending {
  kind: 'image' | 'sound' | 'file';
  file: Upload;
  onProgress: ((share: number) => void) | undefined;
  /** The element that names the file once the server has it. */
  element(answer: Fields): Element;
}

const PENDING = new WeakMap<Message, Pending>();

export const uploadLater = (message: Message, pending: Pending): void => {
  PENDING.set(message, pending);
};

/** Uploads what a message is about, if it has not been yet; the message then says where it is. */
export const uploaded = async (core: Core, message: Message): Promise<void> => {
  const pending = PENDING.get(message);
  if (pending === undefined) {
    return;
  }
  const { file, kind, onProgress } = pending;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const ticket = await core.request('file.ticket', {
    kind,
    size: bytes.length,
    md5: md5(bytes),
    ...(file.name ? { name: file.name } : {}),
  });
  const answer = await put(text(ticket, 'uploadUrl'), bytes, onProgress);
  const code = whole(answer, 'ErrorCode');
  if (code !== 0 || text(answer, 'Url') === '') {
    throw new ChatError(code || Code.UPLOAD_FAILED, text(answer, 'ErrorInfo') || 'the upload failed');
  }
  message._elements = [pending.element(answer)];
  PENDING.delete(message);
};

/** A text to be uploaded, where there may be no `Blob`. */
export const asUpload = (content: string): Upload => {
  const bytes = new TextEncoder().encode(content);
  return { size: bytes.length, name: 'messages.json', arrayBuffer: async () => bytes.buffer as ArrayBuffer };
};

/**
 * Fetches JSON that another user's SDK has uploaded. Its address comes with a message, so it must be
 * where this server keeps files: a stranger's message must not make anybody call somewhere else.
 */
export const fetchUploaded = async (core: Core, url: string): Promise<Fields> => {
  const ticket = await core.request('file.ticket', { kind: 'file', size: 1, md5: md5(new Uint8Array(1)) });
  if (originOf(url) === '' || originOf(url) !== originOf(text(ticket, 'uploadUrl'))) {
    throw new ChatError(Code.INVALID_PARAMETER, 'the list is not kept by this server');
  }
  const response = await fetch(url, { credentials: 'omit', redirect: 'error' });
  return fields(await response.json());
};

const originOf = (url: string): string => /^https?:\/\/[^/?#@]+/i.exec(url)?.[0].toLowerCase() ?? '';

interface Request {
  open(method: string, url: string): void;
  send(body: unknown): void;
  upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
  responseText: string;
}

const put = async (
  url: string,
  bytes: Uint8Array,
  onProgress: ((share: number) => void) | undefined,
): Promise<Fields> => {
  const { XMLHttpRequest: Xhr } = globalThis as { XMLHttpRequest?: new () => Request };
  const tell = (share: number) => {
    try {
      onProgress?.(share);
    } catch (error) {
      console.error('onProgress failed', error);
    }
  };
  // Only this tells how far it has got.
  const said =
    Xhr === undefined
      ? await fetch(url, { method: 'PUT', body: bytes as unknown as string }).then((r) => r.text(), failed)
      : await new Promise<string>((resolve, reject) => {
          const request = new Xhr();
          request.upload.onprogress = ({ loaded, total }) => tell(loaded / Math.max(1, total));
          request.onload = () => resolve(request.responseText);
          request.onerror = () => reject(new ChatError(Code.UPLOAD_FAILED, 'the upload broke off'));
          request.open('PUT', url);
          request.send(bytes);
        });
  tell(1);
  try {
    return fields(JSON.parse(said));
  } catch {
    throw new ChatError(Code.UPLOAD_FAILED, 'the upload was not answered');
  }
};

const failed = (error: unknown): never => {
  throw new ChatError(Code.UPLOAD_FAILED, `the upload broke off: ${String(error)}`);
};
