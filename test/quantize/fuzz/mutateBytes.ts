import type { Random } from '../../../src/core/random.js';
import { concat } from './blobFrame.js';

/** Ways to spoil bytes that know nothing of what they mean. Each returns new bytes. */
export type ByteMutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** One to three bytes with a bit flipped, or anything in their place. */
export const flipBytes: ByteMutation = (bytes, random) => {
  const copy = bytes.slice();
  if (copy.length === 0) return copy;
  for (let count = 1 + random.integer(3); count > 0; count--) {
    const at = random.integer(copy.length);
    const bit = 1 << random.integer(8);
    copy[at] = random.integer(2) === 0 ? copy[at]! ^ bit : random.integer(256);
  }
  return copy;
};

/** A piece cut out, or there twice. */
export const cutOrDouble: ByteMutation = (bytes, random) => {
  const at = random.integer(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.integer(8));
  return random.integer(2) === 0
    ? concat([bytes.subarray(0, at), bytes.subarray(end)])
    : concat([bytes.subarray(0, end), bytes.subarray(at)]);
};

export const truncate: ByteMutation = (bytes, random) =>
  bytes.slice(0, random.integer(bytes.length + 1));

const WIDE_TAGS = [0xc6, 0xdb, 0xdd, 0xdf];
const LENGTHS = [0, 1, 2, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

/** Where MessagePack may say how long something is, another length or another type: binary, text, array, map. */
export const claimLength: ByteMutation = (bytes, random) => {
  const places = [...bytes.keys()].filter((at) => isLengthTag(bytes[at]!));
  const at = places[random.integer(places.length)] ?? 0;
  const length = LENGTHS[random.integer(LENGTHS.length)]!;
  const header = new Uint8Array(5);
  header[0] = WIDE_TAGS[random.integer(WIDE_TAGS.length)]!;
  new DataView(header.buffer).setUint32(1, length);
  const after = random.integer(2) === 0 ? at + 1 : Math.min(bytes.length, at + 5);
  return concat([bytes.subarray(0, at), header, bytes.subarray(after)]);
};

function isLengthTag(byte: number): boolean {
  const isShort = byte >= 0x80 && byte < 0xc0;
  return isShort || (byte >= 0xc4 && byte <= 0xc6) || (byte >= 0xd9 && byte <= 0xdf);
}

/** Types that are not part of the format, reserved ones, and an array within itself a few hundred times. */
export const plantForeign: ByteMutation = (bytes, random) => {
  const at = random.integer(bytes.length + 1);
  const choice = random.integer(3);
  const planted =
    choice === 0
      ? Uint8Array.of([0xc1, 0xc7, 0xc9, 0xd4, 0xd8][random.integer(5)]!, 1, 2, 3)
      : new Uint8Array(200 + random.integer(400)).fill(choice === 1 ? 0x91 : 0x81);
  return concat([bytes.subarray(0, at), planted, bytes.subarray(at)]);
};
