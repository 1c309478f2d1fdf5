export * from './adversarial.js';
export * from './bootstrap.js';
export { brierScore } from './brierScore.js';
export {
  CALIBRATION_DEFAULTS,
  type CalibrationBin,
  type CalibrationOptions,
  calibrationCurve,
  expectedCalibrationError,
} from './calibrationError.js';
export * from './confusion.js';
export { type ClassMetrics, classMetrics, confusionMatrix } from './confusionMatrix.js';
export { gammaDeviance, poissonDeviance, tweedieDeviance } from './deviance.js';
export {
  meanAveragePrecision,
  type NdcgOptions,
  ndcg,
  type RankedGroups,
} from './groupRanking.js';
export { logLoss } from './logLoss.js';
export {
  evaluatePredictions,
  METRIC_NAMES,
  type MetricName,
  type Metrics,
} from './metrics.js';
export {
  evaluateMulticlass,
  MULTICLASS_METRIC_NAMES,
  type MulticlassMetrics,
} from './multiclassMetrics.js';
export {
  type ClassProbabilities,
  multiclassBrierScore,
  multiclassLogLoss,
  oneVsRestAuc,
  topClasses,
  topLabelCalibrationError,
} from './multiclassScores.js';
export { type OnnxFeeds, type OnnxPredictions, type OnnxSession, openOnnx } from './onnxSession.js';
export { pairedDifference } from './pairedDifference.js';
export * from './parity.js';
export { averagePrecision, rocAuc } from './ranking.js';
export { type Recount, recountBinary, recountMulticlass, recountRegression } from './recount.js';
export * from './regressionErrors.js';
export {
  evaluateRegression,
  REGRESSION_METRIC_NAMES,
  type RegressionMetrics,
} from './regressionMetrics.js';
export {
  EVAL_METRIC_NAMES,
  type EvalMetric,
  type EvalMetricName,
  type EvalMetricOptions,
  evalMetric,
  type MetricTask,
} from './trainingMetric.js';
