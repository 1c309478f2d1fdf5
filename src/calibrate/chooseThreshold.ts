import { checkNumber } from '../core/check.js';
import { DataError } from '../core/errors.js';
import { confusionCounts, precisionOf, recallOf } from '../evaluate/confusion.js';
import { checkProbabilities, groupByScore } from '../evaluate/scoreGroups.js';
import type { Threshold } from '../model/threshold.js';

export interface ThresholdInput {
  /** out of fold, calibrated, one a row, in [0, 1] */
  probabilities: ArrayLike<number>;
  /** 0 or 1 a row */
  labels: Uint8Array;
  /** in [0, 1] */
  targetPrecision: number;
}

/**
 * Chooses the decision threshold: of those whose precision reaches the target the one with the greatest recall (then the
 * most precise). When none reaches it, the most precise one (then the greatest recall), and `reached` is false.
 *
 * Rows count by their float32 probability, which is what a model hands out. The value lies half-way between the least
 * probability that is labelled positive and the next below, where small errors of a quantised model flip the fewest
 * decisions; with none below, on the least itself. O(rows log rows).
 * @throws {DataError} without rows, or on a value out of range.
 */
export function chooseThreshold({
  probabilities,
  labels,
  targetPrecision,
}: ThresholdInput): Threshold {
  checkNumber('targetPrecision', targetPrecision, 0, 1);
  checkProbabilities(probabilities);
  if (labels.length === 0) throw new DataError('a threshold needs at least one row');
  const rounded = Float32Array.from(probabilities);
  const { scores, positives, negatives } = groupByScore(labels, rounded);
  let truePositives = 0;
  let falsePositives = 0;
  let reaching: Cut | undefined;
  let mostPrecise: Cut | undefined;
  for (let group = 0; group < scores.length; group++) {
    truePositives += positives[group]!;
    falsePositives += negatives[group]!;
    const cut = {
      group,
      truePositives,
      precision: truePositives / (truePositives + falsePositives),
    };
    // further down only more rows are labelled positive: of equal recall the first is the most precise
    if (cut.precision >= targetPrecision && truePositives > (reaching?.truePositives ?? -1)) {
      reaching = cut;
    }
    // of equal precision the last that gains a positive has the greatest recall
    if (
      !mostPrecise ||
      cut.precision > mostPrecise.precision ||
      (cut.precision === mostPrecise.precision && truePositives > mostPrecise.truePositives)
    ) {
      mostPrecise = cut;
    }
  }
  const { group } = reaching ?? mostPrecise!;
  const value = between(scores[group]!, scores[group + 1]);
  const counts = confusionCounts(labels, rounded, value);
  return {
    value,
    policy: 'targetPrecision',
    target: targetPrecision,
    reached: reaching !== undefined,
    precision: precisionOf(counts),
    recall: recallOf(counts),
  };
}

/** Labels the groups up to this one, the highest scores first, positive. */
interface Cut {
  group: number;
  truePositives: number;
  precision: number;
}

/** The float32 half-way down from one float32 to the next lower one; the upper when nothing lies between. */
function between(upper: number, lower: number | undefined): number {
  if (lower === undefined) return upper;
  const middle = Math.fround((upper + lower) / 2);
  return middle > lower ? middle : upper;
}
