export { CANDIDATE_NAMES, type CandidateName } from './candidates.js';
export type {
  Champion,
  ComparedMetric,
  ModelComparison,
} from './compareStage.js';
export {
  type Config,
  type ConfigSource,
  DEFAULT_CONFIG,
  defaultConfig,
  parseConfig,
  withSettings,
} from './config.js';
export { type Sample, sampleTable } from './dataStage.js';
export {
  type Evaluation,
  evaluateSample,
  TASK_METRIC_NAMES,
  type TaskMetrics,
} from './evaluation.js';
export { FILES } from './files.js';
export type { Lineage } from './lineage.js';
export { type MonitoringConfig, monitorOptions } from './monitoringConfig.js';
export { type ModelForms, makeForms, measureEngines } from './optimizeStage.js';
export { checkParity, type ParityCheck, type ParityReport } from './parityGate.js';
export type { RunEnvironment, StageName } from './progress.js';
export { type RunInput, type RunResult, runLifecycle } from './run.js';
export { sha256 } from './sha256.js';
export type { CandidateResult, TrainedModel } from './trainStage.js';
export { type TrainTableOptions, trainTable } from './trainTable.js';
export { type Finding, readLineage, verifyFiles } from './verify.js';
