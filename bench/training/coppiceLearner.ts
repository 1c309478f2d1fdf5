import { exp, sigmoid } from '../../src/core/elementary.js';
import { margins } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import type { TrainingMatrix } from '../../src/train/index.js';
import type { Part, SplitData, Task } from './splitData.js';

/** What of `coppice/train` is used: from `src` or from `dist`. */
export interface Trainer {
  trainGbdt(data: TrainingMatrix, options: Record<string, unknown>): Model;
}

const OBJECTIVES: Readonly<Record<Task, string>> = {
  binary: 'binary',
  multiclass: 'multiclass',
  regression: 'squared',
  ranking: 'lambdarank',
};

/**
 * Trains on a set with the objective of its task.
 * @throws {ConfigError} when this version has no such objective.
 */
export function fitCoppice(
  trainer: Trainer,
  { task, featureCount, categorical }: Pick<SplitData, 'task' | 'featureCount' | 'categorical'>,
  train: Part,
  options: Record<string, unknown>,
): Model {
  const data = { ...train, featureCount, categorical };
  // binary is the default, and the one that versions without the option have
  const objective = task === 'binary' ? {} : { objective: OBJECTIVES[task] };
  return trainer.trainGbdt(data, { ...options, ...objective });
}

/** Test predictions as {@link scorePredictions} takes them. */
export function predictCoppice(model: Model, test: Part, featureCount: number): Float64Array {
  const { predictor } = model;
  const margin = margins(predictor, test.matrix, test.rowCount, featureCount);
  const outputCount = margin.length / test.rowCount;
  const link: string = predictor.link;
  if (link === 'softmax') return softmax(margin, outputCount);
  if (link === 'logit') return margin.map(sigmoid);
  return link === 'log' ? margin.map(exp) : margin;
}

function softmax(margin: Float64Array, outputCount: number): Float64Array {
  const out = new Float64Array(margin.length);
  for (let at = 0; at < margin.length; at += outputCount) {
    const ofRow = margin.subarray(at, at + outputCount);
    const largest = Math.max(...ofRow);
    const powers = ofRow.map((value) => exp(value - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    for (let k = 0; k < outputCount; k++) out[at + k] = powers[k]! / sum;
  }
  return out;
}
