import { ConfigError } from '../core/errors.js';
import { type EvalMetricOptions, evalMetric } from '../evaluate/trainingMetric.js';
import { predictionsOf } from '../model/margin.js';
import type { Objective } from './objectives/objective.js';

/** A score of one's own. */
export interface CustomMetric {
  name: string;
  greaterIsBetter: boolean;
  /**
   * @param predictions - what the link gives: a probability (binary), row-major probabilities (multiclass), a number, or for
   * ranking the margin
   */
  evaluate(
    target: ArrayLike<number>,
    predictions: Float64Array,
    weight?: ArrayLike<number>,
    group?: ArrayLike<number>,
  ): number;
}

/** What a score is taken of besides margins. */
export interface ScoredRows {
  target: ArrayLike<number>;
  weight?: ArrayLike<number> | undefined;
  group?: ArrayLike<number> | undefined;
}

/** A score of margins (row-major). */
export interface TrainingMetric {
  name: string;
  greaterIsBetter: boolean;
  evaluate(margins: Float64Array, rows: ScoredRows): number;
}

/** Parameters of losses that are scores too. */
export interface MetricParameters {
  quantileLevel: number;
  huberDelta: number;
  tweediePower: number;
}

/** @throws {ConfigError} on an unknown name or a score that is not for the task. */
export function resolveMetric(
  metric: string | CustomMetric,
  objective: Objective,
  parameters: MetricParameters,
): TrainingMetric {
  const { task, link, outputCount } = objective;
  const predict = (margins: Float64Array): Float64Array =>
    predictionsOf(task, link, margins, outputCount);
  if (typeof metric !== 'string') {
    return {
      name: metric.name,
      greaterIsBetter: metric.greaterIsBetter,
      evaluate: (margins, { target, weight, group }) =>
        metric.evaluate(target, predict(margins), weight, group),
    };
  }
  const found = evalMetric(metric, optionsOf(metric, parameters));
  const wanted = objective.metric === 'ndcg' ? 'ranking' : task;
  if (!found.tasks.includes(wanted)) {
    throw new ConfigError(`metric "${metric}" is for ${found.tasks.join(' or ')}, not ${wanted}`);
  }
  return {
    name: metric,
    greaterIsBetter: found.greaterIsBetter,
    evaluate: (margins, { target, weight, group }) =>
      found.evaluate(
        target,
        predict(margins),
        outputCount,
        // queries count alike
        wanted === 'ranking' ? undefined : weight,
        group,
      ),
  };
}

function optionsOf(metric: string, parameters: MetricParameters): EvalMetricOptions {
  if (metric === 'quantile') return { alpha: parameters.quantileLevel };
  if (metric === 'huber') return { delta: parameters.huberDelta };
  if (metric === 'tweedie') return { power: parameters.tweediePower };
  return metric === 'ndcg' ? { k: 10 } : {};
}
