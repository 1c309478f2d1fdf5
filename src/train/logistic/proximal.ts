import { descend } from './coordinateDescent.js';
import { createHessian } from './hessian.js';
import { lossAlong } from './loss.js';
import type { LogisticProblem } from './problem.js';
import { multiplyInto } from './product.js';
import {
  type LogisticSolution,
  l1Along,
  l2Penalty,
  type SolverState,
  type StoppingRule,
  updateGradient,
  watchProgress,
} from './state.js';

const SUFFICIENT_DECREASE = 1e-4;
const MAX_HALVINGS = 50;

/**
 * Minimises the objective with l1 by proximal Newton steps (Lee, Sun and Saunders 2014; the outer loop of glmnet and
 * newGLMNET, Yuan, Ho and Lin 2012): the minimiser of the quadratic model, l1 exact, then a backtracking line search.
 * Weights that the penalty holds are exactly 0. Cost of a step: the Hessian's, and sweeps of coordinate descent.
 * @param state - where to start; ends at the minimum
 */
export function minimiseProximal(
  problem: LogisticProblem,
  state: SolverState,
  { maxIterations, tolerance }: StoppingRule,
): LogisticSolution {
  const { parameterCount: size, totalWeight } = problem;
  const { parameters, margins, residuals, gradient } = state;
  const hessianInto = createHessian(problem);
  const square = new Float64Array(size * size);
  const modelGradient = new Float64Array(size);
  const next = new Float64Array(size);
  const step = new Float64Array(size);
  const stepMargins = new Float64Array(margins.length);
  const isStuck = watchProgress();
  for (let iterations = 0; ; iterations++) {
    const gradientNorm = updateGradient(problem, state);
    const converged = gradientNorm <= tolerance;
    if (converged || iterations === maxIterations) {
      return { parameters, converged, iterations, gradientNorm };
    }
    hessianInto(square, residuals);
    mirror(square, size);
    modelGradient.set(gradient);
    next.set(parameters);
    // ever tighter, for steps that converge faster than linearly
    const accuracy = 0.1 * Math.min(1, Math.sqrt(gradientNorm)) * gradientNorm;
    descend(problem, square, modelGradient, next, Math.max(accuracy, 0.01 * tolerance));
    for (let j = 0; j < size; j++) step[j] = next[j]! - parameters[j]!;
    multiplyInto(problem, step, stepMargins);

    const l1Before = l1Along(problem, parameters, step, 0);
    const before = state.loss / totalWeight + l2Penalty(problem, parameters) + l1Before;
    let gain = l1Along(problem, parameters, step, 1) - l1Before;
    for (let j = 0; j < size; j++) gain += gradient[j]! * step[j]!;
    const rounding = 1e-14 * Math.abs(before);
    if (isStuck(gradientNorm, gain, before)) {
      return { parameters, converged, iterations, gradientNorm };
    }

    let t = 1;
    for (let halvings = 0; ; halvings++) {
      for (let j = 0; j < size; j++) next[j] = t === 1 ? next[j]! : parameters[j]! + t * step[j]!;
      state.loss = lossAlong(problem, margins, stepMargins, t, residuals).value;
      const after =
        state.loss / totalWeight + l2Penalty(problem, next) + l1Along(problem, next, step, 0);
      if (after <= before + SUFFICIENT_DECREASE * t * gain + rounding) break;
      if (halvings === MAX_HALVINGS) return { parameters, converged, iterations, gradientNorm };
      t /= 2;
    }
    parameters.set(next);
    for (let at = 0; at < margins.length; at++) margins[at]! += t * stepMargins[at]!;
  }
}

/** Copies the triangle above the diagonal below it. */
function mirror(square: Float64Array, size: number): void {
  for (let i = 1; i < size; i++) {
    for (let j = 0; j < i; j++) square[i * size + j] = square[j * size + i]!;
  }
}
