import { checkNumber } from '../core/check.js';
import { meanSquaredError } from './brierScore.js';
import { binnedError, CALIBRATION_DEFAULTS, uniformBins } from './calibrationError.js';
import {
  accuracyOf,
  type Confusion,
  f1Of,
  isPositive,
  precisionOf,
  recallOf,
} from './confusion.js';
import { epsilonOf, logLikelihoods, meanLogLoss } from './logLoss.js';
import { areaUnderRoc, stepwisePrecision } from './ranking.js';
import {
  checkProbabilities,
  type GroupedRows,
  groupByScore,
  type ScoreGroups,
} from './scoreGroups.js';

/** How good probabilities are, by ranking, by calibration and by the labels at a threshold. Each is defined at its own function. */
export interface Metrics {
  /** NaN when a class is absent */
  rocAuc: number;
  averagePrecision: number;
  logLoss: number;
  brierScore: number;
  /** ten bins of equal width */
  calibrationError: number;
  accuracy: number;
  precision: number;
  recall: number;
  f1: number;
  confusion: Confusion;
}

/** The metrics that are one number, in the order they are reported. */
export const METRIC_NAMES = [
  'rocAuc',
  'averagePrecision',
  'logLoss',
  'brierScore',
  'calibrationError',
  'accuracy',
  'precision',
  'recall',
  'f1',
] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

/**
 * Every metric of a set of predictions. O(rows log rows).
 * @param labels - 0 or 1 a row
 * @param probabilities - of the positive class, one a row, in [0, 1]
 * @param threshold - float32, in [0, 1]
 * @throws {ShapeError} when the lengths differ. @throws {DataError} on a value out of range.
 */
export function evaluatePredictions(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  threshold: number,
): Metrics {
  const { groups, evaluate } = preparePredictions(labels, probabilities, threshold);
  return evaluate(groups);
}

/** Predictions sorted once, and the metrics of any recount of them. */
export interface PreparedPredictions {
  groups: GroupedRows;
  /** the metrics for other counts over the same scores. O(groups) */
  evaluate(counts: ScoreGroups): Metrics;
}

/** Sorts, takes logarithms, bins and decides once, so that a bootstrap resample costs only additions. */
export function preparePredictions(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  threshold: number,
): PreparedPredictions {
  checkNumber('threshold', threshold, 0, 1);
  checkProbabilities(probabilities);
  const groups = groupByScore(labels, probabilities);
  const { binCount } = CALIBRATION_DEFAULTS;
  const binOf = uniformBins(groups.scores, binCount);
  const likelihoods = logLikelihoods(groups.scores, epsilonOf(probabilities));
  const positiveGroupCount = countPositive(groups.scores, threshold);
  return {
    groups,
    evaluate(counts) {
      const confusion = confusionOf(counts, positiveGroupCount);
      return {
        rocAuc: areaUnderRoc(counts),
        averagePrecision: stepwisePrecision(counts),
        logLoss: meanLogLoss(counts, likelihoods),
        brierScore: meanSquaredError(counts),
        calibrationError: binnedError(counts, binOf, binCount),
        accuracy: accuracyOf(confusion),
        precision: precisionOf(confusion),
        recall: recallOf(confusion),
        f1: f1Of(confusion),
        confusion,
      };
    },
  };
}

/** How many of the falling scores are labelled positive. */
function countPositive(scores: Float64Array, threshold: number): number {
  let count = 0;
  while (count < scores.length && isPositive(scores[count]!, threshold)) count++;
  return count;
}

function confusionOf({ positives, negatives }: ScoreGroups, positiveGroupCount: number): Confusion {
  const confusion = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  for (let group = 0; group < positives.length; group++) {
    if (group < positiveGroupCount) {
      confusion.truePositives += positives[group]!;
      confusion.falsePositives += negatives[group]!;
    } else {
      confusion.trueNegatives += negatives[group]!;
      confusion.falseNegatives += positives[group]!;
    }
  }
  return confusion;
}
