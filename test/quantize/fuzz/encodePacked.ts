import { encode } from '@msgpack/msgpack';
import type { Packed } from '../../../src/quantize/messagePack.js';
import { concat, mapHeader } from './blobFrame.js';

/** MessagePack of a value as the reader gives it; the library's encoder takes a Map for an object without keys. */
export function encodePacked(value: Packed): Uint8Array {
  if (Array.isArray(value)) {
    const { length } = value;
    const header = Uint8Array.of(0xdd, length >>> 24, length >>> 16, length >>> 8, length);
    return concat([header, ...value.map(encodePacked)]);
  }
  if (value instanceof Map) {
    const entries = [...value].flatMap(([key, item]) => [encode(key), encodePacked(item)]);
    return concat([mapHeader(value.size), ...entries]);
  }
  // as a float: the encoder writes -0 as the integer 0
  if (Object.is(value, -0)) return Uint8Array.of(0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0);
  return encode(value);
}
