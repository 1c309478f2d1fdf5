export { assessDrift } from './assessDrift.js';
export { benjaminiHochberg } from './benjaminiHochberg.js';
export { buildReference, type ReferenceInput } from './buildReference.js';
export { chiSquareSurvival } from './chiSquare.js';
export { type Comparison, compareCounts } from './compareCounts.js';
export { checkDriftOptions, DEFAULT_DRIFT_OPTIONS, type DriftOptions } from './driftOptions.js';
export type {
  DistributionChange,
  DriftReport,
  FieldDrift,
  RateChange,
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
export {
  type Reason,
  type ReasonCode,
  type Recommendation,
  type RetrainingAdvice,
  recommendRetraining,
} from './recommendRetraining.js';
export type {
  CategoryReference,
  DriftReference,
  FieldReference,
  NumericReference,
} from './reference.js';
export {
  type CategoryState,
  createMonitorState,
  type FieldState,
  type MonitorState,
  mergeStates,
  type NumericState,
} from './state.js';
