import {
  type BootstrapOptions,
  bootstrapIntervals,
  bootstrapRecount,
  evaluateMulticlass,
  evaluatePredictions,
  evaluateRegression,
  METRIC_NAMES,
  type MetricIntervals,
  type Metrics,
  MULTICLASS_METRIC_NAMES,
  type MulticlassMetrics,
  REGRESSION_METRIC_NAMES,
  type RegressionMetrics,
  recountMulticlass,
  recountRegression,
} from '../evaluate/index.js';
import { margins, predictions } from '../model/margin.js';
import type { Model, Task } from '../model/model.js';
import type { Config } from './config.js';
import type { Sample } from './dataStage.js';

/** The metrics of each task. */
export interface TaskMetrics {
  binary: Metrics;
  multiclass: MulticlassMetrics;
  regression: RegressionMetrics;
}

/** The metrics of each task that are one number, in the order they are reported. */
export const TASK_METRIC_NAMES: Readonly<Record<Task, readonly string[]>> = Object.freeze({
  binary: METRIC_NAMES,
  multiclass: MULTICLASS_METRIC_NAMES,
  regression: REGRESSION_METRIC_NAMES,
});

/** Metrics of a model on labelled rows, of a binary one at its threshold, with bootstrap intervals. */
export type Evaluation<T extends Task = Task> = {
  [K in T]: {
    task: K;
    rowCount: number;
    metrics: TaskMetrics[K];
    /** undefined when no resamples are configured */
    intervals: MetricIntervals<string> | undefined;
  };
}[T];

/** Every metric of a model's task. @param predicted - as `predictions` gives them */
export function taskMetrics(
  model: Model,
  target: Float64Array,
  predicted: Float64Array,
): TaskMetrics[Task] {
  switch (model.task) {
    case 'binary':
      return evaluatePredictions(Uint8Array.from(target), predicted, model.threshold.value);
    case 'multiclass':
      return evaluateMulticlass(classRows(model, target, predicted));
    case 'regression':
      return evaluateRegression(target, predicted);
  }
}

/** Metrics of a model on labelled rows, with bootstrap intervals. */
export function evaluateSample(model: Model, sample: Sample, config: Config): Evaluation {
  const { matrix, target } = sample;
  const predicted = predictions(
    model,
    margins(model.predictor, matrix, target.length, model.features.length),
  );
  const { bootstrap_resamples: resamples, confidence: level } = config.evaluation;
  return {
    task: model.task,
    rowCount: target.length,
    metrics: taskMetrics(model, target, predicted),
    intervals:
      resamples === 0
        ? undefined
        : intervalsOf(model, target, predicted, { resamples, level, seed: config.seed }),
  } as Evaluation;
}

function intervalsOf(
  model: Model,
  target: Float64Array,
  predicted: Float64Array,
  options: BootstrapOptions,
): MetricIntervals<string> {
  switch (model.task) {
    case 'binary':
      return bootstrapIntervals({
        labels: Uint8Array.from(target),
        probabilities: predicted,
        threshold: model.threshold.value,
        ...options,
      });
    case 'multiclass':
      return bootstrapRecount(recountMulticlass(classRows(model, target, predicted)), options);
    case 'regression':
      return bootstrapRecount(recountRegression(target, predicted), options);
  }
}

function classRows({ schema }: Model, labels: Float64Array, probabilities: Float64Array) {
  return { labels, probabilities, classCount: schema.target.classes.length };
}
