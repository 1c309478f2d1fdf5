import type { DropKind, PerformanceMetricName } from '../performance/performanceReport.js';

export type ReasonCode =
  | 'insufficient_samples'
  | 'missing_values'
  | 'non_finite_values'
  | 'out_of_range'
  | 'unseen_categories'
  | 'performance_drop'
  | 'concept_drift'
  | 'class_rate_shift'
  | 'prediction_shift'
  | 'feature_drift'
  | 'beyond_training'
  | 'positive_rate_drift'
  | 'class_rate_drift'
  | 'class_distribution_drift'
  | 'prediction_out_of_range'
  | 'score_drift'
  | 'performance_holds';

/**
 * What a reason speaks for: `fault` for broken data, `performance` and `prediction` for retraining, `field` for retraining
 * together with others, `note` for keeping an eye on it.
 */
export type ReasonKind = 'fault' | 'performance' | 'prediction' | 'field' | 'note';

/** Why, in a stable code and in words a person can act on. */
export interface Reason {
  code: ReasonCode;
  kind: ReasonKind;
  /** the field it is about */
  field?: string;
  /** the class it is about, of a model of several classes */
  class?: string;
  /** the metric it is about, and what it is seen by */
  metric?: PerformanceMetricName;
  seen_by?: DropKind;
  message: string;
}

/** What makes two reasons the same alarm, in whatever window they are found. */
export function subjectOf(reason: Reason): string {
  const { code, field = '', metric = '', seen_by = '' } = reason;
  return JSON.stringify([code, field, reason.class ?? '', metric, seen_by]);
}
