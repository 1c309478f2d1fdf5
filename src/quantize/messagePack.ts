import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import { CONTAINER_VALUES, MAX_NESTING, MAX_VALUES } from './limits.js';

/** What a section of a blob may hold. Maps have string keys. */
export type Packed = null | boolean | number | string | Uint8Array | Packed[] | Map<string, Packed>;

/**
 * Reads one MessagePack value that fills `bytes` exactly.
 *
 * The blob reader has its own decoder because blobs come from outside: this one never allocates ahead of the bytes that are
 * there, whatever lengths are claimed, and it bounds the nesting and the number of values, as an empty map is one byte here and
 * two hundred in memory. Extension types are not part of the format.
 * @param what - what the bytes are, for messages.
 * @returns the value; binary strings are views of `bytes`.
 * @throws {FormatError} naming the byte offset.
 */
export function readMessagePack(bytes: Uint8Array, what: string): Packed {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let at = 0;
  let room = MAX_VALUES;

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

  function unsigned(width: number): number {
    const start = take(width);
    if (width === 1) return view.getUint8(start);
    return width === 2 ? view.getUint16(start) : view.getUint32(start);
  }

  function text(length: number): string {
    const start = take(length);
    try {
      return utf8.decode(bytes.subarray(start, start + length));
    } catch {
      at = start;
      return fail('a string is not UTF-8');
    }
  }

  function binary(length: number): Uint8Array {
    const start = take(length);
    return bytes.subarray(start, start + length);
  }

  function list(length: number, depth: number): Packed[] {
    room -= CONTAINER_VALUES;
    const items: Packed[] = [];
    for (let i = 0; i < length; i++) items.push(value(depth + 1));
    return items;
  }

  function map(length: number, depth: number): Map<string, Packed> {
    room -= CONTAINER_VALUES;
    const entries = new Map<string, Packed>();
    for (let i = 0; i < length; i++) {
      const key = value(depth + 1);
      if (typeof key !== 'string') fail('a key that is not a string');
      if (entries.has(key)) fail(`the key ${show(key)} a second time`);
      entries.set(key, value(depth + 1));
    }
    return entries;
  }

  function value(depth: number): Packed {
    if (depth > MAX_NESTING) fail(`nested deeper than ${MAX_NESTING}`);
    if (--room < 0) fail(`more than ${MAX_VALUES} values`);
    const tag = unsigned(1);
    if (tag < 0x80) return tag;
    if (tag >= 0xe0) return tag - 0x100;
    if (tag < 0x90) return map(tag & 0x0f, depth);
    if (tag < 0xa0) return list(tag & 0x0f, depth);
    if (tag < 0xc0) return text(tag & 0x1f);
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return binary(unsigned(1 << (tag - 0xc4)));
      case 0xca:
        return view.getFloat32(take(4));
      case 0xcb:
        return view.getFloat64(take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return unsigned(1 << (tag - 0xcc));
      case 0xd0:
        return view.getInt8(take(1));
      case 0xd1:
        return view.getInt16(take(2));
      case 0xd2:
        return view.getInt32(take(4));
      case 0xcf: {
        const start = take(8);
        return view.getUint32(start) * 2 ** 32 + view.getUint32(start + 4);
      }
      case 0xd3: {
        const start = take(8);
        return view.getInt32(start) * 2 ** 32 + view.getUint32(start + 4);
      }
      case 0xd9:
      case 0xda:
      case 0xdb:
        return text(unsigned(1 << (tag - 0xd9)));
      case 0xdc:
      case 0xdd:
        return list(unsigned(2 << (tag - 0xdc)), depth);
      case 0xde:
      case 0xdf:
        return map(unsigned(2 << (tag - 0xde)), depth);
      default:
        return fail(`the type 0x${tag.toString(16)}, which is not part of the format,`);
    }
  }

  const result = value(0);
  if (at !== bytes.length) fail(`${bytes.length - at} bytes too many`);
  return result;
}
