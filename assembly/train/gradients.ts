import { expNegative } from './exponential';

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
  let row: usize = 0;
  // four rows a turn: engines make the constants anew each turn
  for (; row + 4 <= paired; row += 4) {
    const first = pairsAt(row, margins, targets, weights);
    const second = pairsAt(row + 2, margins, targets, weights);
    v128.store(gradients + (row << 3), first);
    v128.store(gradients + (row << 3), second, 16);
  }
  for (; row < paired; row += 2) {
    v128.store(gradients + (row << 3), pairsAt(row, margins, targets, weights));
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

// @ts-ignore: decorator
@inline
function pairsAt(row: usize, margins: usize, targets: usize, weights: usize): v128 {
  return logisticPairs(
    v128.load(margins + (row << 3)),
    f64x2.promote_low_f32x4(v128.load64_zero(targets + (row << 2))),
    f64x2.promote_low_f32x4(v128.load64_zero(weights + (row << 2))),
  );
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
