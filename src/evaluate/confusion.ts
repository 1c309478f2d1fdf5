import { ShapeError } from '../core/errors.js';

/** Rows by true and predicted class. */
export interface Confusion {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

/** Whether a probability is labelled positive: the float32 probability that a model hands out is at or above the threshold. */
export function isPositive(probability: number, threshold: number): boolean {
  return Math.fround(probability) >= threshold;
}

/**
 * Counts the rows of each kind at a threshold, under the rule of {@link isPositive}; a NaN probability is a negative decision.
 * @param labels - 0 or 1 a row
 * @param probabilities - one a row
 * @param threshold - float32, in [0, 1]
 * @throws {ShapeError} when the lengths differ.
 */
export function confusionCounts(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  threshold: number,
): Confusion {
  if (labels.length !== probabilities.length) {
    throw new ShapeError(`${labels.length} labels, but ${probabilities.length} probabilities`);
  }
  let truePositives = 0;
  let falsePositives = 0;
  let positiveCount = 0;
  for (let row = 0; row < labels.length; row++) {
    positiveCount += labels[row]!;
    if (!isPositive(probabilities[row]!, threshold)) continue;
    if (labels[row] === 1) truePositives++;
    else falsePositives++;
  }
  return {
    truePositives,
    falsePositives,
    trueNegatives: labels.length - positiveCount - falsePositives,
    falseNegatives: positiveCount - truePositives,
  };
}

/** Share of the rows that are labelled rightly; 0 without rows. */
export function accuracyOf(counts: Confusion): number {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts;
  const right = truePositives + trueNegatives;
  return ratio(right, right + falsePositives + falseNegatives);
}

/** Share of the rows labelled positive that are; 0 when none is (scikit-learn's `zero_division=0`). */
export function precisionOf({ truePositives, falsePositives }: Confusion): number {
  return ratio(truePositives, truePositives + falsePositives);
}

/** Share of the positives that are labelled so; 0 when there is none. */
export function recallOf({ truePositives, falseNegatives }: Confusion): number {
  return ratio(truePositives, truePositives + falseNegatives);
}

/** Harmonic mean of precision and recall, as 2 TP / (2 TP + FP + FN); 0 when that is 0/0. */
export function f1Of({ truePositives, falsePositives, falseNegatives }: Confusion): number {
  return ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}
