export type {
  ClassRates,
  PositiveRates,
  PredictedMeans,
  PredictionEvidence,
  PredictionSummary,
} from './advice/predictionSummary.js';
export type { Reason, ReasonCode, ReasonKind } from './advice/reason.js';
export {
  type Recommendation,
  type RetrainingAdvice,
  recommendRetraining,
} from './advice/recommend.js';
export type { AlarmSummary, DriftSummary, RetrainingSummary } from './advice/summary.js';
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
export type { GridDistance, QuantileShift } from './drift/gridDistance.js';
export type { Label, LabelReceipt } from './labels/label.js';
export { createMonitor, type Monitor, type MonitorInput, type WindowsBy } from './monitor.js';
export {
  checkDriftOptions,
  checkMonitorOptions,
  DEFAULT_DRIFT_OPTIONS,
  DEFAULT_MONITOR_OPTIONS,
  type DriftOptions,
  MONITOR_RANGES,
  type MonitorOptions,
} from './monitorOptions.js';
export type {
  DropKind,
  Estimate,
  PerformanceDrop,
  PerformanceMetric,
  PerformanceMetricName,
  PerformanceReport,
} from './performance/performanceReport.js';
export { buildReference, type ReferenceInput } from './reference/buildReference.js';
export type { CalibrationTable } from './reference/calibrationTable.js';
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
export { referenceOfBlob } from './reference/referenceOfBlob.js';
export type { MonitorSnapshot } from './snapshot/snapshot.js';
export { benjaminiHochberg } from './statistics/benjaminiHochberg.js';
export { chiSquareSurvival } from './statistics/chiSquare.js';
export { type Comparison, compareCounts } from './statistics/compareCounts.js';
export type { Alarm } from './windows/alarms.js';
export type { MonitorView } from './windows/assessMonitor.js';
export type { WindowSummary } from './windows/history.js';
