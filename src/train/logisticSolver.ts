import { logit } from '../core/elementary.js';
import { createLbfgs } from './logisticLbfgs.js';
import { createNewton } from './logisticNewton.js';
import {
  gradientInto,
  type LinePoint,
  type LogisticProblem,
  multiplyInto,
  objectiveAlong,
  type SolverState,
} from './logisticProblem.js';

export type LogisticSolver = 'newton' | 'lbfgs';

export interface SolverOptions {
  solver: LogisticSolver;
  maxIterations: number;
  /** greatest component of the gradient of the mean objective at which the search ends */
  tolerance: number;
}

export interface LogisticSolution {
  /** as {@link LogisticProblem} lays them out */
  parameters: Float64Array;
  converged: boolean;
  iterations: number;
  /** greatest component of the gradient of the mean objective */
  gradientNorm: number;
}

/** Enough for a search that halves or doubles from 1 to the edge of what doubles can tell apart. */
const MAX_LINE_STEPS = 60;
const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;

/**
 * Minimises the objective, which is convex, by Newton steps or L-BFGS (Nocedal and Wright 2006), each with a line search.
 * Starts from the weights 0 and the intercept of the base rate.
 */
export function minimise(
  problem: LogisticProblem,
  { solver, maxIterations, tolerance }: SolverOptions,
): LogisticSolution {
  const { rowCount, parameterCount } = problem;
  const directionInto = solver === 'newton' ? createNewton(problem) : createLbfgs(problem);
  const state: SolverState = {
    parameters: new Float64Array(parameterCount),
    margins: new Float64Array(rowCount),
    gradient: new Float64Array(parameterCount),
  };
  const { parameters, margins, gradient } = state;
  const step = new Float64Array(parameterCount);
  const stepMargins = new Float64Array(rowCount);
  parameters[parameterCount - 1] = logit(baseRate(problem));
  multiplyInto(problem, parameters, margins);

  for (let iterations = 0; ; iterations++) {
    gradientInto(problem, parameters, margins, gradient);
    const gradientNorm = greatest(gradient);
    const converged = gradientNorm <= tolerance;
    if (converged || iterations === maxIterations) {
      return { parameters, converged, iterations, gradientNorm };
    }
    directionInto(step, state);
    multiplyInto(problem, step, stepMargins);
    const t = searchLine(objectiveAlong(problem, parameters, margins, step, stepMargins));
    // no step that doubles can tell from standing still
    if (t === 0) return { parameters, converged, iterations, gradientNorm };
    for (let j = 0; j < parameterCount; j++) parameters[j]! += t * step[j]!;
    for (let row = 0; row < rowCount; row++) margins[row]! += t * stepMargins[row]!;
  }
}

/**
 * A step that meets the Wolfe conditions, by bisection (Lewis and Overton 2013); near the minimum, where the decrease
 * drowns in rounding, the slope alone decides (the approximate Wolfe conditions of Hager and Zhang 2005).
 * @returns the step, 0 when there is none.
 */
function searchLine(objective: (t: number) => LinePoint): number {
  const start = objective(0);
  if (!(start.slope < 0)) return 0;
  const rounding = 1e-14 * Math.abs(start.value);
  let low = 0;
  let high = Infinity;
  let t = 1;
  for (let i = 0; i < MAX_LINE_STEPS; i++) {
    const { value, slope } = objective(t);
    const decreases =
      value <= start.value + SUFFICIENT_DECREASE * t * start.slope ||
      (value <= start.value + rounding && slope <= (2 * SUFFICIENT_DECREASE - 1) * start.slope);
    if (!decreases) high = t;
    else if (slope < CURVATURE * start.slope) low = t;
    else return t;
    t = high < Infinity ? (low + high) / 2 : 2 * low;
  }
  return low;
}

function baseRate({ rowCount, target, weight, totalWeight }: LogisticProblem): number {
  let positive = 0;
  for (let row = 0; row < rowCount; row++) positive += weight[row]! * target[row]!;
  return positive / totalWeight;
}

function greatest(values: Float64Array): number {
  let max = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    // NaN must not pass for small
    if (!(size <= max)) max = size;
  }
  return max;
}
