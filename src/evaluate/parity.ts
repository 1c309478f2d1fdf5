import { checkInteger, checkNumber } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import type { Model } from '../model/model.js';
import { greatestClass } from '../model/multiclass.js';
import { isPositive } from './confusion.js';

/** How far a candidate's predictions are from the reference's. */
export interface Comparison {
  rowCount: number;
  /** greatest |candidate - reference| of a value; 0 without rows */
  maxDelta: number;
  /** over all values: of several classes, over all probabilities */
  meanDelta: number;
  /** rows whose label differs; 0 where there are none */
  decisionFlips: number;
  /** the row of `maxDelta`, -1 without rows */
  worstRow: number;
  /** of numbers: standard deviation of the finite reference predictions, which the differences are to be held against */
  standardDeviation?: number;
}

/** How predictions become labels. */
export type Decision =
  /** positive at or above `threshold`, float32 in [0, 1]; NaN is negative */
  | { task: 'binary'; threshold: number }
  /** the class of the greatest of `classCount` probabilities, of equal ones the lowest */
  | { task: 'multiclass'; classCount: number }
  /** numbers have no labels */
  | { task: 'regression' };

/** How a model decides. */
export function decisionOf(model: Model): Decision {
  switch (model.task) {
    case 'binary':
      return { task: 'binary', threshold: model.threshold.value };
    case 'multiclass':
      return { task: 'multiclass', classCount: model.schema.target.classes.length };
    case 'regression':
      return { task: 'regression' };
  }
}

/**
 * Compares two sets of predictions value by value. Equal values, NaN with NaN included, differ by 0; NaN against a number
 * differs by Infinity. Labels follow from the float32 predictions, as models hand them out.
 * @param reference - a value a row, or `classCount` of them, row-major
 * @param candidate - of the same length
 * @throws {ShapeError} when the lengths differ, or are no whole number of rows.
 */
export function comparePredictions(
  reference: ArrayLike<number>,
  candidate: ArrayLike<number>,
  decision: Decision,
): Comparison {
  const width = checkedWidth(decision);
  const rowCount = reference.length / width;
  if (candidate.length !== reference.length || !Number.isInteger(rowCount)) {
    const [expected, got] = [reference, candidate].map(({ length }) => length / width);
    throw new ShapeError(`${expected} reference rows, but ${got} candidate rows`);
  }
  const [handedOut, candidateOut] = [Float32Array.from(reference), Float32Array.from(candidate)];
  let maxDelta = 0;
  let total = 0;
  let decisionFlips = 0;
  let worstRow = rowCount > 0 ? 0 : -1;
  for (let row = 0; row < rowCount; row++) {
    const start = row * width;
    for (let i = start; i < start + width; i++) {
      const delta = deltaOf(reference[i]!, candidate[i]!);
      total += delta;
      if (delta > maxDelta) {
        maxDelta = delta;
        worstRow = row;
      }
    }
    if (labelOf(handedOut, start, decision) !== labelOf(candidateOut, start, decision)) {
      decisionFlips++;
    }
  }
  return {
    rowCount,
    maxDelta,
    meanDelta: rowCount > 0 ? total / reference.length : 0,
    decisionFlips,
    worstRow,
    ...(decision.task === 'regression'
      ? { standardDeviation: standardDeviationOf(reference) }
      : {}),
  };
}

/** Values a row. */
function checkedWidth(decision: Decision): number {
  if (decision.task === 'binary') checkNumber('threshold', decision.threshold, 0, 1);
  if (decision.task !== 'multiclass') return 1;
  checkInteger('classCount', decision.classCount, 2, 65_535);
  return decision.classCount;
}

/** The index of the label of the row whose predictions begin at `start`. */
function labelOf(predictions: Float32Array, start: number, decision: Decision): number {
  switch (decision.task) {
    case 'binary':
      return isPositive(predictions[start]!, decision.threshold) ? 1 : 0;
    case 'multiclass':
      return greatestClass(predictions, start, decision.classCount);
    case 'regression':
      return 0;
  }
}

function deltaOf(a: number, b: number): number {
  if (a === b || (a !== a && b !== b)) return 0;
  const delta = Math.abs(a - b);
  return delta === delta ? delta : Infinity;
}

/** In two passes, as values may be far from zero. */
function standardDeviationOf(values: ArrayLike<number>): number {
  const finite = Float64Array.from(values).filter(Number.isFinite);
  if (finite.length === 0) return 0;
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / finite.length);
}
