import { DataError, ShapeError } from '../core/errors.js';
import { checkWeight } from './checkRows.js';

/**
 * Scored rows, grouped by equal score. Every metric of a binary classifier is a function of the scores and of how many
 * positives and negatives share each one, so ties are handled in one place, and a bootstrap resample is new counts only.
 */
export interface ScoreGroups {
  /** distinct, falling; -0 and 0 are one score */
  scores: Float64Array;
  /** per group: rows of the positive class, or their weight */
  positives: Float64Array;
  /** per group: rows of the negative class, or their weight */
  negatives: Float64Array;
}

/** {@link ScoreGroups} that remember which row went where. */
export interface GroupedRows extends ScoreGroups {
  /** per row: its group */
  groupOf: Uint32Array;
}

/**
 * Groups rows by score. O(rows log rows).
 * @param labels - 0 or 1 a row
 * @param scores - one a row, anything but NaN
 * @param weight - what a row counts, >= 0; 1 when absent
 * @throws {ShapeError} when the lengths differ. @throws {DataError} on a score that is NaN, a label that is neither 0 nor 1
 * or a wrong weight.
 */
export function groupByScore(
  labels: Uint8Array,
  scores: ArrayLike<number>,
  weight?: ArrayLike<number>,
): GroupedRows {
  checkScores(labels, scores);
  checkWeight(weight, 'labels', labels.length);
  const rowCount = labels.length;
  const falling = Float64Array.from(scores).sort().reverse();
  let groupCount = 0;
  for (let i = 0; i < rowCount; i++) {
    if (i === 0 || falling[i] !== falling[groupCount - 1]) falling[groupCount++] = falling[i]!;
  }
  const groups: GroupedRows = {
    scores: falling.slice(0, groupCount),
    positives: new Float64Array(groupCount),
    negatives: new Float64Array(groupCount),
    groupOf: new Uint32Array(rowCount),
  };
  for (let row = 0; row < rowCount; row++) {
    const group = indexOfScore(groups.scores, scores[row]!);
    groups.groupOf[row] = group;
    const counts = labels[row] === 1 ? groups.positives : groups.negatives;
    counts[group]! += weight === undefined ? 1 : weight[row]!;
  }
  return groups;
}

/**
 * Checks that scores are probabilities.
 * @throws {DataError} naming the first row that is outside [0, 1].
 */
export function checkProbabilities(probabilities: ArrayLike<number>): void {
  for (let row = 0; row < probabilities.length; row++) {
    const p = probabilities[row]!;
    if (!(p >= 0 && p <= 1)) {
      throw new DataError(`row ${row}: expected a probability in [0, 1], got ${p}`);
    }
  }
}

function checkScores(labels: Uint8Array, scores: ArrayLike<number>): void {
  if (labels.length !== scores.length) {
    throw new ShapeError(`${labels.length} labels, but ${scores.length} scores`);
  }
  for (let row = 0; row < labels.length; row++) {
    if (labels[row]! > 1) {
      throw new DataError(`row ${row}: expected a label of 0 or 1, got ${labels[row]}`);
    }
    if (scores[row] !== scores[row]) throw new DataError(`row ${row}: the score is NaN`);
  }
}

/** Binary search in falling, distinct scores; the score is among them. */
function indexOfScore(scores: Float64Array, score: number): number {
  let low = 0;
  let high = scores.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scores[middle]! > score) low = middle + 1;
    else high = middle;
  }
  return low;
}
