import type { LogisticProblem } from './problem.js';

const MAX_SWEEPS = 1000;

/**
 * Minimises the quadratic model of the objective around a point, l1 kept as it is:
 *
 *     gradient · (z - x) + (z - x)ᵀ · Hessian · (z - x) / 2 + l1/W · Σ|z|
 *
 * by cyclic coordinate descent with covariance updates (Friedman, Hastie and Tibshirani 2010): the model's gradient is kept
 * up to date, so that a weight that stays costs O(1) and one that moves O(parameters). Between sweeps over all weights
 * come sweeps over those that are not 0.
 * @param square - the Hessian, both triangles (IN)
 * @param gradient - of the smooth part at x; overwritten by that of the model at z (IN and OUT)
 * @param z - x at first, then the minimiser (IN and OUT)
 * @param tolerance - ends when no weight of a sweep over all of them had a violation above it
 */
export function descend(
  { parameterCount: size, penalisedCount, l1, totalWeight }: LogisticProblem,
  square: Float64Array,
  gradient: Float64Array,
  z: Float64Array,
  tolerance: number,
): void {
  const reach = l1 / totalWeight;
  let all = true;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let violation = 0;
    for (let j = 0; j < size; j++) {
      const before = z[j]!;
      if (!all && before === 0 && j < penalisedCount) continue;
      const curvature = square[j * size + j]!;
      // a constant column: nothing to gain
      if (!(curvature > 0)) continue;
      const after = shrink(
        curvature * before - gradient[j]!,
        j < penalisedCount ? reach : 0,
        curvature,
      );
      const change = after - before;
      if (change === 0) continue;
      z[j] = after;
      violation = Math.max(violation, Math.abs(change) * curvature);
      const row = j * size;
      for (let k = 0; k < size; k++) gradient[k]! += change * square[row + k]!;
    }
    if (violation > tolerance) all = false;
    else if (all) return;
    else all = true;
  }
}

/** The minimiser of curvature · z²/2 - pull · z + reach · |z|: exactly 0 within reach. */
function shrink(pull: number, reach: number, curvature: number): number {
  if (pull > reach) return (pull - reach) / curvature;
  if (pull < -reach) return (pull + reach) / curvature;
  return 0;
}
