import { type ClassMetrics, classMetrics, confusionMatrix } from './confusionMatrix.js';
import {
  type ClassProbabilities,
  multiclassBrierScore,
  multiclassLogLoss,
  oneVsRestAuc,
  topClasses,
  topLabelCalibrationError,
} from './multiclassScores.js';

/** How good probabilities of several classes are. Each is defined at its own function. */
export interface MulticlassMetrics extends ClassMetrics {
  logLoss: number;
  brierScore: number;
  /** macro, one-vs-rest */
  rocAuc: number;
  /** of the predicted class, ten bins of equal width, not weighted */
  calibrationError: number;
  /** rows (or their weight) by true class and, within, predicted class */
  confusion: number[][];
}

/** The metrics that are one number, in the order they are reported. */
export const MULTICLASS_METRIC_NAMES = [
  'logLoss',
  'accuracy',
  'balancedAccuracy',
  'macroF1',
  'weightedF1',
  'rocAuc',
  'brierScore',
  'calibrationError',
] as const;

/**
 * Every metric of the probabilities of several classes. O(classes * rows log rows).
 * @throws {ShapeError} when the lengths differ. @throws {DataError} without rows, on a class out of range or on values that
 * are no probabilities.
 */
export function evaluateMulticlass(input: ClassProbabilities): MulticlassMetrics {
  const { labels, probabilities, classCount, weight } = input;
  const logLoss = multiclassLogLoss(input);
  const top = topClasses(probabilities, classCount);
  const matrix = confusionMatrix(labels, top, classCount, weight);
  return {
    logLoss,
    ...classMetrics(matrix, classCount),
    rocAuc: oneVsRestAuc(input),
    brierScore: multiclassBrierScore(input),
    calibrationError: topLabelCalibrationError({ labels, probabilities, classCount }),
    confusion: Array.from({ length: classCount }, (_, k) =>
      Array.from(matrix.subarray(k * classCount, (k + 1) * classCount)),
    ),
  };
}
