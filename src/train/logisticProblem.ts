import { exp, log, sigmoid } from '../core/elementary.js';
import type { LinearNumeric } from '../model/linear.js';
import { prepareNumeric } from '../model/linear.js';
import type { Preprocessing } from './preprocessing.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/**
 * The objective of logistic regression over prepared rows:
 *
 *     f(w, b) = 1/W · ( Σ weight · log(1 + e^margin) - target · margin  +  l2/2 · |w|² ),   margin = x·w + b,   W = Σ weight
 *
 * Parameters are one array: the weights of the numeric inputs, of the one-hot columns, then the intercept. One-hot columns
 * are never laid out; a row holds the index of the one that is on.
 */
export interface LogisticProblem {
  rowCount: number;
  numericCount: number;
  categoricalCount: number;
  /** numeric inputs, one-hot columns and the intercept */
  parameterCount: number;
  /** standardised, row-major, length rowCount * numericCount */
  numeric: Float64Array;
  /** the parameter that each category turns on, -1 for none; row-major, length rowCount * categoricalCount */
  oneHot: Int32Array;
  target: Float64Array;
  weight: Float64Array;
  totalWeight: number;
  l2: number;
}

/** Where the search stands. */
export interface SolverState {
  parameters: Float64Array;
  margins: Float64Array;
  gradient: Float64Array;
}

/** Writes a direction to go from here: -(approximate inverse Hessian) · gradient. */
export type DirectionInto = (out: Float64Array, state: SolverState) => void;

/** Prepares every row once. O(rows * features) time and memory. */
export function buildProblem(
  data: TrainingMatrix,
  { numeric, categorical }: Preprocessing,
  l2: number,
): LogisticProblem {
  const { matrix, rowCount, featureCount } = data;
  const numericCount = numeric.length;
  const categoricalCount = categorical.length;
  const prepared = new Float64Array(rowCount * numericCount);
  numeric.forEach((preparation, index) => {
    const input: LinearNumeric = { ...preparation, weights: [] };
    for (let row = 0; row < rowCount; row++) {
      const x = matrix[row * featureCount + input.featureIndex]!;
      prepared[row * numericCount + index] = prepareNumeric(input, x);
    }
  });
  const oneHot = new Int32Array(rowCount * categoricalCount);
  let firstColumn = numericCount;
  categorical.forEach((input, index) => {
    const { featureIndex, columnOfLevel, columnOfMissing, columnCount } = input;
    for (let row = 0; row < rowCount; row++) {
      const code = matrix[row * featureCount + featureIndex]!;
      const column = code !== code ? columnOfMissing : (columnOfLevel[code] ?? -1);
      oneHot[row * categoricalCount + index] = column < 0 ? -1 : firstColumn + column;
    }
    firstColumn += columnCount;
  });
  const target = Float64Array.from(data.target);
  const weight = data.weight ? Float64Array.from(data.weight) : new Float64Array(rowCount).fill(1);
  let totalWeight = 0;
  for (let row = 0; row < rowCount; row++) totalWeight += weight[row]!;
  return {
    rowCount,
    numericCount,
    categoricalCount,
    parameterCount: firstColumn + 1,
    numeric: prepared,
    oneHot,
    target,
    weight,
    totalWeight,
    l2,
  };
}

/** Margins of the rows (or, for a step, how fast they change along it). Overwrites `out`, length rowCount. */
export function multiplyInto(
  problem: LogisticProblem,
  parameters: Float64Array,
  out: Float64Array,
): void {
  const { rowCount, numericCount, categoricalCount, numeric, oneHot } = problem;
  const intercept = parameters[problem.parameterCount - 1]!;
  let at = 0;
  let categoryAt = 0;
  for (let row = 0; row < rowCount; row++) {
    let margin = intercept;
    for (let j = 0; j < numericCount; j++) margin += numeric[at++]! * parameters[j]!;
    for (let j = 0; j < categoricalCount; j++) {
      const column = oneHot[categoryAt++]!;
      if (column >= 0) margin += parameters[column]!;
    }
    out[row] = margin;
  }
}

/** The gradient of the objective. Overwrites `out`, length parameterCount. */
export function gradientInto(
  problem: LogisticProblem,
  parameters: Float64Array,
  margins: Float64Array,
  out: Float64Array,
): void {
  const { rowCount, numericCount, categoricalCount, numeric, oneHot, target, weight } = problem;
  const { totalWeight, l2 } = problem;
  const intercept = problem.parameterCount - 1;
  out.fill(0);
  let at = 0;
  let categoryAt = 0;
  let interceptGradient = 0;
  for (let row = 0; row < rowCount; row++) {
    const residual = weight[row]! * (sigmoid(margins[row]!) - target[row]!);
    interceptGradient += residual;
    for (let j = 0; j < numericCount; j++) out[j]! += residual * numeric[at++]!;
    for (let j = 0; j < categoricalCount; j++) {
      const column = oneHot[categoryAt++]!;
      if (column >= 0) out[column]! += residual;
    }
  }
  for (let j = 0; j < intercept; j++) out[j] = (out[j]! + l2 * parameters[j]!) / totalWeight;
  out[intercept] = interceptGradient / totalWeight;
}

/** The objective along a line, and its slope there. */
export interface LinePoint {
  value: number;
  slope: number;
}

/** The objective at `parameters + t * step` as a function of t; a call costs O(rows), however many columns there are. */
export function objectiveAlong(
  problem: LogisticProblem,
  parameters: Float64Array,
  margins: Float64Array,
  step: Float64Array,
  stepMargins: Float64Array,
): (t: number) => LinePoint {
  const { rowCount, parameterCount, target, weight, totalWeight, l2 } = problem;
  let [square, cross, stepSquare] = [0, 0, 0];
  for (let j = 0; j < parameterCount - 1; j++) {
    square += parameters[j]! * parameters[j]!;
    cross += parameters[j]! * step[j]!;
    stepSquare += step[j]! * step[j]!;
  }
  return (t) => {
    let value = (l2 / 2) * (square + 2 * t * cross + t * t * stepSquare);
    let slope = l2 * (cross + t * stepSquare);
    for (let row = 0; row < rowCount; row++) {
      const margin = margins[row]! + t * stepMargins[row]!;
      const e = exp(-Math.abs(margin));
      const p = margin < 0 ? e / (1 + e) : 1 / (1 + e);
      const loss = Math.max(margin, 0) + log(1 + e) - target[row]! * margin;
      value += weight[row]! * loss;
      slope += weight[row]! * (p - target[row]!) * stepMargins[row]!;
    }
    return { value: value / totalWeight, slope: slope / totalWeight };
  };
}
