export {
  type DriftSummary,
  type RetrainingSummary,
  summarizeDrift,
  summarizeRetraining,
} from './advice/driftSummary.js';
export type {
  ClassRates,
  PositiveRates,
  PredictedMeans,
  PredictionEvidence,
  PredictionSummary,
} from './advice/predictionSummary.js';
export {
  type Reason,
  type ReasonCode,
  type Recommendation,
  type RetrainingAdvice,
  recommendRetraining,
} from './advice/recommendRetraining.js';
export { type ObservedRecord, observe } from './counts/observe.js';
export {
  type BinaryState,
  type CategoryState,
  createMonitorState,
  type FieldState,
  type MonitorState,
  type MulticlassState,
  mergeStates,
  type NumericState,
  type RegressionState,
  type StateOf,
} from './counts/state.js';
export { assessDrift } from './drift/assessDrift.js';
export {
  checkDriftOptions,
  DEFAULT_DRIFT_OPTIONS,
  type DriftOptions,
} from './drift/driftOptions.js';
export type {
  BinaryDriftReport,
  ClassRate,
  DistributionChange,
  DriftReport,
  DriftReportParts,
  FieldDrift,
  MulticlassDriftReport,
  RateChange,
  RegressionDriftReport,
  Verdict,
} from './drift/driftReport.js';
export type { QuantileShift } from './drift/quantileShift.js';
export { buildReference, type ReferenceInput } from './reference/buildReference.js';
export { parseReference } from './reference/parseReference.js';
export type {
  BinaryReference,
  CategoryReference,
  DriftReference,
  FieldReference,
  MulticlassReference,
  NumericReference,
  RegressionReference,
} from './reference/reference.js';
export { benjaminiHochberg } from './statistics/benjaminiHochberg.js';
export { chiSquareSurvival } from './statistics/chiSquare.js';
export { type Comparison, compareCounts } from './statistics/compareCounts.js';
