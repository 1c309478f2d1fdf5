import { lossAlong } from './loss.js';
import type { LogisticProblem } from './problem.js';
import { multiplyInto } from './product.js';
import {
  type DirectionInto,
  type LogisticSolution,
  l2Penalty,
  type SolverState,
  type StoppingRule,
  updateGradient,
  watchProgress,
} from './state.js';

/** Enough for a search that halves or doubles from 1 to the edge of what doubles can tell apart. */
const MAX_LINE_STEPS = 60;
const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;

/** The objective along a line, and its slope there. */
interface LinePoint {
  value: number;
  slope: number;
}

/**
 * Minimises the objective without l1, which is smooth and convex, by directions and line searches (Nocedal and Wright 2006).
 * @param state - where to start; ends at the minimum
 */
export function minimiseSmooth(
  problem: LogisticProblem,
  state: SolverState,
  directionInto: DirectionInto,
  { maxIterations, tolerance }: StoppingRule,
): LogisticSolution {
  const { totalWeight, parameterCount } = problem;
  const { parameters, margins, residuals } = state;
  const step = new Float64Array(parameterCount);
  const stepMargins = new Float64Array(margins.length);
  const isStuck = watchProgress();
  for (let iterations = 0; ; iterations++) {
    const gradientNorm = updateGradient(problem, state);
    const converged = gradientNorm <= tolerance;
    if (converged || iterations === maxIterations) {
      return { parameters, converged, iterations, gradientNorm };
    }
    directionInto(step, state);
    multiplyInto(problem, step, stepMargins);
    const penalty = penaltyAlong(problem, parameters, step);
    const objective = (t: number): LinePoint => {
      const { value, slope } = lossAlong(problem, margins, stepMargins, t, residuals);
      const point = penalty(t);
      state.loss = value;
      return { value: value / totalWeight + point.value, slope: slope / totalWeight + point.slope };
    };
    const start = {
      value: state.loss / totalWeight + penalty(0).value,
      slope: dot(state.gradient, step),
    };
    const stuck = isStuck(gradientNorm, start.slope, start.value);
    const t = stuck ? 0 : searchLine(start, objective);
    // no step that doubles can tell from standing still
    if (t === 0) return { parameters, converged, iterations, gradientNorm };
    for (let j = 0; j < parameterCount; j++) parameters[j]! += t * step[j]!;
    for (let at = 0; at < margins.length; at++) margins[at]! += t * stepMargins[at]!;
  }
}

/** l2/2 · |w|² / W along the line. */
function penaltyAlong(
  problem: LogisticProblem,
  parameters: Float64Array,
  step: Float64Array,
): (t: number) => LinePoint {
  const { penalisedCount, l2, totalWeight } = problem;
  const square = l2Penalty(problem, parameters);
  const stepSquare = l2Penalty(problem, step);
  let cross = 0;
  for (let j = 0; j < penalisedCount; j++) cross += parameters[j]! * step[j]!;
  cross *= l2 / totalWeight;
  return (t) => ({
    value: square + t * cross + t * t * stepSquare,
    slope: cross + 2 * t * stepSquare,
  });
}

/**
 * A step that meets the Wolfe conditions, by bisection (Lewis and Overton 2013); near the minimum, where the decrease
 * drowns in rounding, the slope alone decides (the approximate Wolfe conditions of Hager and Zhang 2005).
 * @returns the step, 0 when there is none; the last call of `objective` was for it.
 */
function searchLine(start: LinePoint, objective: (t: number) => LinePoint): number {
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
  objective(low);
  return low;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let j = 0; j < a.length; j++) total += a[j]! * b[j]!;
  return total;
}
