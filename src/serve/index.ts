export { type AppOptions, createApp, type ServeApp } from './createApp.js';
export type { AccessTokens } from './http/bearerToken.js';
export type { ClientRate } from './http/clientRate.js';
export type { Answer, Body, Exchange } from './http/exchange.js';
export { Refusal } from './http/refusal.js';
export { tooLarge } from './http/requestBody.js';
export type { Failure, Route } from './http/router.js';
export { DEFAULT_LIMITS, type ServeLimits } from './limits.js';
export { Counter } from './metrics/counter.js';
export type { Metric } from './metrics/exposition.js';
export { Gauge, type Reading } from './metrics/gauge.js';
export { Histogram } from './metrics/histogram.js';
export type { Explain, ModelInfo, ModelOptions } from './model/servedModel.js';
export {
  type LabelReceipt,
  type LabelReport,
  monitorOf,
  type PredictionMonitor,
} from './monitor.js';
export {
  type LoggedClass,
  type LoggedLabel,
  type LoggedNumber,
  type LoggedPrediction,
  type LoggedProbability,
  parseLogLine,
} from './predictions/loggedPrediction.js';
export type { LogStatus, PredictionSink } from './predictions/predictionSink.js';
export type { WithheldFields } from './predictions/withheld.js';
export { type Problem, ProblemList, type ProblemType } from './rows/problem.js';
export { createRecordValidator, type RecordValidator } from './rows/recordValidator.js';
