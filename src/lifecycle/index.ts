export { CANDIDATE_NAMES, type CandidateName } from './candidates.js';
export {
  type Config,
  type ConfigSource,
  DEFAULT_CONFIG,
  defaultConfig,
  parseConfig,
} from './config.js';
export type { Lineage } from './lineage.js';
export { makeForms, measureEngines, type ModelForms } from './optimizeStage.js';
export { checkParity, type ParityCheck, type ParityReport } from './parityGate.js';
export type { RunEnvironment, StageName } from './progress.js';
export { FILES, type RunInput, type RunResult, runLifecycle } from './run.js';
export { sha256 } from './sha256.js';
export { evaluateSample, type Evaluation } from './trainStage.js';
export { type Finding, readLineage, verifyFiles } from './verify.js';
