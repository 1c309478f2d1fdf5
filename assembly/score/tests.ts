import { KIND, SETS, TEST_COUNT, TEST_PLANES } from './bin';
import { exchangeBits } from './bits';
import { PLANE_BYTES } from './plan';

const VECTOR: usize = 16;
const NIBBLE: usize = 16 * VECTOR;

/**
 * The tests of a column as planes: which rows go right, which is `rank > k` of the k-th threshold, or a bit of a set column.
 *
 * The ranks are turned into planes of their eight bits. Whether the low nibble is above j makes 15 planes, whether the high one is
 * above h makes 15 more, and `rank > 16 h + j` is `high > h or (high >= h and low > j)`.
 * @param ranks - a byte a row
 * @param scratch - 32 vectors and four more
 */
export function testPlanes(column: usize, ranks: usize, scratch: usize): void {
  const out = <usize>load<u32>(column, TEST_PLANES);
  const count = load<i32>(column, TEST_COUNT);
  if (load<u32>(column, KIND) == SETS) {
    for (let half: usize = 0; half < PLANE_BYTES; half += VECTOR) {
      lowBits(ranks + 8 * half, out + half, PLANE_BYTES);
      highBits(ranks + 8 * half, out + half + 4 * PLANE_BYTES, PLANE_BYTES);
    }
    return;
  }
  const bits = scratch + 2 * NIBBLE;
  for (let half: usize = 0; half < PLANE_BYTES; half += VECTOR) {
    lowBits(ranks + 8 * half, bits, VECTOR);
    if (count < 16) greaterThan(bits, out + half, PLANE_BYTES);
    else {
      greaterThan(bits, scratch, VECTOR);
      highBits(ranks + 8 * half, bits, VECTOR);
      greaterThan(bits, scratch + NIBBLE, VECTOR);
      combineNibbles(scratch, count, out + half);
    }
  }
}

/** The planes of the low four bits of 128 bytes. */
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
function lowNibbles(bytes: usize): v128 {
  const mask = i8x16.splat(15);
  return v128.or(
    v128.and(v128.load(bytes), mask),
    i16x8.shl(v128.and(v128.load(bytes, 64), mask), 4),
  );
}

// @ts-ignore: decorator
@inline
function highNibbles(bytes: usize): v128 {
  const mask = i8x16.splat(15);
  return v128.or(
    v128.and(i16x8.shr_u(v128.load(bytes), 4), mask),
    v128.andnot(v128.load(bytes, 64), mask),
  );
}

/** From the planes of four bits to the planes of `nibble > j`, for j from 0 to 14. */
function greaterThan(bits: usize, out: usize, stride: usize): void {
  const a = v128.load(bits);
  const b = v128.load(bits, 16);
  const c = v128.load(bits, 32);
  const d = v128.load(bits, 48);
  const two0 = v128.or(b, a);
  const two2 = v128.and(b, a);
  const three0 = v128.or(c, two0);
  const three1 = v128.or(c, b);
  const three2 = v128.or(c, two2);
  const three4 = v128.and(c, two0);
  const three5 = v128.and(c, b);
  const three6 = v128.and(c, two2);
  v128.store(out, v128.or(d, three0));
  v128.store(out + stride, v128.or(d, three1));
  v128.store(out + 2 * stride, v128.or(d, three2));
  v128.store(out + 3 * stride, v128.or(d, c));
  v128.store(out + 4 * stride, v128.or(d, three4));
  v128.store(out + 5 * stride, v128.or(d, three5));
  v128.store(out + 6 * stride, v128.or(d, three6));
  v128.store(out + 7 * stride, d);
  v128.store(out + 8 * stride, v128.and(d, three0));
  v128.store(out + 9 * stride, v128.and(d, three1));
  v128.store(out + 10 * stride, v128.and(d, three2));
  v128.store(out + 11 * stride, v128.and(d, c));
  v128.store(out + 12 * stride, v128.and(d, three4));
  v128.store(out + 13 * stride, v128.and(d, three5));
  v128.store(out + 14 * stride, v128.and(d, three6));
}

/** @param above - `low > j` in 15 vectors and a free one, then `high > h` in 15 vectors */
function combineNibbles(above: usize, count: i32, out: usize): void {
  let atLeast = i8x16.splat(-1);
  let high = above + NIBBLE;
  for (let first = 0; first < count; first += 16) {
    // no row has a high nibble above 15
    const isAbove = first < 240 ? v128.load(high) : i8x16.splat(0);
    for (let at: usize = 0; at < 15; at++) {
      const low = v128.load(above + at * VECTOR);
      v128.store(out + at * PLANE_BYTES, v128.or(isAbove, v128.and(atLeast, low)));
    }
    v128.store(out + 15 * PLANE_BYTES, isAbove);
    atLeast = isAbove;
    high += VECTOR;
    out += 16 * PLANE_BYTES;
  }
}
