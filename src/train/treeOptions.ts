import type { ConstraintOptions } from './grow/constraints.js';
import { GROW_POLICIES } from './grow/leafQueue.js';
import type { GrowthOptions } from './grow/treeGrower.js';
import { KERNEL_CHOICES, type KernelChoice } from './kernel/kernel.js';
import { choice, integer, number, type OptionTable } from './optionTable.js';

/** How far a fit is. */
export interface TreeProgress {
  /** trees, or rounds of boosting, that are done */
  tree: number;
  numTrees: number;
  /** the validation score, where rows are watched */
  score?: number;
}

export type ProgressListener = (progress: TreeProgress) => void;

/** What growing trees takes, whichever learner grows them; see {@link GROWTH_TABLE}. */
export interface CommonTreeOptions extends GrowthOptions, ConstraintOptions {
  maxBins: number;
  minDataInBin: number;
  seed: number;
  kernel: KernelChoice;
}

/** Options that no table has: a listener, and what is a list. */
export type UntabledOption = 'onProgress' | keyof ConstraintOptions;

/** Range, default and foreign names of every option that all tree learners share. Defaults are those of boosting. */
export const GROWTH_TABLE: OptionTable<Exclude<keyof CommonTreeOptions, UntabledOption>> =
  Object.freeze({
    maxLeaves: integer(
      31,
      1,
      2 ** 17,
      'leaves of a tree',
      'num_leaves / max_leaves / max_leaf_nodes',
    ),
    maxDepth: integer(
      0,
      0,
      2 ** 16,
      'levels of splits in a tree; 0 is no limit',
      'max_depth (-1) / max_depth / max_depth',
    ),
    minChildSamples: integer(
      20,
      1,
      Infinity,
      'rows of a leaf',
      'min_data_in_leaf / - / min_samples_leaf',
    ),
    minChildWeight: number(
      1e-3,
      0,
      Infinity,
      'hessian sum of a leaf',
      'min_sum_hessian_in_leaf / min_child_weight / -',
    ),
    minSplitGain: number(
      0,
      0,
      Infinity,
      'loss reduction that a split must exceed',
      'min_gain_to_split / gamma / -',
    ),
    l1: number(0, 0, Infinity, 'L1 penalty of leaf values', 'lambda_l1 / alpha / -'),
    l2: number(
      0,
      0,
      Infinity,
      'L2 penalty of leaf values',
      'lambda_l2 / lambda / l2_regularization',
    ),
    maxBins: integer(
      255,
      2,
      255,
      'bins of a feature, missing not counted',
      'max_bin / max_bin / max_bins',
    ),
    colsampleByNode: number(
      1,
      0,
      1,
      'share of the columns that a node looks at',
      'feature_fraction_bynode / colsample_bynode / max_features',
      true,
    ),
    growPolicy: choice(
      'leafwise',
      GROW_POLICIES,
      'best leaf first, level by level, or one test a level (as CatBoost)',
      '- / grow_policy / -',
    ),
    maxCatThreshold: integer(
      32,
      1,
      254,
      'levels on the smaller side of a categorical split',
      'max_cat_threshold / max_cat_threshold / -',
    ),
    catSmooth: number(
      10,
      0,
      Infinity,
      'smoothing of the order of levels; a level of fewer rows stays with the rest',
      'cat_smooth / - / -',
    ),
    catL2: number(10, 0, Infinity, 'extra L2 at splits of sorted levels', 'cat_l2 / - / -'),
    maxCatToOnehot: integer(
      4,
      1,
      255,
      'up to this many bins a split takes one level against the rest',
      'max_cat_to_onehot / max_cat_to_onehot / -',
    ),
    minDataPerGroup: integer(
      100,
      1,
      Infinity,
      'rows of a group of sorted levels',
      'min_data_per_group / - / -',
    ),
    minDataInBin: integer(3, 1, Infinity, 'rows of a bin', 'min_data_in_bin / - / -'),
    seed: integer(0, -(2 ** 31), 2 ** 31 - 1, 'of every random draw', 'seed / seed / random_state'),
    kernel: choice(
      'auto',
      KERNEL_CHOICES,
      'inner loops: WebAssembly SIMD or JavaScript, with the same bits out',
      '- / - / -',
    ),
  });
