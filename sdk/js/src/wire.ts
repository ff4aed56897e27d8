/**
 * Reads what a server sent. Nothing is believed: a field of another type than expected counts as
 * absent, so that no frame can make the SDK throw.
 */

/** An object off the wire. */
export type Fields = { readonly [name: string]: unknown };

const NONE: Fields = Object.freeze(Object.create(null));

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, or one without fields. */
export const fields = (value: unknown): Fields => (isFields(value) ? value : NONE);

/** An own field: a frame must not reach what every object inherits. */
const own = (from: Fields, name: string): unknown =>
  Object.prototype.hasOwnProperty.call(from, name) ? from[name] : undefined;

export const text = (from: Fields, name: string, absent = ''): string => {
  const value = own(from, name);
  return typeof value === 'string' ? value : absent;
};

export const whole = (from: Fields, name: string, absent = 0): number => {
  const value = own(from, name);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : absent;
};

export const decimal = (from: Fields, name: string): number => {
  const value = own(from, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
};

export const flag = (from: Fields, name: string): boolean => own(from, name) === true;

export const has = (from: Fields, name: string): boolean => {
  const value = own(from, name);
  return value !== undefined && value !== null;
};

export const sub = (from: Fields, name: string): Fields => fields(own(from, name));

export const list = (from: Fields, name: string): readonly unknown[] => {
  const value = own(from, name);
  return Array.isArray(value) ? value : [];
};

/** The objects of an array. */
export const objects = (from: Fields, name: string): Fields[] => list(from, name).filter(isFields);

/** The texts of an array. */
export const texts = (from: Fields, name: string): string[] =>
  list(from, name).filter((each): each is string => typeof each === 'string');

/** The numbers of an array. */
export const wholes = (from: Fields, name: string): number[] =>
  list(from, name).filter((each): each is number => Number.isSafeInteger(each));

/** Key-value pairs as the API shows them; also those whose key every object inherits. */
export const pairs = (from: Fields): { key: string; value: string }[] =>
  Object.entries(from)
    .filter((each): each is [string, string] => typeof each[1] === 'string')
    .map(([key, value]) => ({ key, value }));

/** A plain map of texts that inherits nothing. */
export const texted = (from: Fields): Record<string, string> => {
  const map: Record<string, string> = Object.create(null);
  for (const { key, value } of pairs(from)) {
    map[key] = value;
  }
  return map;
};

/** Bytes of a text in UTF-8, without an encoder: React Native has none. */
export const utf8Length = (value: string): number => {
  let bytes = 0;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x80) {
      bytes += 1;
    } else if (unit < 0x800) {
      bytes += 2;
    } else if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < value.length) {
      bytes += 4;
      i++;
    } else {
      bytes += 3;
    }
  }
  return bytes;
};
