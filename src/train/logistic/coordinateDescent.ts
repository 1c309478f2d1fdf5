import { factorise, solve } from './cholesky.js';
import type { LogisticProblem } from './problem.js';

const MAX_SWEEPS = 1000;
/** After every so many sweeps that did not suffice comes a Newton step over the weights that are not 0. */
const SWEEPS_PER_JUMP = 16;

/**
 * Minimises the quadratic model of the objective around a point, l1 kept as it is:
 *
 *     gradient · (z - x) + (z - x)ᵀ · Hessian · (z - x) / 2 + l1/W · Σ|z|
 *
 * by cyclic coordinate descent with covariance updates (Friedman, Hastie and Tibshirani 2010): the model's gradient is kept
 * up to date, so that a weight that stays costs O(1) and one that moves O(parameters). Between sweeps over all weights
 * come sweeps over those that are not 0, and where these are slow (correlated columns) Newton steps over them.
 * @param square - the Hessian, both triangles (IN)
 * @param gradient - of the smooth part at x; overwritten by that of the model at z (IN and OUT)
 * @param z - x at first, then the minimiser (IN and OUT)
 * @param tolerance - ends when no weight of a sweep over all of them had a violation above it
 */
export function descend(
  problem: LogisticProblem,
  square: Float64Array,
  gradient: Float64Array,
  z: Float64Array,
  tolerance: number,
): void {
  const { parameterCount: size, penalisedCount, l1, totalWeight } = problem;
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
    if (violation > tolerance) {
      all = false;
      if (sweep % SWEEPS_PER_JUMP === SWEEPS_PER_JUMP - 1) jump(problem, square, gradient, z);
    } else if (all) return;
    else all = true;
  }
}

/** The minimiser of curvature · z²/2 - pull · z + reach · |z|: exactly 0 within reach. */
function shrink(pull: number, reach: number, curvature: number): number {
  if (pull > reach) return (pull - reach) / curvature;
  if (pull < -reach) return (pull + reach) / curvature;
  return 0;
}

/**
 * A Newton step over the weights that are not 0 and the intercepts, within their orthant, where the model is a plain quadratic:
 * as far as the first weight that would change sign, which becomes 0. It never raises the model. O(weights not 0, cubed)
 */
function jump(
  { parameterCount: size, penalisedCount, l1, totalWeight }: LogisticProblem,
  square: Float64Array,
  gradient: Float64Array,
  z: Float64Array,
): void {
  const reach = l1 / totalWeight;
  const active = Uint32Array.from(z.keys()).filter(
    (j) => (z[j] !== 0 || j >= penalisedCount) && square[j * size + j]! > 0,
  );
  const count = active.length;
  const part = new Float64Array(count * count);
  const step = new Float64Array(count);
  let greatest = 0;
  active.forEach((j, a) => {
    for (let b = a; b < count; b++) part[a * count + b] = square[j * size + active[b]!]!;
    greatest = Math.max(greatest, part[a * count + a]!);
    step[a] = -(gradient[j]! + (j < penalisedCount ? reach * Math.sign(z[j]!) : 0));
  });
  const diagonal = new Float64Array(count);
  let ridge = 0;
  while (!factorise(part, diagonal, count, ridge)) ridge = Math.max(100 * ridge, 1e-12 * greatest);
  solve(part, diagonal, count, step);

  let t = 1;
  let first = -1;
  active.forEach((j, a) => {
    const reached = -z[j]! / step[a]!;
    if (j >= penalisedCount || !(reached > 0 && reached < t)) return;
    t = reached;
    first = j;
  });
  active.forEach((j, a) => {
    const change = j === first ? -z[j]! : t * step[a]!;
    z[j] = j === first ? 0 : z[j]! + change;
    const row = j * size;
    for (let k = 0; k < size; k++) gradient[k]! += change * square[row + k]!;
  });
}
