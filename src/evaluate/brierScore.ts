import { checkProbabilities, groupByScore, type ScoreGroups } from './scoreGroups.js';

/**
 * Mean squared distance between probability and label (Brier 1950); 0 is perfect. NaN without rows.
 * @param labels - 0 or 1 a row
 * @param probabilities - of the positive class, one a row, in [0, 1]
 * @param weight - what a row counts, >= 0; 1 when absent
 */
export function brierScore(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  weight?: ArrayLike<number>,
): number {
  checkProbabilities(probabilities);
  return meanSquaredError(groupByScore(labels, probabilities, weight));
}

/** {@link brierScore} of counted scores. O(groups). */
export function meanSquaredError({ scores, positives, negatives }: ScoreGroups): number {
  let rowCount = 0;
  let total = 0;
  for (let group = 0; group < scores.length; group++) {
    const p = scores[group]!;
    rowCount += positives[group]! + negatives[group]!;
    total += positives[group]! * (1 - p) * (1 - p) + negatives[group]! * p * p;
  }
  return total / rowCount;
}
