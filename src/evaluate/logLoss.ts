import { log } from '../core/elementary.js';
import { checkProbabilities, groupByScore, type ScoreGroups } from './scoreGroups.js';

/**
 * Mean negative log-likelihood of the labels, in nats. NaN without rows.
 *
 * A probability of 0 or 1 is first moved inside by the machine epsilon of its type, as scikit-learn does:
 * 2^-23 for a Float32Array (a wrong certainty then costs 15.9), 2^-52 for everything else (36.0).
 * @param labels - 0 or 1 a row
 * @param probabilities - of the positive class, one a row, in [0, 1]
 * @param weight - what a row counts, >= 0; 1 when absent
 */
export function logLoss(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  weight?: ArrayLike<number>,
): number {
  checkProbabilities(probabilities);
  const groups = groupByScore(labels, probabilities, weight);
  return meanLogLoss(groups, logLikelihoods(groups.scores, epsilonOf(probabilities)));
}

/** The log-likelihood of each class at each score. */
export interface LogLikelihoods {
  /** log p, a score */
  positive: Float64Array;
  /** log (1 - p), a score */
  negative: Float64Array;
}

/** Computes the logarithms once, so that resamples need none. */
export function logLikelihoods(probabilities: Float64Array, epsilon: number): LogLikelihoods {
  const clipped = probabilities.map((p) => Math.min(Math.max(p, epsilon), 1 - epsilon));
  return { positive: clipped.map(log), negative: clipped.map((p) => log(1 - p)) };
}

/** {@link logLoss} of counted scores. O(groups). */
export function meanLogLoss(
  { positives, negatives }: ScoreGroups,
  { positive, negative }: LogLikelihoods,
): number {
  let rowCount = 0;
  let total = 0;
  for (let group = 0; group < positives.length; group++) {
    rowCount += positives[group]! + negatives[group]!;
    total -= positives[group]! * positive[group]! + negatives[group]! * negative[group]!;
  }
  return total / rowCount;
}

/** The distance from 0 and 1 that probabilities of this type are kept at. */
export function epsilonOf(probabilities: ArrayLike<number>): number {
  return probabilities instanceof Float32Array ? 2 ** -23 : Number.EPSILON;
}
