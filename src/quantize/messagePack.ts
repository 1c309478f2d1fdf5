import { FormatError } from '../core/errors.js';

/** What a section of a blob may hold. Maps are objects that inherit nothing. */
export type Packed = null | boolean | number | string | Uint8Array | Packed[] | PackedMap;

export interface PackedMap {
  [key: string]: Packed;
}

/** Deeper nesting is refused: it is what an expression of the greatest depth needs, and some room. */
const MAX_NESTING = 300;

/**
 * Reads one MessagePack value that fills `bytes` exactly.
 *
 * The blob reader has its own decoder because blobs come from outside: this one never allocates ahead of the bytes that are
 * there, whatever lengths are claimed, and it bounds the nesting. Extension types are not part of the format.
 * @param what - what the bytes are, for messages.
 * @returns the value; binary strings are views of `bytes`.
 * @throws {FormatError} naming the byte offset.
 */
export function readMessagePack(bytes: Uint8Array, what: string): Packed {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder('utf-8', { fatal: true });
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
  function number(kind: 'Uint' | 'Int' | 'Float' | 'BigUint' | 'BigInt', width: number): number {
    return Number(view[`get${kind}${8 * width}` as 'getUint8'](take(width)));
  }

  function binary(length: number): Uint8Array {
    return bytes.subarray(take(length), at);
  }

  function text(length: number): string {
    const start = at;
    const encoded = binary(length);
    try {
      return utf8.decode(encoded);
    } catch {
      at = start;
      return fail('a string is not UTF-8');
    }
  }

  function list(length: number, depth: number): Packed[] {
    const items: Packed[] = [];
    for (let i = 0; i < length; i++) items.push(value(depth + 1));
    return items;
  }

  function map(length: number, depth: number): PackedMap {
    const entries: PackedMap = Object.create(null);
    for (let i = 0; i < length; i++) {
      const key = value(depth + 1);
      if (typeof key !== 'string') fail('a key that is not a string');
      if (key in entries) fail(`the key "${key}" a second time`);
      entries[key] = value(depth + 1);
    }
    return entries;
  }

  function value(depth: number): Packed {
    if (depth > MAX_NESTING) fail(`nested deeper than ${MAX_NESTING}`);
    const tag = number('Uint', 1);
    if (tag < 0x80) return tag;
    if (tag < 0x90) return map(tag & 0x0f, depth);
    if (tag < 0xa0) return list(tag & 0x0f, depth);
    if (tag < 0xc0) return text(tag & 0x1f);
    if (tag >= 0xe0) return tag - 0x100;
    // the widths of a kind follow one another: 1, 2, 4 and 8 bytes
    const width = (first: number): number => 1 << (tag - first);
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return tag === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return binary(number('Uint', width(0xc4)));
      case 0xca:
      case 0xcb:
        return number('Float', 4 * width(0xca));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return number('Uint', width(0xcc));
      case 0xcf:
        return number('BigUint', 8);
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return number('Int', width(0xd0));
      case 0xd3:
        return number('BigInt', 8);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return text(number('Uint', width(0xd9)));
      case 0xdc:
      case 0xdd:
        return list(number('Uint', 2 * width(0xdc)), depth);
      case 0xde:
      case 0xdf:
        return map(number('Uint', 2 * width(0xde)), depth);
      default:
        return fail(`the type 0x${tag.toString(16)}, which is not part of the format,`);
    }
  }

  const result = value(0);
  if (at !== bytes.length) fail(`${bytes.length - at} bytes too many`);
  return result;
}
