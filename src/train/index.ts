export { type Boosting, fitGbdt, startBoosting } from './boosting.js';
export type { ConstraintOptions, Direction } from './constraints.js';
export * from './crossValidate.js';
export { stratifiedFolds } from './folds.js';
export {
  FOREST_DEFAULTS,
  FOREST_TABLE,
  type ForestOptions,
  resolveForestOptions,
  resolveTreeOptions,
  TREE_DEFAULTS,
  TREE_TABLE,
  type TreeOptions,
} from './forestOptions.js';
export { GBDT_DEFAULTS, GBDT_TABLE, type GbdtOptions, resolveGbdtOptions } from './gbdtOptions.js';
export type { KernelChoice } from './kernel/kernel.js';
export type { GrowPolicy } from './leafQueue.js';
export {
  fitLogistic,
  LOGISTIC_DEFAULTS,
  type LogisticFit,
  type LogisticOptions,
  trainLogistic,
} from './logisticRegression.js';
export type { ChoiceOption, NumericOption, OptionSpec, OptionTable } from './optionTable.js';
export { fitForest, fitTree } from './randomForest.js';
export type { TrainingMatrix } from './trainingMatrix.js';
export { trainForest, trainGbdt, trainTree } from './trainTrees.js';
export type { ProgressListener } from './treeOptions.js';
