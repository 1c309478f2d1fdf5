/**
 * The exponential and the logistic function on two lanes with the operations, and the order of operations, of src/core/elementary.ts, so that the
 * bits are the same.
 */

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const EXP_UNDERFLOW: f64 = -708.3964185322641;
/** far above what a float32 can be, and 2^k is still one double */
const EXP_HIGH: f64 = 709;

/** e^x of two lanes of at most EXP_HIGH, so that one factor does for 2^k. */
// @ts-ignore: decorator
@inline
function expOf(x: v128): v128 {
  const clamped = f64x2.max(x, f64x2.splat(EXP_UNDERFLOW));
  const k = f64x2.floor(f64x2.add(f64x2.mul(clamped, f64x2.splat(LOG2_E)), f64x2.splat(0.5)));
  const r = f64x2.sub(
    f64x2.sub(clamped, f64x2.mul(k, f64x2.splat(LN2_HIGH))),
    f64x2.mul(k, f64x2.splat(LN2_LOW)),
  );
  let p = f64x2.splat(1.0 / 6227020800.0);
  p = step(p, r, 1.0 / 479001600.0);
  p = step(p, r, 1.0 / 39916800.0);
  p = step(p, r, 1.0 / 3628800.0);
  p = step(p, r, 1.0 / 362880.0);
  p = step(p, r, 1.0 / 40320.0);
  p = step(p, r, 1.0 / 5040.0);
  p = step(p, r, 1.0 / 720.0);
  p = step(p, r, 1.0 / 120.0);
  p = step(p, r, 1.0 / 24.0);
  p = step(p, r, 1.0 / 6.0);
  p = step(p, r, 0.5);
  p = step(p, r, 1.0);
  p = step(p, r, 1.0);
  // 2^k from its bits: k + 1023 in the exponent
  const exponent = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
  const power = i64x2.shl(i64x2.add(exponent, i64x2.splat(1023)), 52);
  const result = f64x2.mul(p, power);
  return v128.andnot(result, f64x2.lt(x, f64x2.splat(EXP_UNDERFLOW)));
}

// @ts-ignore: decorator
@inline
function step(p: v128, r: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(p, r), f64x2.splat(coefficient));
}

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
