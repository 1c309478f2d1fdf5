import { expNegative } from './exponential';

const MIN_HESSIAN: f64 = 1e-16;

/**
 * What the softmax of a row shares among its classes, two rows at a time: its greatest margin, and the sum over the classes
 * of `exp(margin - greatest)`.
 * @param margins - float64 a row, class after class, `stride` bytes apart
 * @param greatests - the greatest margin of each row, float64 (OUT)
 * @param sums - the sum of each row, float64 (OUT)
 */
export function softmaxNormalizers(
  margins: usize,
  stride: usize,
  rowCount: usize,
  classCount: usize,
  greatests: usize,
  sums: usize,
): void {
  const end = margins + classCount * stride;
  for (let row: usize = 0; row < rowCount; row += 2) {
    const isPair = row + 1 < rowCount;
    const first = margins + (row << 3);
    let greatest = loadPair(first, isPair);
    for (let at = first + stride; at < end; at += stride) {
      greatest = f64x2.pmax(greatest, loadPair(at, isPair));
    }
    let sum = f64x2.splat(0);
    for (let at = first; at < end; at += stride) {
      sum = f64x2.add(sum, expNegative(f64x2.sub(loadPair(at, isPair), greatest)));
    }
    storePair(greatests + (row << 3), greatest, isPair);
    storePair(sums + (row << 3), sum, isPair);
  }
}

/**
 * Gradients and hessians of the multiclass log loss for one class:
 * `gradient = weight * (p - y)`, `hessian = weight * curvature * p (1 - p)`, p from what {@link softmaxNormalizers} wrote.
 * @param margins - float64 a row, of this class
 * @param targets - float32 a row: the class code
 * @param gradients - a float32 pair a row (OUT)
 */
export function softmaxGradients(
  margins: usize,
  greatests: usize,
  sums: usize,
  targets: usize,
  classCode: f64,
  weights: usize,
  rowCount: usize,
  curvature: f64,
  gradients: usize,
): void {
  const one = f64x2.splat(1);
  const code = f64x2.splat(classCode);
  const factor = f64x2.splat(curvature);
  const least = f64x2.splat(MIN_HESSIAN);
  for (let row: usize = 0; row < rowCount; row += 2) {
    const isPair = row + 1 < rowCount;
    const target = f64x2.promote_low_f32x4(loadFloats(targets + (row << 2), isPair));
    const weight = f64x2.promote_low_f32x4(loadFloats(weights + (row << 2), isPair));
    const greatest = loadPair(greatests + (row << 3), isPair);
    const sum = loadPair(sums + (row << 3), isPair);
    const e = expNegative(f64x2.sub(loadPair(margins + (row << 3), isPair), greatest));
    const p = f64x2.div(e, sum);
    const y = v128.and(one, f64x2.eq(target, code));
    const gradient = f64x2.mul(weight, f64x2.sub(p, y));
    const bend = f64x2.mul(factor, f64x2.mul(p, f64x2.sub(one, p)));
    const hessian = f64x2.mul(weight, f64x2.pmax(least, bend));
    const pairs = v128.shuffle<f32>(
      f32x4.demote_f64x2_zero(gradient),
      f32x4.demote_f64x2_zero(hessian),
      0,
      4,
      1,
      5,
    );
    const out = gradients + (row << 3);
    if (isPair) v128.store(out, pairs);
    else v128.store_lane<u64>(out, pairs, 0);
  }
}

// @ts-ignore: decorator
@inline
function loadPair(at: usize, isPair: bool): v128 {
  return isPair ? v128.load(at) : v128.load64_zero(at);
}

// @ts-ignore: decorator
@inline
function storePair(at: usize, pair: v128, isPair: bool): void {
  if (isPair) v128.store(at, pair);
  else v128.store_lane<u64>(at, pair, 0);
}

// @ts-ignore: decorator
@inline
function loadFloats(at: usize, isPair: bool): v128 {
  return isPair ? v128.load64_zero(at) : v128.load32_zero(at);
}
