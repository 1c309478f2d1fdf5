const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const EXP_UNDERFLOW: f64 = -708.3964185322641;
const MIN_HESSIAN: f64 = 1e-16;

/**
 * Gradients and hessians of the binary log loss, two rows at a time.
 * With z the margin, its sign turned for positive rows: `gradient = ∓ weight * sigmoid(z)`, `hessian = weight * e / (1 + e)²`, e = exp(-|z|).
 * @param margins - float64 a row
 * @param targets - float32 a row, 0 or 1
 * @param weights - float32 a row
 * @param gradients - a float32 pair a row (OUT)
 */
export function logisticGradients(
  margins: usize,
  targets: usize,
  weights: usize,
  rowCount: usize,
  gradients: usize,
): void {
  const paired = rowCount & ~1;
  for (let row: usize = 0; row < paired; row += 2) {
    const pairs = logisticPairs(
      v128.load(margins + (row << 3)),
      f64x2.promote_low_f32x4(v128.load64_zero(targets + (row << 2))),
      f64x2.promote_low_f32x4(v128.load64_zero(weights + (row << 2))),
    );
    v128.store(gradients + (row << 3), pairs);
  }
  if (paired < rowCount) {
    const pairs = logisticPairs(
      v128.load64_zero(margins + (paired << 3)),
      f64x2.promote_low_f32x4(v128.load32_zero(targets + (paired << 2))),
      f64x2.promote_low_f32x4(v128.load32_zero(weights + (paired << 2))),
    );
    v128.store_lane<u64>(gradients + (paired << 3), pairs, 0);
  }
}

/** gradient, hessian, gradient, hessian of two rows, in float32. */
// @ts-ignore: decorator
@inline
function logisticPairs(margin: v128, target: v128, weight: v128): v128 {
  const one = f64x2.splat(1);
  const positive = f64x2.gt(target, f64x2.splat(0.5));
  const sign = v128.and(positive, f64x2.splat(-0.0));
  const z = v128.xor(margin, sign);
  const e = expNegative(f64x2.neg(f64x2.abs(margin)));
  const r = f64x2.div(one, f64x2.add(one, e));
  const numerator = v128.bitselect(e, one, f64x2.lt(z, f64x2.splat(0)));
  const gradient = f64x2.mul(weight, v128.xor(f64x2.mul(numerator, r), sign));
  const curvature = f64x2.pmax(f64x2.splat(MIN_HESSIAN), f64x2.mul(f64x2.mul(e, r), r));
  const hessian = f64x2.mul(weight, curvature);
  return v128.shuffle<f32>(
    f32x4.demote_f64x2_zero(gradient),
    f32x4.demote_f64x2_zero(hessian),
    0,
    4,
    1,
    5,
  );
}

/** e^x for x <= 0: `exp` of src/core/elementary.ts, operation by operation. */
// @ts-ignore: decorator
@inline
function expNegative(x: v128): v128 {
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, f64x2.splat(LOG2_E)), f64x2.splat(0.5)));
  const high = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(k, f64x2.splat(LN2_LOW)));
  let p = f64x2.splat(1.0 / 6227020800.0);
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 479001600.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 39916800.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 3628800.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 362880.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 40320.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 5040.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 720.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 120.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 24.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 6.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.5));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  const exponent = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
  const half = i64x2.shr_s(exponent, 1);
  const scaled = f64x2.mul(p, powerOfTwo(half));
  const result = f64x2.mul(scaled, powerOfTwo(i64x2.sub(exponent, half)));
  return v128.andnot(result, f64x2.lt(x, f64x2.splat(EXP_UNDERFLOW)));
}

/** 2^k for k in [-1022, 1023]. */
// @ts-ignore: decorator
@inline
function powerOfTwo(k: v128): v128 {
  return i64x2.shl(i64x2.add(k, i64x2.splat(1023)), 52);
}
