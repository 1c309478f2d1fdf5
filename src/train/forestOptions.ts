import { ConfigError } from '../core/errors.js';
import { CONSTRAINT_DEFAULTS } from './grow/constraints.js';
import {
  choice,
  defaultsOf,
  integer,
  number,
  type OptionTable,
  resolveOptions,
} from './optionTable.js';
import {
  type CommonTreeOptions,
  GROWTH_TABLE,
  type ProgressListener,
  type UntabledOption,
} from './treeOptions.js';

/** What the leaf means are of: the share of positives, of each class, or a number. */
export type MeanObjective = 'binary' | 'multiclass' | 'squared';

const MEAN_OBJECTIVES: readonly MeanObjective[] = ['binary', 'multiclass', 'squared'];

/** Options of a single tree. Leaf values are plain means: nothing shrinks them. */
export interface TreeOptions extends Omit<CommonTreeOptions, 'l1' | 'l2' | 'catL2'> {
  objective: MeanObjective;
  /** classes of a multiclass target; 0 takes the greatest code plus one */
  classCount: number;
  /** multiplies the weights of positive rows */
  scalePosWeight: number;
}

/** Options of a random forest; `colsampleByNode` 0 is the square root of the number of columns. */
export interface ForestOptions extends TreeOptions {
  numTrees: number;
  /** rows drawn with replacement for each tree, as a share of the rows */
  subsample: number;
  /** called after each tree; `tree` counts from 1 */
  onProgress: ProgressListener | undefined;
}

const { l1: _l1, l2: _l2, catL2: _catL2, ...GROWTH } = GROWTH_TABLE;
const SCALE = number(
  1,
  0,
  1e6,
  'weight of positive rows',
  'scale_pos_weight / scale_pos_weight / class_weight',
  true,
);

/** Every option of a single tree that a command line can set. */
export const TREE_TABLE: OptionTable<Exclude<keyof TreeOptions, UntabledOption>> = Object.freeze({
  objective: choice(
    'binary',
    MEAN_OBJECTIVES,
    'a share of positives, of each of several classes, or the mean of a number',
    'objective / objective / criterion',
  ),
  classCount: integer(
    0,
    0,
    4096,
    'classes of a multiclass target; 0 is the greatest code plus one',
    'num_class / num_class / -',
  ),
  scalePosWeight: SCALE,
  ...GROWTH,
});

/** Every option of a random forest that a command line can set. */
export const FOREST_TABLE: OptionTable<Exclude<keyof ForestOptions, UntabledOption>> =
  Object.freeze({
    numTrees: integer(
      100,
      1,
      100_000,
      'trees',
      'num_iterations / num_parallel_tree / n_estimators',
    ),
    subsample: number(
      1,
      0,
      1,
      'rows drawn with replacement, as a share',
      'bagging_fraction / subsample / max_samples',
      true,
    ),
    ...TREE_TABLE,
    maxLeaves: { ...GROWTH.maxLeaves, default: 256 } as OptionTable[string],
    minChildSamples: { ...GROWTH.minChildSamples, default: 5 } as OptionTable[string],
    colsampleByNode: number(
      0,
      0,
      1,
      'share of the columns that a node looks at; 0 is the square root of their number',
      'feature_fraction_bynode / colsample_bynode / max_features',
    ),
  });

export const TREE_DEFAULTS: Readonly<TreeOptions> = Object.freeze({
  ...defaultsOf<Omit<TreeOptions, UntabledOption>>(TREE_TABLE),
  ...CONSTRAINT_DEFAULTS,
});

export const FOREST_DEFAULTS: Readonly<ForestOptions> = Object.freeze({
  ...defaultsOf<Omit<ForestOptions, UntabledOption>>(FOREST_TABLE),
  ...CONSTRAINT_DEFAULTS,
  onProgress: undefined,
});

/** @throws {ConfigError} on an unknown option or one out of its range. */
export function resolveTreeOptions(given: Partial<TreeOptions> | undefined): TreeOptions {
  return checkTogether(resolveOptions('tree option', TREE_TABLE, TREE_DEFAULTS, given));
}

/** @throws {ConfigError} on an unknown option or one out of its range. */
export function resolveForestOptions(given: Partial<ForestOptions> | undefined): ForestOptions {
  return checkTogether(resolveOptions('forest option', FOREST_TABLE, FOREST_DEFAULTS, given));
}

function checkTogether<T extends TreeOptions>(options: T): T {
  if (options.scalePosWeight === 1 || options.objective === 'binary') return options;
  throw new ConfigError('"scalePosWeight" is for a binary objective');
}
