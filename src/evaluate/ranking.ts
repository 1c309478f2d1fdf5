import { groupByScore, type ScoreGroups } from './scoreGroups.js';

/**
 * Area under the ROC curve: the chance that a random positive scores above a random negative, ties counting one half
 * (the Mann-Whitney U statistic over its maximum; Hanley and McNeil 1982). NaN when a class is absent.
 * @param labels - 0 or 1 a row
 * @param scores - one a row: margins or probabilities
 * @param weight - what a row counts, >= 0; 1 when absent
 */
export function rocAuc(
  labels: Uint8Array,
  scores: ArrayLike<number>,
  weight?: ArrayLike<number>,
): number {
  return areaUnderRoc(groupByScore(labels, scores, weight));
}

/**
 * Average precision: Σ (recall - previous recall) · precision over the distinct scores from high to low. A step
 * function, not the optimistic trapezoid (scikit-learn's definition). 0 without positives.
 * @param labels - 0 or 1 a row
 * @param scores - one a row: margins or probabilities
 * @param weight - what a row counts, >= 0; 1 when absent
 */
export function averagePrecision(
  labels: Uint8Array,
  scores: ArrayLike<number>,
  weight?: ArrayLike<number>,
): number {
  return stepwisePrecision(groupByScore(labels, scores, weight));
}

/** {@link rocAuc} of counted scores. O(groups). */
export function areaUnderRoc({ positives, negatives }: ScoreGroups): number {
  let positiveCount = 0;
  let negativeCount = 0;
  let wins = 0;
  for (let group = 0; group < positives.length; group++) {
    wins += negatives[group]! * (positiveCount + positives[group]! / 2);
    positiveCount += positives[group]!;
    negativeCount += negatives[group]!;
  }
  return wins / (positiveCount * negativeCount);
}

/** {@link averagePrecision} of counted scores. O(groups). */
export function stepwisePrecision({ positives, negatives }: ScoreGroups): number {
  let truePositives = 0;
  let falsePositives = 0;
  let area = 0;
  for (let group = 0; group < positives.length; group++) {
    truePositives += positives[group]!;
    falsePositives += negatives[group]!;
    if (positives[group]! > 0) {
      area += (positives[group]! * truePositives) / (truePositives + falsePositives);
    }
  }
  return truePositives === 0 ? 0 : area / truePositives;
}
