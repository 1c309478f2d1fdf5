import { log, logit } from '../../core/elementary.js';
import { lossAlong } from './loss.js';
import type { LogisticProblem } from './problem.js';
import { gradientInto, multiplyInto } from './product.js';

/** Where a search stands. */
export interface SolverState {
  parameters: Float64Array;
  /** row-major, [row][output] */
  margins: Float64Array;
  /** weight · ∂loss/∂margin, of the same shape */
  residuals: Float64Array;
  /** Σ weight · loss */
  loss: number;
  /** of the objective without l1 */
  gradient: Float64Array;
  /** the subgradient of the objective with the least norm: 0 at the minimum. Without l1 the gradient itself. */
  subgradient: Float64Array;
}

/** Writes a direction to go from here: -(approximate inverse Hessian) · subgradient. */
export type DirectionInto = (out: Float64Array, state: SolverState) => void;

/** When a search ends. */
export interface StoppingRule {
  maxIterations: number;
  /** the violation is small enough */
  tolerance: number;
}

export interface LogisticSolution {
  /** as `LogisticProblem` lays them out */
  parameters: Float64Array;
  converged: boolean;
  iterations: number;
  /** greatest component of the least-norm subgradient of the mean objective */
  gradientNorm: number;
}

/** Weights 0 and the intercepts of the base rates. */
export function startState(problem: LogisticProblem): SolverState {
  const { rowCount, outputCount, parameterCount, penalisedCount, l1 } = problem;
  const parameters = new Float64Array(parameterCount);
  parameters.set(baseMargins(problem), penalisedCount);
  const margins = new Float64Array(rowCount * outputCount);
  multiplyInto(problem, parameters, margins);
  const residuals = new Float64Array(rowCount * outputCount);
  const loss = lossAlong(problem, margins, margins, 0, residuals).value;
  const gradient = new Float64Array(parameterCount);
  const subgradient = l1 === 0 ? gradient : new Float64Array(parameterCount);
  return { parameters, margins, residuals, loss, gradient, subgradient };
}

/**
 * Brings gradient and subgradient up to date with the parameters and residuals.
 * @returns the optimality violation: the greatest component of the subgradient; NaN does not pass for small
 */
export function updateGradient(problem: LogisticProblem, state: SolverState): number {
  const { parameters, residuals, gradient, subgradient } = state;
  gradientInto(problem, parameters, residuals, gradient);
  if (problem.l1 > 0) leastSubgradientInto(problem, parameters, gradient, subgradient);
  let violation = 0;
  for (let j = 0; j < subgradient.length; j++) {
    const size = Math.abs(subgradient[j]!);
    if (!(size <= violation)) violation = size;
  }
  return violation;
}

/** Steps in a row that bring nothing and end a search. */
const MAX_IDLE_STEPS = 50;

/**
 * Watches for the end of what doubles can do: steps whose gain is lost in rounding and that do not lessen the violation.
 * @returns a function that takes the violation, the gain that a step promises (below 0) and the objective, and says whether
 * the search should end
 */
export function watchProgress(): (violation: number, gain: number, objective: number) => boolean {
  let least = Infinity;
  let idle = 0;
  return (violation, gain, objective) => {
    idle = violation < least || gain < -1e-14 * Math.abs(objective) ? 0 : idle + 1;
    least = Math.min(least, violation);
    return idle === MAX_IDLE_STEPS;
  };
}

/** l1 · Σ|w| / W at `parameters + t * step`. */
export function l1Along(
  { penalisedCount, l1, totalWeight }: LogisticProblem,
  parameters: Float64Array,
  step: Float64Array,
  t: number,
): number {
  let sum = 0;
  for (let j = 0; j < penalisedCount; j++) sum += Math.abs(parameters[j]! + t * step[j]!);
  return (l1 * sum) / totalWeight;
}

/** l2/2 · Σw² / W. */
export function l2Penalty(
  { penalisedCount, l2, totalWeight }: LogisticProblem,
  parameters: Float64Array,
): number {
  let sum = 0;
  for (let j = 0; j < penalisedCount; j++) sum += parameters[j]! * parameters[j]!;
  return (l2 * sum) / (2 * totalWeight);
}

function baseMargins(problem: LogisticProblem): Float64Array {
  const { rowCount, outputCount, target, weight, totalWeight } = problem;
  const shares = new Float64Array(Math.max(2, outputCount));
  for (let row = 0; row < rowCount; row++) shares[target[row]!]! += weight[row]! / totalWeight;
  if (outputCount === 1) return Float64Array.of(logit(shares[1]!));
  const logs = shares.map(log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / outputCount;
  return logs.map((value) => value - mean);
}

/** Where a weight is 0 the subgradients are an interval, gradient ± l1: its nearest to 0. */
function leastSubgradientInto(
  { penalisedCount, l1, totalWeight }: LogisticProblem,
  parameters: Float64Array,
  gradient: Float64Array,
  out: Float64Array,
): void {
  const reach = l1 / totalWeight;
  out.set(gradient);
  for (let j = 0; j < penalisedCount; j++) {
    const g = gradient[j]!;
    const w = parameters[j]!;
    if (w > 0) out[j] = g + reach;
    else if (w < 0) out[j] = g - reach;
    else out[j] = g > reach ? g - reach : g < -reach ? g + reach : g === g ? 0 : g;
  }
}
