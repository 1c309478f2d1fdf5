import { EXP_HIGH, expOf } from './elementary';

/** Replaces pairs of doubles of at most EXP_HIGH, `stride` bytes apart from `at` up to `end`, by their exponentials. */
export function expInPlace(at: usize, end: usize, stride: usize): void {
  for (; at < end; at += stride) v128.store(at, expOf(v128.load(at)));
}

/** `out = float32(sigmoid(slope * margin + intercept))`; reads and writes up to the next multiple of four rows. */
export function sigmoidInto(
  margins: usize,
  rowCount: i32,
  slope: f64,
  intercept: f64,
  out: usize,
): void {
  // two chains of operations side by side: one alone waits for its own results
  for (let row = 0; row < rowCount; row += 4) {
    const low = sigmoidOf(v128.load(margins + 8 * row), slope, intercept);
    const high = sigmoidOf(v128.load(margins + 8 * row, 16), slope, intercept);
    v128.store(out + 4 * row, v128.shuffle<i64>(toSingle(low), toSingle(high), 0, 2));
  }
}

// @ts-ignore: decorator
@inline
function sigmoidOf(margin: v128, slope: f64, intercept: f64): v128 {
  const x = f64x2.add(f64x2.mul(f64x2.splat(slope), margin), f64x2.splat(intercept));
  const e = expOf(f64x2.neg(f64x2.abs(x)));
  const one = f64x2.splat(1);
  const numerator = v128.bitselect(e, one, f64x2.lt(x, f64x2.splat(0)));
  return f64x2.div(numerator, f64x2.add(one, e));
}

/** `out = float32(exp(margin))`; reads and writes up to the next multiple of two rows, and overwrites the margins. */
export function expInto(margins: usize, rowCount: i32, out: usize): void {
  const end = margins + 8 * rowCount;
  for (let at = margins; at < end; at += 16) {
    v128.store(at, f64x2.min(v128.load(at), f64x2.splat(EXP_HIGH)));
  }
  expInPlace(margins, end, 16);
  for (let row = 0; row < rowCount; row += 2) {
    v128.store64_lane(out + 4 * row, toSingle(v128.load(margins + 8 * row)), 0);
  }
}

/** `out = float32(min(1, max(0, margin)))`; reads and writes up to the next multiple of two rows. */
export function clampInto(margins: usize, rowCount: i32, out: usize): void {
  for (let row = 0; row < rowCount; row += 2) {
    const p = f64x2.min(f64x2.splat(1), f64x2.max(f64x2.splat(0), v128.load(margins + 8 * row)));
    v128.store64_lane(out + 4 * row, toSingle(p), 0);
  }
}

// @ts-ignore: decorator
@inline
export function toSingle(x: v128): v128 {
  return f32x4.demote_f64x2_zero(x);
}
