import { CODE_BYTES, SUM_BYTES, SUMS, TILE_ROWS } from './plan';

/**
 * Adds the leaves of the trees of a chunk. A piece has a table of 16 bytes, one a code; the bytes of the pieces of a tree add up,
 * modulo 256, to its leaf. Codes of 32 rows are in 16 bytes, see exchangeBits.
 *
 * Sixteen sums of bytes fit in two vectors of 16-bit lanes: the sum of the lanes as they are, in which an even byte counts once and
 * its odd neighbour 256 times, and the sum of the odd bytes alone. At most 128 trees of at most 255 stay below 2^15.
 * @param sums - for each 32 rows four vectors, as above: of the 16 rows with low codes, then of those with high ones (IN and OUT)
 */
export function addLeaves(
  codes: usize,
  tables: usize,
  treeCount: i32,
  pieceCount: i32,
  sums: usize,
): void {
  const nibble = i8x16.splat(15);
  for (const end = codes + CODE_BYTES; codes < end; codes += 16) {
    let low = v128.load(sums);
    let lowOdd = v128.load(sums, 16);
    let high = v128.load(sums, 32);
    let highOdd = v128.load(sums, 48);
    let code = codes;
    let table = tables;
    for (let tree = treeCount; tree > 0; tree--) {
      let pair = v128.load(code);
      let leaves = v128.load(table);
      let a = i8x16.swizzle(leaves, v128.and(pair, nibble));
      let b = i8x16.swizzle(leaves, v128.and(i16x8.shr_u(pair, 4), nibble));
      code += CODE_BYTES;
      table += 16;
      for (let piece = pieceCount; piece > 1; piece--) {
        pair = v128.load(code);
        leaves = v128.load(table);
        a = i8x16.add(a, i8x16.swizzle(leaves, v128.and(pair, nibble)));
        b = i8x16.add(b, i8x16.swizzle(leaves, v128.and(i16x8.shr_u(pair, 4), nibble)));
        code += CODE_BYTES;
        table += 16;
      }
      low = i16x8.add(low, a);
      lowOdd = i16x8.add(lowOdd, i16x8.shr_u(a, 8));
      high = i16x8.add(high, b);
      highOdd = i16x8.add(highOdd, i16x8.shr_u(b, 8));
    }
    v128.store(sums, low);
    v128.store(sums, lowOdd, 16);
    v128.store(sums, high, 32);
    v128.store(sums, highOdd, 48);
    sums += 64;
  }
}

/** Sets the sums of a tile to 0. */
export function clearSums(plan: usize, planeCount: i32): void {
  memory.fill(<usize>load<u32>(plan, SUMS), 0, SUM_BYTES * planeCount);
}

/** `margins += scale * (sum + constant)` in float64 for a tile; the sum of two planes is `high * 256 + low`. */
export function foldSums(
  plan: usize,
  planeCount: i32,
  constant: i32,
  scale: f64,
  margins: usize,
): void {
  let sums = <usize>load<u32>(plan, SUMS);
  // sums of 32 rows: 16 from the first, and 16 that stand 64 rows further
  for (let half: usize = 0; half < TILE_ROWS; half += 128) {
    for (let row = half; row < half + 64; row += 16) {
      foldSixteen(sums, planeCount, constant, scale, margins + 8 * row);
      foldSixteen(sums + 32, planeCount, constant, scale, margins + 8 * row + 512);
      sums += 64;
    }
  }
}

function foldSixteen(sums: usize, planeCount: i32, constant: i32, scale: f64, margins: usize): void {
  const odd = v128.load(sums, 16);
  const even = i16x8.sub(v128.load(sums), i16x8.shl(odd, 8));
  let highOdd = i16x8.splat(0);
  let highEven = highOdd;
  if (planeCount == 2) {
    highOdd = v128.load(sums, SUM_BYTES + 16);
    highEven = i16x8.sub(v128.load(sums, SUM_BYTES), i16x8.shl(highOdd, 8));
  }
  foldEight(
    v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11),
    v128.shuffle<i16>(highEven, highOdd, 0, 8, 1, 9, 2, 10, 3, 11),
    constant,
    scale,
    margins,
  );
  foldEight(
    v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15),
    v128.shuffle<i16>(highEven, highOdd, 4, 12, 5, 13, 6, 14, 7, 15),
    constant,
    scale,
    margins + 64,
  );
}

function foldEight(low: v128, high: v128, constant: i32, scale: f64, margins: usize): void {
  const start = i32x4.splat(constant);
  const a = i32x4.add(start, i32x4.add(i32x4.extend_low_i16x8_u(low), i32x4.shl(i32x4.extend_low_i16x8_u(high), 8)));
  const b = i32x4.add(start, i32x4.add(i32x4.extend_high_i16x8_u(low), i32x4.shl(i32x4.extend_high_i16x8_u(high), 8)));
  const factor = f64x2.splat(scale);
  addTwo(margins, 0, f64x2.convert_low_i32x4_s(a), factor);
  addTwo(margins, 16, f64x2.convert_low_i32x4_s(v128.shuffle<i64>(a, a, 1, 1)), factor);
  addTwo(margins, 32, f64x2.convert_low_i32x4_s(b), factor);
  addTwo(margins, 48, f64x2.convert_low_i32x4_s(v128.shuffle<i64>(b, b, 1, 1)), factor);
}

// @ts-ignore: decorator
@inline
function addTwo(out: usize, at: usize, sum: v128, factor: v128): void {
  v128.store(out + at, f64x2.add(v128.load(out + at), f64x2.mul(factor, sum)));
}

/** Sets the margins of a tile to the base score. */
export function fillMargins(margins: usize, value: f64): void {
  const start = f64x2.splat(value);
  for (let at: usize = 0; at < 8 * TILE_ROWS; at += 16) v128.store(margins + at, start);
}
