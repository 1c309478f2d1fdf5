import { checkOneOf } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import { confusionCounts, f1Of, precisionOf, recallOf } from '../evaluate/confusion.js';
import {
  EVAL_METRIC_NAMES,
  type EvalMetricName,
  type EvalMetricOptions,
  evalMetric,
  type MetricTask,
} from '../evaluate/trainingMetric.js';
import type { Link } from '../model/forest.js';
import { predictionsOf } from '../model/margin.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** A metric of the registry, or for two classes one at probability 0.5. */
export type HeldOutScoreName = EvalMetricName | 'precision' | 'recall' | 'f1';

export const HELD_OUT_SCORE_NAMES: readonly HeldOutScoreName[] = [
  ...EVAL_METRIC_NAMES,
  'precision',
  'recall',
  'f1',
];

/** Margins of held-out rows, row-major, and how they become predictions. */
export interface HeldOutMargins {
  margins: Float64Array;
  link: Link;
  outputCount: number;
}

/** A score of held-out rows. Rows count once, whatever their weight. */
export interface HeldOutScore {
  name: HeldOutScoreName;
  greaterIsBetter: boolean;
  evaluate(heldOut: Pick<TrainingMatrix, 'target' | 'group'>, predicted: HeldOutMargins): number;
}

/**
 * Looks up a score.
 * @param options - of the metric, where it has one; ndcg counts ten ranks by default
 * @throws {ConfigError} on an unknown name, one that is not for the task, or a wrong option.
 */
export function heldOutScore(
  name: HeldOutScoreName,
  task: MetricTask,
  options: EvalMetricOptions = name === 'ndcg' ? { k: 10 } : {},
): HeldOutScore {
  checkOneOf('metric', name, HELD_OUT_SCORE_NAMES);
  if (name === 'precision' || name === 'recall' || name === 'f1') {
    checkTask(name, ['binary'], task);
    return { name, greaterIsBetter: true, evaluate: atOneHalf(OF_CONFUSION[name]) };
  }
  const metric = evalMetric(name, options);
  checkTask(name, metric.tasks, task);
  // ranks of margins are finer than those of probabilities, which saturate
  const takesMargins = task === 'binary' && (name === 'rocAuc' || name === 'averagePrecision');
  const modelTask = task === 'ranking' ? 'regression' : task;
  return {
    name,
    greaterIsBetter: metric.greaterIsBetter,
    evaluate: ({ target, group }, { margins, link, outputCount }) => {
      const predicted = takesMargins
        ? margins
        : predictionsOf(modelTask, link, margins, outputCount);
      return metric.evaluate(
        target,
        predicted,
        outputCount,
        undefined,
        task === 'ranking' ? group : undefined,
      );
    },
  };
}

const OF_CONFUSION = { precision: precisionOf, recall: recallOf, f1: f1Of };

function atOneHalf(measure: (typeof OF_CONFUSION)['f1']): HeldOutScore['evaluate'] {
  return ({ target }, { margins, link, outputCount }) => {
    const probabilities = predictionsOf('binary', link, margins, outputCount);
    return measure(confusionCounts(Uint8Array.from(target), probabilities, 0.5));
  };
}

function checkTask(name: string, tasks: readonly MetricTask[], task: MetricTask): void {
  if (tasks.includes(task)) return;
  throw new ConfigError(`metric "${name}" is for ${tasks.join(' or ')}, not ${task}`);
}
