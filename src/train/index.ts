export { type Boosting, type RoundTree, startBoosting } from './boosting.js';
export * from './crossValidate.js';
export {
  FOLD_SCORE_NAMES,
  type FoldScoreName,
  type FoldScores,
  SELECTION_SCORES,
} from './foldScores.js';
export { stratifiedFolds } from './folds.js';
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
export type { ConstraintOptions, Direction } from './grow/constraints.js';
export type { GrowPolicy } from './grow/leafQueue.js';
export type { KernelChoice } from './kernel/kernel.js';
export {
  fitLogistic,
  LOGISTIC_DEFAULTS,
  type LogisticFit,
  type LogisticOptions,
  trainLogistic,
} from './logistic/logisticRegression.js';
export { OBJECTIVE_NAMES, type ObjectiveName } from './objectives/createObjective.js';
export type { CustomObjective } from './objectives/custom.js';
export type { ChoiceOption, NumericOption, OptionSpec, OptionTable } from './optionTable.js';
export { fitForest, fitTree, trainForest, trainTree } from './randomForest.js';
export {
  type AsyncOptions,
  type GbdtAsyncOptions,
  type TimedProgress,
  trainGbdtAsync,
} from './trainGbdtAsync.js';
export type { TrainingMatrix } from './trainingMatrix.js';
export type { CustomMetric } from './trainingMetric.js';
export { nodeThread, type Thread, webThread } from './trainingThread.js';
export type { ProgressListener } from './treeOptions.js';
export type { ValidationData } from './validation.js';
