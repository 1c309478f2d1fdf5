export { type AppOptions, createApp, type Failure } from './createApp.js';
export type { LogStatus, ModelInfo } from './healthRoute.js';
export { DEFAULT_LIMITS, type ServeLimits } from './limits.js';
export {
  type LoggedClass,
  type LoggedNumber,
  type LoggedPrediction,
  type LoggedProbability,
  parsePredictionEntry,
} from './loggedPrediction.js';
export type { PredictionEntry } from './predictionEntry.js';
export { type Problem, ProblemList, type ProblemType } from './problem.js';
export { createRecordValidator, type RecordValidator } from './recordValidator.js';
