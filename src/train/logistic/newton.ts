import { factorise, solve } from './cholesky.js';
import { createHessian } from './hessian.js';
import type { LogisticProblem } from './problem.js';
import type { DirectionInto } from './state.js';

/**
 * Newton directions: solves Hessian · direction = -gradient by Cholesky factorisation (iteratively reweighted least squares).
 * O(rows * inputs² * outputs² + parameters³) a step, and as many parameters squared of memory; a handful of steps whatever
 * the conditioning.
 */
export function createNewton(problem: LogisticProblem): DirectionInto {
  const size = problem.parameterCount;
  const hessianInto = createHessian(problem);
  // the Hessian above and on the diagonal; its factor goes below, so that a failed attempt spoils nothing
  const square = new Float64Array(size * size);
  const diagonal = new Float64Array(size);
  return (out, { residuals, gradient }) => {
    hessianInto(square, residuals);
    let greatest = 0;
    for (let j = 0; j < size; j++) greatest = Math.max(greatest, square[j * size + j]!);
    let ridge = 0;
    // redundant columns without a penalty, and the intercepts of several classes, make it singular: a ridge picks one of
    // the many solutions
    while (!factorise(square, diagonal, size, ridge)) {
      ridge = Math.max(100 * ridge, 1e-12 * greatest, Number.MIN_VALUE);
    }
    for (let j = 0; j < size; j++) out[j] = -gradient[j]!;
    solve(square, diagonal, size, out);
  };
}
