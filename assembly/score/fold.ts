import { SUMS, TILE_ROWS } from './plan';

/** `margins += scale * sum` in float64 for a tile; the sum of two planes is `high * 256 + low`. */
export function foldSums(plan: usize, planeCount: i32, scale: f64, margins: usize): void {
  const sums = <usize>load<u32>(plan, SUMS);
  const factor = f64x2.splat(scale);
  for (let row: usize = 0; row < TILE_ROWS; row += 8) {
    const low = v128.load(sums + 2 * row);
    let a = i32x4.extend_low_i16x8_s(low);
    let b = i32x4.extend_high_i16x8_s(low);
    if (planeCount == 2) {
      const high = v128.load(sums + 2 * row, 2 * TILE_ROWS);
      a = i32x4.add(a, i32x4.shl(i32x4.extend_low_i16x8_s(high), 8));
      b = i32x4.add(b, i32x4.shl(i32x4.extend_high_i16x8_s(high), 8));
    }
    const out = margins + 8 * row;
    addTwo(out, 0, f64x2.convert_low_i32x4_s(a), factor);
    addTwo(out, 16, f64x2.convert_low_i32x4_s(v128.shuffle<i64>(a, a, 1, 1)), factor);
    addTwo(out, 32, f64x2.convert_low_i32x4_s(b), factor);
    addTwo(out, 48, f64x2.convert_low_i32x4_s(v128.shuffle<i64>(b, b, 1, 1)), factor);
  }
}

// @ts-ignore: decorator
@inline
function addTwo(out: usize, at: usize, sum: v128, factor: v128): void {
  v128.store(out + at, f64x2.add(v128.load(out + at), f64x2.mul(factor, sum)));
}

/** Sets the sums of a plane to what the single-leaf trees of a group add. */
export function fillSums(sums: usize, value: i32): void {
  const start = i16x8.splat(<i16>value);
  for (let at: usize = 0; at < 2 * TILE_ROWS; at += 16) v128.store(sums + at, start);
}

/** Sets the margins of a tile to the base score. */
export function fillMargins(margins: usize, value: f64): void {
  const start = f64x2.splat(value);
  for (let at: usize = 0; at < 8 * TILE_ROWS; at += 16) v128.store(margins + at, start);
}
