import { KIND, SETS, TEST_COUNT, TEST_PLANES } from '../bin';
import { PLANE_BYTES } from '../plan';
import { exchangeBits } from './bits';

const LOW: u64 = 0x0f0f0f0f0f0f0f0f;
const WORD: usize = 8;
/** 15 planes and a free one */
const NIBBLE: usize = 16 * WORD;

/** The scalar twin of ../tests.ts: 64 rows at a time, each half of a vector on its own. */
export function testPlanes(column: usize, ranks: usize, scratch: usize): void {
  const isSet = load<u32>(column, KIND) == SETS;
  const count = load<i32>(column, TEST_COUNT);
  const bits = scratch + 2 * NIBBLE;
  for (let word: usize = 0; word < PLANE_BYTES; word += WORD) {
    const out = <usize>load<u32>(column, TEST_PLANES) + word;
    // 128 rows a half, of which a word has each second eight
    const bytes = ranks + ((word & 16) << 3) + (word & 8);
    if (isSet) {
      lowBits(bytes, out, PLANE_BYTES);
      highBits(bytes, out + 4 * PLANE_BYTES, PLANE_BYTES);
      continue;
    }
    lowBits(bytes, bits, WORD);
    if (count < 16) greaterThan(bits, out, PLANE_BYTES);
    else {
      greaterThan(bits, scratch, WORD);
      highBits(bytes, bits, WORD);
      greaterThan(bits, scratch + NIBBLE, WORD);
      combineNibbles(scratch, count, out);
    }
  }
}

/** The planes of the low four bits of 64 bytes: eight at `bytes`, then every second eight. */
function lowBits(bytes: usize, out: usize, stride: usize): void {
  exchangeBits(
    lowNibbles(bytes),
    lowNibbles(bytes + 16),
    lowNibbles(bytes + 32),
    lowNibbles(bytes + 48),
    out,
    stride,
  );
}

/** The planes of the high four bits. */
function highBits(bytes: usize, out: usize, stride: usize): void {
  exchangeBits(
    highNibbles(bytes),
    highNibbles(bytes + 16),
    highNibbles(bytes + 32),
    highNibbles(bytes + 48),
    out,
    stride,
  );
}

// @ts-ignore: decorator
@inline
function lowNibbles(bytes: usize): u64 {
  return (load<u64>(bytes) & LOW) | ((load<u64>(bytes, 64) & LOW) << 4);
}

// @ts-ignore: decorator
@inline
function highNibbles(bytes: usize): u64 {
  return ((load<u64>(bytes) >> 4) & LOW) | (load<u64>(bytes, 64) & ~LOW);
}

/** From the planes of four bits to the planes of `nibble > j`, for j from 0 to 14. */
function greaterThan(bits: usize, out: usize, stride: usize): void {
  const a = load<u64>(bits);
  const b = load<u64>(bits, 8);
  const c = load<u64>(bits, 16);
  const d = load<u64>(bits, 24);
  const two0 = b | a;
  const two2 = b & a;
  const three0 = c | two0;
  const three1 = c | b;
  const three2 = c | two2;
  const three4 = c & two0;
  const three5 = c & b;
  const three6 = c & two2;
  store<u64>(out, d | three0);
  store<u64>(out + stride, d | three1);
  store<u64>(out + 2 * stride, d | three2);
  store<u64>(out + 3 * stride, d | c);
  store<u64>(out + 4 * stride, d | three4);
  store<u64>(out + 5 * stride, d | three5);
  store<u64>(out + 6 * stride, d | three6);
  store<u64>(out + 7 * stride, d);
  store<u64>(out + 8 * stride, d & three0);
  store<u64>(out + 9 * stride, d & three1);
  store<u64>(out + 10 * stride, d & three2);
  store<u64>(out + 11 * stride, d & c);
  store<u64>(out + 12 * stride, d & three4);
  store<u64>(out + 13 * stride, d & three5);
  store<u64>(out + 14 * stride, d & three6);
}

/** @param above - `low > j` in 15 words and a free one, then `high > h` in 15 words */
function combineNibbles(above: usize, count: i32, out: usize): void {
  let atLeast: u64 = -1;
  let high = above + NIBBLE;
  for (let first = 0; first < count; first += 16) {
    // no row has a high nibble above 15
    const isAbove: u64 = first < 240 ? load<u64>(high) : 0;
    for (let at: usize = 0; at < 15; at++) {
      store<u64>(out + at * PLANE_BYTES, isAbove | (atLeast & load<u64>(above + at * WORD)));
    }
    store<u64>(out + 15 * PLANE_BYTES, isAbove);
    atLeast = isAbove;
    high += WORD;
    out += 16 * PLANE_BYTES;
  }
}
