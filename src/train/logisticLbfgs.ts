import { sigmoid } from '../core/elementary.js';
import type { DirectionInto, LogisticProblem } from './logisticProblem.js';

const MEMORY = 20;

/** A step and what it did to the gradient. */
interface Correction {
  step: Float64Array;
  change: Float64Array;
  /** 1 / (step · change) */
  rho: number;
}

/**
 * L-BFGS directions by the two-loop recursion (Nocedal 1980), scaled by the diagonal of the Hessian at the start: one-hot
 * columns of rare and of common levels differ in curvature by orders of magnitude. O(memory * parameters) a step.
 */
export function createLbfgs(problem: LogisticProblem): DirectionInto {
  const { parameterCount } = problem;
  const corrections: Correction[] = [];
  const factors = new Float64Array(MEMORY);
  let diagonal: Float64Array | undefined;
  let previous: { parameters: Float64Array; gradient: Float64Array } | undefined;

  return (out, { parameters, margins, gradient }) => {
    diagonal ??= hessianDiagonal(problem, margins);
    if (previous) remember(corrections, parameters, gradient, previous);
    previous = { parameters: parameters.slice(), gradient: gradient.slice() };

    for (let j = 0; j < parameterCount; j++) out[j] = -gradient[j]!;
    for (let i = corrections.length - 1; i >= 0; i--) {
      const { step, change, rho } = corrections[i]!;
      factors[i] = rho * dot(step, out);
      addScaled(out, change, -factors[i]!);
    }
    const scale = initialScale(corrections.at(-1), diagonal);
    for (let j = 0; j < parameterCount; j++) out[j]! *= scale / diagonal[j]!;
    for (let i = 0; i < corrections.length; i++) {
      const { step, change, rho } = corrections[i]!;
      addScaled(out, step, factors[i]! - rho * dot(change, out));
    }
  };
}

/** Keeps the latest correction, unless its curvature is lost in rounding. */
function remember(
  corrections: Correction[],
  parameters: Float64Array,
  gradient: Float64Array,
  previous: { parameters: Float64Array; gradient: Float64Array },
): void {
  const step = parameters.map((value, j) => value - previous.parameters[j]!);
  const change = gradient.map((value, j) => value - previous.gradient[j]!);
  const curvature = dot(step, change);
  if (!(curvature > Number.EPSILON * dot(change, change))) return;
  if (corrections.length === MEMORY) corrections.shift();
  corrections.push({ step, change, rho: 1 / curvature });
}

/** How much flatter or steeper than the diagonal the objective was along the last step. */
function initialScale(last: Correction | undefined, diagonal: Float64Array): number {
  if (!last) return 1;
  let weighted = 0;
  for (let j = 0; j < diagonal.length; j++) {
    weighted += (last.change[j]! * last.change[j]!) / diagonal[j]!;
  }
  return 1 / (last.rho * weighted);
}

function hessianDiagonal(problem: LogisticProblem, margins: Float64Array): Float64Array {
  const { rowCount, numericCount, categoricalCount, numeric, oneHot, weight } = problem;
  const { parameterCount, totalWeight, l2 } = problem;
  const diagonal = new Float64Array(parameterCount);
  for (let row = 0; row < rowCount; row++) {
    const p = sigmoid(margins[row]!);
    const curvature = weight[row]! * p * (1 - p);
    diagonal[parameterCount - 1]! += curvature;
    for (let j = 0; j < numericCount; j++) {
      const x = numeric[row * numericCount + j]!;
      diagonal[j]! += curvature * x * x;
    }
    for (let j = 0; j < categoricalCount; j++) {
      const column = oneHot[row * categoricalCount + j]!;
      if (column >= 0) diagonal[column]! += curvature;
    }
  }
  return diagonal.map((value, j) => {
    const penalised = value + (j < parameterCount - 1 ? l2 : 0);
    // a constant column without a penalty has no curvature at all
    return penalised > 0 ? penalised / totalWeight : 1;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let j = 0; j < a.length; j++) total += a[j]! * b[j]!;
  return total;
}

function addScaled(out: Float64Array, values: Float64Array, factor: number): void {
  for (let j = 0; j < out.length; j++) out[j]! += factor * values[j]!;
}
