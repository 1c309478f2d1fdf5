import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import { CONTAINER_VALUES, MAX_NESTING, MAX_VALUES } from './limits.js';

/** What a section of a blob may hold. Maps are objects that inherit nothing. */
export type Packed = null | boolean | number | string | Uint8Array | Packed[] | PackedMap;

export interface PackedMap {
  [key: string]: Packed;
}

// a byte order mark is a character of a level or a name like any other
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads one MessagePack value that fills `bytes` exactly.
 *
 * The blob reader has its own decoder because blobs come from outside: this one never allocates ahead of the bytes that are
 * there, whatever lengths are claimed, and it bounds the nesting and the number of values, as an empty map is one byte here and
 * two hundred in memory. Extension types are not part of the format.
 * @param what - what the bytes are, for messages.
 * @param room - how many values there may be yet; those that are read are taken off (IN and OUT)
 * @returns the value; binary strings are views of `bytes`.
 * @throws {FormatError} naming the byte offset.
 */
export function readMessagePack(
  bytes: Uint8Array,
  what: string,
  room: { values: number } = { values: MAX_VALUES },
): Packed {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function fail(message: string): never {
    throw new FormatError(`${what}: ${message} at byte ${at}`);
  }

  /** Moves past `length` bytes and returns where they start. */
  function take(length: number): number {
    if (length > bytes.length - at) {
      fail(`${length} bytes were expected, ${bytes.length - at} are left`);
    }
    at += length;
    return at - length;
  }

  /** A big-endian number of `width` bytes; integers beyond 2^53 are rounded. */
  function number(kind: 'Uint' | 'Int' | 'Float', width: number): number {
    const big = width === 8 && kind !== 'Float' ? 'Big' : '';
    return Number(view[`get${big}${kind}${8 * width}` as 'getUint8'](take(width)));
  }

  function binary(length: number): Uint8Array {
    return bytes.subarray(take(length), at);
  }

  function text(length: number): string {
    const start = at;
    const encoded = binary(length);
    try {
      return UTF8.decode(encoded);
    } catch {
      at = start;
      return fail('a string is not UTF-8');
    }
  }

  function list(length: number, depth: number): Packed[] {
    room.values -= CONTAINER_VALUES;
    const items: Packed[] = [];
    for (let i = 0; i < length; i++) items.push(value(depth + 1));
    return items;
  }

  function map(length: number, depth: number): PackedMap {
    room.values -= CONTAINER_VALUES;
    const entries: PackedMap = Object.create(null);
    for (let i = 0; i < length; i++) {
      const key = value(depth + 1);
      if (typeof key !== 'string') fail('a key that is not a string');
      if (key in entries) fail(`the key ${show(key)} a second time`);
      entries[key] = value(depth + 1);
    }
    return entries;
  }

  function value(depth: number): Packed {
    if (depth > MAX_NESTING) fail(`nested deeper than ${MAX_NESTING}`);
    if (--room.values < 0) fail(`more than ${MAX_VALUES} values`);
    const tag = bytes[take(1)]!;
    if (tag < 0x80) return tag;
    if (tag < 0x90) return map(tag & 0x0f, depth);
    if (tag < 0xa0) return list(tag & 0x0f, depth);
    if (tag < 0xc0) return text(tag & 0x1f);
    if (tag >= 0xe0) return tag - 0x100;
    if (tag < 0xc4 && tag !== 0xc1) return tag === 0xc0 ? null : tag === 0xc3;
    return sized(tag, depth);
  }

  /** What begins with a number or a length; those of a kind follow one another: 1, 2, 4 and 8 bytes. */
  function sized(tag: number, depth: number): Packed {
    const width = 1 << (tag & 3);
    if (tag >= 0xc4 && tag < 0xc7) return binary(number('Uint', width));
    if (tag >= 0xca && tag < 0xcc) return number('Float', width);
    if (tag >= 0xcc && tag < 0xd0) return number('Uint', width);
    if (tag >= 0xd0 && tag < 0xd4) return number('Int', width);
    if (tag >= 0xde) return map(number('Uint', width / 2), depth);
    if (tag >= 0xdc) return list(number('Uint', width * 2), depth);
    if (tag >= 0xd9) return text(number('Uint', width / 2));
    return fail(`the type 0x${tag.toString(16)}, which is not part of the format,`);
  }

  const result = value(0);
  if (at !== bytes.length) fail(`${bytes.length - at} bytes too many`);
  return result;
}
