import { ConfigError } from '../core/errors.js';
import { predictionsOf } from '../model/margin.js';
import type { Objective } from './objectives/objective.js';

/** A score of one's own. */
export interface CustomMetric {
  name: string;
  greaterIsBetter: boolean;
  /**
   * @param predictions - what the link gives: a probability (binary), row-major probabilities (multiclass), a number
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

/** @throws {ConfigError} on an unknown name or one that is not for the task. */
export function resolveMetric(
  metric: string | CustomMetric,
  { task, link, outputCount }: Objective,
): TrainingMetric {
  if (typeof metric === 'string') throw new ConfigError(`unknown metric ${metric}`);
  return {
    name: metric.name,
    greaterIsBetter: metric.greaterIsBetter,
    evaluate: (margins, { target, weight, group }) =>
      metric.evaluate(target, predictionsOf(task, link, margins, outputCount), weight, group),
  };
}
