import { confusionCounts, f1Of, precisionOf, recallOf } from '../evaluate/confusion.js';
import { classMetrics, confusionMatrix } from '../evaluate/confusionMatrix.js';
import { logLoss } from '../evaluate/logLoss.js';
import { multiclassLogLoss, oneVsRestAuc, topClasses } from '../evaluate/multiclassScores.js';
import { rocAuc } from '../evaluate/ranking.js';
import { meanAbsoluteError, r2Score, rootMeanSquaredError } from '../evaluate/regressionErrors.js';
import type { Link } from '../model/forest.js';
import { predictionsOf } from '../model/margin.js';
import type { Task } from '../model/model.js';

/** What a held-out fold is scored by, in the order they are reported. */
export const FOLD_SCORE_NAMES = {
  binary: ['rocAuc', 'precision', 'recall', 'f1', 'logLoss'],
  multiclass: ['logLoss', 'accuracy', 'balancedAccuracy', 'macroF1', 'rocAuc'],
  regression: ['rmse', 'mae', 'r2'],
} as const;

/** Any of the scores. */
export type FoldScoreName = (typeof FOLD_SCORE_NAMES)[Task][number];

/**
 * Scores of one held-out fold by uncalibrated predictions; precision, recall and F1 at probability 0.5, ROC-AUC of several
 * classes one-vs-rest. Rows count once, whatever their weight.
 */
export type FoldScores<T extends Task = 'binary'> = Record<
  (typeof FOLD_SCORE_NAMES)[T][number],
  number
>;

/** The score that candidates are compared by. */
export const SELECTION_SCORES = {
  binary: { name: 'rocAuc', greaterIsBetter: true },
  multiclass: { name: 'logLoss', greaterIsBetter: false },
  regression: { name: 'rmse', greaterIsBetter: false },
} as const;

/**
 * Scores the margins of held-out rows.
 * @param target - 0 or 1, class codes, or numbers; one a row
 * @param margins - row-major, `outputCount` a row
 */
export function scoreFold<T extends Task>(
  task: T,
  target: ArrayLike<number>,
  margins: Float64Array,
  link: Link,
  outputCount: number,
): FoldScores<T> {
  const predictions = predictionsOf(task, link, margins, outputCount);
  const scores: Record<string, number> =
    task === 'binary'
      ? scoreBinary(Uint8Array.from(target), margins, predictions)
      : task === 'multiclass'
        ? scoreClasses(target, predictions, outputCount)
        : scoreNumbers(target, predictions);
  return scores as FoldScores<T>;
}

function scoreBinary(
  labels: Uint8Array,
  margins: Float64Array,
  probabilities: Float64Array,
): FoldScores {
  const confusion = confusionCounts(labels, probabilities, 0.5);
  return {
    rocAuc: rocAuc(labels, margins),
    precision: precisionOf(confusion),
    recall: recallOf(confusion),
    f1: f1Of(confusion),
    logLoss: logLoss(labels, probabilities),
  };
}

function scoreClasses(
  labels: ArrayLike<number>,
  probabilities: Float64Array,
  classCount: number,
): FoldScores<'multiclass'> {
  const rows = { labels, probabilities, classCount };
  const confusion = confusionMatrix(labels, topClasses(probabilities, classCount), classCount);
  const { accuracy, balancedAccuracy, macroF1 } = classMetrics(confusion, classCount);
  return {
    logLoss: multiclassLogLoss(rows),
    accuracy,
    balancedAccuracy,
    macroF1,
    rocAuc: oneVsRestAuc(rows),
  };
}

function scoreNumbers(
  target: ArrayLike<number>,
  predictions: Float64Array,
): FoldScores<'regression'> {
  return {
    rmse: rootMeanSquaredError(target, predictions),
    mae: meanAbsoluteError(target, predictions),
    r2: r2Score(target, predictions),
  };
}
