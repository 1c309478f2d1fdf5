import { encode } from '@msgpack/msgpack';
import type { Packed, PackedMap } from '../../../src/quantize/messagePack.js';
import { concat, mapHeader } from './blobFrame.js';

/** Whether a value as the reader gives it is a map. */
export function isMap(value: Packed): value is PackedMap {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** MessagePack of a value as the reader gives it. */
export function encodePacked(value: Packed): Uint8Array {
  if (Array.isArray(value)) {
    const { length } = value;
    const header = Uint8Array.of(0xdd, length >>> 24, length >>> 16, length >>> 8, length);
    return concat([header, ...value.map(encodePacked)]);
  }
  if (isMap(value)) {
    const entries = Object.entries(value);
    const parts = entries.flatMap(([key, item]) => [encode(key), encodePacked(item)]);
    return concat([mapHeader(entries.length), ...parts]);
  }
  // as a float: the encoder writes -0 as the integer 0
  if (Object.is(value, -0)) return Uint8Array.of(0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0);
  return encode(value);
}
