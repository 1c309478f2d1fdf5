import { checkNumber } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import { isPositive } from './confusion.js';

/** How far a candidate's probabilities are from the reference's. */
export interface Comparison {
  rowCount: number;
  /** greatest |candidate - reference|; 0 without rows */
  maxDelta: number;
  meanDelta: number;
  /** rows whose label differs at the threshold */
  decisionFlips: number;
  /** the row of `maxDelta`, -1 without rows */
  worstRow: number;
}

/**
 * Compares two sets of probabilities row by row. Equal values, NaN with NaN included, differ by 0; NaN against a number
 * differs by Infinity.
 * @param threshold - float32, in [0, 1]; NaN is labelled negative
 * @throws {ShapeError} when the lengths differ.
 */
export function comparePredictions(
  reference: ArrayLike<number>,
  candidate: ArrayLike<number>,
  threshold: number,
): Comparison {
  checkNumber('threshold', threshold, 0, 1);
  const rowCount = reference.length;
  if (candidate.length !== rowCount) {
    throw new ShapeError(`${rowCount} reference rows, but ${candidate.length} candidate rows`);
  }
  let maxDelta = 0;
  let total = 0;
  let decisionFlips = 0;
  let worstRow = rowCount > 0 ? 0 : -1;
  for (let row = 0; row < rowCount; row++) {
    const delta = deltaOf(reference[row]!, candidate[row]!);
    total += delta;
    if (delta > maxDelta) {
      maxDelta = delta;
      worstRow = row;
    }
    if (isPositive(reference[row]!, threshold) !== isPositive(candidate[row]!, threshold)) {
      decisionFlips++;
    }
  }
  return {
    rowCount,
    maxDelta,
    meanDelta: rowCount > 0 ? total / rowCount : 0,
    decisionFlips,
    worstRow,
  };
}

function deltaOf(a: number, b: number): number {
  if (a === b || (a !== a && b !== b)) return 0;
  const delta = Math.abs(a - b);
  return delta === delta ? delta : Infinity;
}
