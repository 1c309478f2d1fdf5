import { log } from '../../src/core/elementary.js';
import { evaluatePredictions } from '../../src/evaluate/metrics.js';
import type { Part, Task } from './splitData.js';

/** The metrics of a task, by the names of `reference.json`, the foremost first. */
export const TASK_METRICS: Readonly<Record<Task, readonly MetricName[]>> = {
  binary: ['auc', 'logloss', 'accuracy'],
  multiclass: ['accuracy', 'logloss'],
  regression: ['rmse'],
  ranking: ['ndcg10'],
};

export type MetricName = 'auc' | 'logloss' | 'accuracy' | 'rmse' | 'ndcg10';

/** Those where more is worse. */
export const LOSSES: ReadonlySet<MetricName> = new Set(['logloss', 'rmse']);

/** Ranks that count in the discounted gain. */
const TOP_RANKS = 10;

/**
 * The test metrics of a set of predictions, the same code for every library.
 * @param predictions - binary: probability of 1; multiclass: row-major probabilities; regression: values; ranking: scores (IN)
 */
export function scorePredictions(
  task: Task,
  classCount: number,
  test: Part,
  predictions: Float64Array,
): Partial<Record<MetricName, number>> {
  const expected = test.rowCount * (task === 'multiclass' ? classCount : 1);
  if (predictions.length !== expected) {
    throw new RangeError(`expected ${expected} predictions, got ${predictions.length}`);
  }
  if (task === 'binary') {
    const { rocAuc, logLoss, accuracy } = evaluatePredictions(
      Uint8Array.from(test.target),
      predictions,
      0.5,
    );
    return { auc: rocAuc, logloss: logLoss, accuracy };
  }
  if (task === 'multiclass') return multiclassMetrics(test, classCount, predictions);
  if (task === 'regression') return { rmse: rootMeanSquaredError(test.target, predictions) };
  return { ndcg10: meanNdcg(test, predictions) };
}

/** Accuracy of the likeliest class, and the mean negative log-likelihood, clipped as scikit-learn does. */
function multiclassMetrics(
  { target, rowCount }: Part,
  classCount: number,
  probabilities: Float64Array,
): { accuracy: number; logloss: number } {
  let correct = 0;
  let loss = 0;
  for (let row = 0; row < rowCount; row++) {
    const ofRow = probabilities.subarray(row * classCount, (row + 1) * classCount);
    const actual = ofRow[target[row]!]!;
    if (ofRow.indexOf(Math.max(...ofRow)) === target[row]) correct++;
    loss -= log(Math.min(Math.max(actual, Number.EPSILON), 1));
  }
  return { accuracy: correct / rowCount, logloss: loss / rowCount };
}

function rootMeanSquaredError(target: Float64Array, predictions: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < target.length; row++) sum += (target[row]! - predictions[row]!) ** 2;
  return Math.sqrt(sum / target.length);
}

/**
 * Mean over the queries of the discounted cumulative gain of the first ten rows over the best possible (Järvelin and
 * Kekäläinen 2002), gain 2^relevance - 1, ties in the order of the rows. A query without relevant rows counts 1, as in LightGBM.
 */
function meanNdcg({ target, group }: Part, scores: Float64Array): number {
  let start = 0;
  let sum = 0;
  for (const size of group!) {
    const rows = Array.from({ length: size }, (_, i) => start + i);
    const best = discountedGain(rows.map((row) => target[row]!).sort((a, b) => b - a));
    const ranked = rows.sort((a, b) => scores[b]! - scores[a]! || a - b);
    sum += best === 0 ? 1 : discountedGain(ranked.map((row) => target[row]!)) / best;
    start += size;
  }
  return sum / group!.length;
}

function discountedGain(relevances: readonly number[]): number {
  return relevances
    .slice(0, TOP_RANKS)
    .reduce((sum, relevance, rank) => sum + (2 ** relevance - 1) / Math.log2(rank + 2), 0);
}
