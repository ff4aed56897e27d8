import { TYPES } from '../constants.js';
import { elementOf, payloadOf } from '../elements.js';
import { Code, wrong } from '../errors.js';
import type { Message, Payload } from '../model.js';
import { type Upload, uploadLater } from '../upload.js';
import { type Fields, fields, isFields, objects, text, whole } from '../wire.js';
import type { CreateOptions, Making } from './creating.js';

const MIB = 1024 * 1024;
const IMAGES = ['image/jpeg', 'image/gif', 'image/png', 'image/bmp', 'image/webp'];

type FileOptions = CreateOptions<{ file: Upload | { files: ArrayLike<Upload> } }>;

const isUpload = (value: unknown): value is Upload =>
  isFields(value) && typeof (value as { arrayBuffer?: unknown }).arrayBuffer === 'function';

/** The file of an option: a file, or the input element that somebody chose one with. */
const chosen = (options: FileOptions, missing: number): Upload => {
  const given = fields(fields(options)['payload'])['file'] as unknown;
  const file = isUpload(given) ? given : (given as { files?: ArrayLike<Upload> } | undefined)?.files?.[0];
  if (!isUpload(file)) {
    throw wrong('choose a file', missing);
  }
  if (file.size === 0) {
    throw wrong('the file is empty', Code.FILE_EMPTY);
  }
  return file;
};

const limit = (file: Upload, mebibytes: number, code: number): void => {
  if (file.size > mebibytes * MIB) {
    throw wrong(`the file is above ${mebibytes} MiB`, code);
  }
};

/** Messages about files; these are uploaded when the message is sent. */
export const attaching = (make: Making) => {
  const attach = (
    options: FileOptions,
    kind: 'image' | 'sound' | 'file',
    file: Upload,
    type: string,
    payload: Payload,
    filled: (answer: Fields) => Payload,
  ): Message => {
    const message = make(options, type, payload);
    uploadLater(message, {
      kind,
      file,
      onProgress: options.onProgress,
      element: (answer) => {
        const element = elementOf(type, filled(answer));
        message.payload = payloadOf(element);
        return element;
      },
    });
    return message;
  };

  return {
    createImageMessage(options: FileOptions): Message {
      const file = chosen(options, 2251);
      if (file.type && !IMAGES.includes(file.type)) {
        throw wrong('no picture of a type that is allowed', 2252);
      }
      limit(file, 28, 2253);
      const empty = { uuid: '', imageFormat: 255, imageInfoArray: [] };
      return attach(options, 'image', file, TYPES.MSG_IMAGE, empty, (answer) => ({
        uuid: text(answer, 'UUID'),
        imageFormat: whole(answer, 'ImageFormat', 255),
        imageInfoArray: objects(answer, 'ImageInfoArray').map((info) => ({
          sizeType: whole(info, 'Type'),
          size: whole(info, 'Size'),
          width: whole(info, 'Width'),
          height: whole(info, 'Height'),
          url: text(info, 'URL'),
        })),
      }));
    },

    createAudioMessage(options: FileOptions): Message {
      const file = chosen(options, 2251);
      limit(file, 28, 2301);
      const second = whole(fields(file), 'duration');
      const empty = { uuid: '', url: '', size: file.size, second };
      return attach(options, 'sound', file, TYPES.MSG_SOUND, empty, (answer) => ({
        uuid: text(answer, 'UUID'),
        url: text(answer, 'Url'),
        size: file.size,
        second,
      }));
    },

    createFileMessage(options: FileOptions): Message {
      const file = chosen(options, 2401);
      limit(file, 100, 2402);
      const fileName = file.name ?? 'file';
      const empty = { uuid: '', fileName, fileUrl: '', fileSize: file.size };
      return attach(options, 'file', file, TYPES.MSG_FILE, empty, (answer) => ({
        uuid: text(answer, 'UUID'),
        fileName,
        fileUrl: text(answer, 'Url'),
        fileSize: file.size,
      }));
    },
  };
};
