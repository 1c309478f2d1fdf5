export { nodeThread, type Thread, webThread } from '../core/thread.js';
export { type Boosting, type RoundTree, startBoosting } from './boosting.js';
export {
  type CrossValidation,
  type CrossValidationInput,
  crossValidate,
  type ScoredCrossValidation,
  type ScoredTask,
  type Spread,
  selectCandidate,
} from './crossValidate.js';
export { DEFAULT_SPACES } from './defaultSpaces.js';
export {
  FOLD_SCORE_NAMES,
  type FoldScoreName,
  type FoldScores,
  SELECTION_SCORES,
} from './foldScores.js';
export { foldsOfTask, plainFolds, queryFolds, stratifiedFolds } from './folds.js';
export {
  FOREST_DEFAULTS,
  FOREST_TABLE,
  type ForestOptions,
  type MeanObjective,
  resolveForestOptions,
  resolveTreeOptions,
  TREE_DEFAULTS,
  TREE_TABLE,
  type TreeOptions,
} from './forestOptions.js';
export { boostTrees, fitGbdt, type GbdtFit, trainGbdt } from './gbdt.js';
export { GBDT_DEFAULTS, GBDT_TABLE, type GbdtOptions, resolveGbdtOptions } from './gbdtOptions.js';
export { groupedFolds, stratifiedGroupedFolds } from './groupedFolds.js';
export type { ConstraintOptions, Direction } from './grow/constraints.js';
export type { GrowPolicy } from './grow/leafQueue.js';
export { HELD_OUT_SCORE_NAMES, type HeldOutScoreName } from './heldOutScore.js';
export type { KernelChoice } from './kernel/kernel.js';
export {
  fitLogistic,
  LOGISTIC_DEFAULTS,
  LOGISTIC_TABLE,
  type LogisticFit,
  type LogisticOptions,
  trainLogistic,
} from './logistic/logisticRegression.js';
export { OBJECTIVE_NAMES, type ObjectiveName } from './objectives/createObjective.js';
export type { CustomObjective } from './objectives/custom.js';
export type { ChoiceOption, NumericOption, OptionSpec, OptionTable } from './optionTable.js';
export type {
  ChoiceRange,
  DrawnOptions,
  NumberRange,
  ParameterRange,
  ParameterSpace,
} from './parameterSpace.js';
export { fitForest, fitTree, trainForest, trainTree } from './randomForest.js';
export { searchHyperparameters, searchHyperparametersAsync } from './search.js';
export { type LearnerOptions, SEARCH_LEARNERS, type SearchLearner } from './searchLearner.js';
export {
  SEARCH_DEFAULTS,
  SEARCH_STRATEGIES,
  type SearchOptions,
  type SearchProgress,
  type SearchResult,
  type SearchStrategy,
  type Trial,
} from './searchOptions.js';
export {
  type AsyncOptions,
  type GbdtAsyncOptions,
  type TimedProgress,
  trainGbdtAsync,
} from './trainGbdtAsync.js';
export type { TrainingMatrix } from './trainingMatrix.js';
export type { CustomMetric } from './trainingMetric.js';
export type { ProgressListener } from './treeOptions.js';
export type { ValidationData } from './validation.js';
