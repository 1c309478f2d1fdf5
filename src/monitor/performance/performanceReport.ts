import type { Verdict } from '../drift/driftReport.js';

export type PerformanceMetricName =
  | 'precision'
  | 'recall'
  | 'accuracy'
  | 'meanAbsoluteError'
  | 'rootMeanSquaredError';

/** A number and how far off it may be: one standard error. */
export interface Estimate {
  value: number;
  standardError: number;
}

/** One metric: in training, expected of the rows at hand without their labels, and realised by the labels there are. */
export interface PerformanceMetric {
  metric: PerformanceMetricName;
  /** of a model of several classes: the class, for precision and recall */
  class?: string;
  /** out of fold, on the training rows; undefined where it is not defined */
  training: number | undefined;
  estimated: Estimate | undefined;
  realised: Estimate | undefined;
}

/**
 * What a drop is seen by: the estimate without labels, the labels, or the labels against the estimate for the same rows
 * (`concept`: the probabilities no longer mean what they did).
 */
export type DropKind = 'estimated' | 'realised' | 'concept';

/** A metric that may have become worse. */
export interface PerformanceDrop extends Verdict {
  kind: DropKind;
  metric: PerformanceMetricName;
  /** before: in training, of `concept` what was to be expected of the labelled rows */
  from: number;
  to: number;
}

/** How good the predictions are. */
export interface PerformanceReport {
  metrics: PerformanceMetric[];
  /** what was tested; of the metrics that could be */
  drops: PerformanceDrop[];
  /** why the estimate must not be relied on; undefined when it may */
  distrust: string | undefined;
  /** predictions that are kept for their labels, and those of them that have one */
  tracked: number;
  labelled: number;
  /** whether those are enough to decide by */
  labelsSuffice: boolean;
}
