import { log } from '../../core/elementary.js';
import type { TrainingProblem } from '../trainingProblem.js';
import type { Objective } from './objective.js';

/** Binary log loss `-w (y log p + (1 - y) log(1 - p))`, p = sigmoid(margin), y 0 or 1. */
export const binary: Objective = {
  task: 'binary',
  link: 'logit',
  outputCount: 1,
  metric: 'logLoss',

  baseScores: (problem) => Float64Array.of(logOdds(problem, 1)),

  gradientsInto({ kernel, layout, rowCount }) {
    const { margins, targets, weights, gradients } = layout;
    kernel.logisticGradients(margins, targets, weights, rowCount, gradients);
  },
};

/** The log-odds of the weighted share of a class. */
export function logOdds({ rowCount, target, weight }: TrainingProblem, code: number): number {
  let positive = 0;
  let negative = 0;
  for (let row = 0; row < rowCount; row++) {
    if (target[row] === code) positive += weight[row]!;
    else negative += weight[row]!;
  }
  return log(positive) - log(negative);
}
