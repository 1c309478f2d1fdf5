import { lossAlong } from './loss.js';
import type { LogisticProblem } from './problem.js';
import { multiplyInto } from './product.js';
import {
  type DirectionInto,
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
 * Minimises the objective with l1 by orthant-wise quasi-Newton steps (OWL-QN, Andrew and Gao 2007): within an orthant the
 * objective is smooth; a step goes along the direction as far as no weight changes sign, and those that would become
 * exactly 0. A step costs O(rows * inputs * outputs), whatever the number of columns.
 * @param state - where to start; ends at the minimum
 */
export function minimiseOrthant(
  problem: LogisticProblem,
  state: SolverState,
  directionInto: DirectionInto,
  { maxIterations, tolerance }: StoppingRule,
): LogisticSolution {
  const { parameterCount: size, penalisedCount, totalWeight } = problem;
  const { parameters, margins, residuals, subgradient } = state;
  const step = new Float64Array(size);
  const next = new Float64Array(size);
  const still = new Float64Array(margins.length);
  const isStuck = watchProgress();
  for (let iterations = 0; ; iterations++) {
    const gradientNorm = updateGradient(problem, state);
    const converged = gradientNorm <= tolerance;
    if (converged || iterations === maxIterations) {
      return { parameters, converged, iterations, gradientNorm };
    }
    directionInto(step, state);
    // a weight moves down its own slope or not at all
    for (let j = 0; j < penalisedCount; j++) if (!(step[j]! * subgradient[j]! < 0)) step[j] = 0;
    const before =
      state.loss / totalWeight +
      l2Penalty(problem, parameters) +
      l1Along(problem, parameters, step, 0);
    const rounding = 1e-14 * Math.abs(before);
    let promised = 0;
    for (let j = 0; j < size; j++) promised += subgradient[j]! * step[j]!;
    if (isStuck(gradientNorm, promised, before)) {
      return { parameters, converged, iterations, gradientNorm };
    }

    for (let t = 1, halvings = 0; ; t /= 2, halvings++) {
      if (halvings === MAX_HALVINGS) return { parameters, converged, iterations, gradientNorm };
      stepWithinOrthant(problem, state, step, t, next);
      multiplyInto(problem, next, margins);
      state.loss = lossAlong(problem, margins, still, 0, residuals).value;
      const after =
        state.loss / totalWeight + l2Penalty(problem, next) + l1Along(problem, next, step, 0);
      let gain = 0;
      for (let j = 0; j < size; j++) gain += subgradient[j]! * (next[j]! - parameters[j]!);
      if (after <= before + SUFFICIENT_DECREASE * gain + rounding && gain < 0) break;
    }
    parameters.set(next);
  }
}

/** Writes `parameters + t * step`, 0 where a weight would leave its orthant: its own sign, or the one that its slope leads to. */
function stepWithinOrthant(
  { parameterCount, penalisedCount }: LogisticProblem,
  { parameters, subgradient }: SolverState,
  step: Float64Array,
  t: number,
  out: Float64Array,
): void {
  for (let j = 0; j < penalisedCount; j++) {
    const w = parameters[j]!;
    const moved = w + t * step[j]!;
    const sign = w !== 0 ? w : -subgradient[j]!;
    out[j] = moved * sign > 0 ? moved : 0;
  }
  for (let j = penalisedCount; j < parameterCount; j++) out[j] = parameters[j]! + t * step[j]!;
}
