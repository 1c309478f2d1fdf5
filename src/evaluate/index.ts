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
export { logLoss } from './logLoss.js';
export {
  evaluatePredictions,
  METRIC_NAMES,
  type MetricName,
  type Metrics,
} from './metrics.js';
export { type OnnxFeeds, type OnnxPredictions, type OnnxSession, openOnnx } from './onnxSession.js';
export * from './parity.js';
export { averagePrecision, rocAuc } from './ranking.js';
