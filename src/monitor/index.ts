export { assessDrift } from './assessDrift.js';
export { benjaminiHochberg } from './benjaminiHochberg.js';
export { buildReference, type ReferenceInput } from './buildReference.js';
export { chiSquareSurvival } from './chiSquare.js';
export { type Comparison, compareCounts } from './compareCounts.js';
export { checkDriftOptions, DEFAULT_DRIFT_OPTIONS, type DriftOptions } from './driftOptions.js';
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
} from './driftReport.js';
export {
  type DriftSummary,
  type RetrainingSummary,
  summarizeDrift,
  summarizeRetraining,
} from './driftSummary.js';
export { type ObservedRecord, observe } from './observe.js';
export { parseReference } from './parseReference.js';
export type {
  ClassRates,
  PositiveRates,
  PredictedMeans,
  PredictionEvidence,
  PredictionSummary,
} from './predictionSummary.js';
export type { QuantileShift } from './quantileShift.js';
export {
  type Reason,
  type ReasonCode,
  type Recommendation,
  type RetrainingAdvice,
  recommendRetraining,
} from './recommendRetraining.js';
export type {
  BinaryReference,
  CategoryReference,
  DriftReference,
  FieldReference,
  MulticlassReference,
  NumericReference,
  RegressionReference,
} from './reference.js';
export { referenceOfBlob } from './referenceOfBlob.js';
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
} from './state.js';
