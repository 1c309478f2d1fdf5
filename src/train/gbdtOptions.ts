import { CONSTRAINT_DEFAULTS } from './constraints.js';
import { defaultsOf, type OptionTable, resolveOptions } from './optionTable.js';
import {
  type CommonTreeOptions,
  GROWTH_TABLE,
  integer,
  number,
  type ProgressListener,
  type UntabledOption,
} from './treeOptions.js';

/** Options of gradient boosting; ranges, defaults and foreign names are in {@link GBDT_TABLE}. */
export interface GbdtOptions extends CommonTreeOptions {
  numTrees: number;
  /** what a leaf value is multiplied with */
  learningRate: number;
  /** largest |leaf value| before the learning rate */
  maxDeltaStep: number;
  /** share of the rows that each tree is grown on, drawn without replacement */
  subsample: number;
  /** share of the columns that each tree is grown on */
  colsample: number;
  /** multiplies the weights of positive rows */
  scalePosWeight: number;
  /** called after each tree; `tree` counts from 1 */
  onProgress: ProgressListener | undefined;
}

/** Every option of boosting that a command line can set. */
export const GBDT_TABLE: OptionTable<Exclude<keyof GbdtOptions, UntabledOption>> = Object.freeze({
  numTrees: integer(100, 1, 100_000, 'trees', 'num_iterations / num_boost_round / max_iter'),
  learningRate: number(
    0.1,
    0,
    10,
    'shrinkage of each tree',
    'learning_rate / eta / learning_rate',
    true,
  ),
  // a leaf of rows that are all but certain has next to no hessian, and its Newton step runs to the thousands
  maxDeltaStep: number(
    100,
    0,
    Infinity,
    'largest leaf value before the learning rate, in log-odds',
    'max_delta_step (learning rate included; 0 is none) / max_delta_step (0 is none) / -',
    true,
  ),
  subsample: number(
    1,
    0,
    1,
    'share of the rows of each tree',
    'bagging_fraction (bagging_freq 1) / subsample / -',
    true,
  ),
  colsample: number(
    1,
    0,
    1,
    'share of the columns of each tree',
    'feature_fraction / colsample_bytree / -',
    true,
  ),
  scalePosWeight: number(
    1,
    0,
    1e6,
    'weight of positive rows',
    'scale_pos_weight / scale_pos_weight / class_weight',
    true,
  ),
  ...GROWTH_TABLE,
});

export const GBDT_DEFAULTS: Readonly<GbdtOptions> = Object.freeze({
  ...defaultsOf<Omit<GbdtOptions, UntabledOption>>(GBDT_TABLE),
  ...CONSTRAINT_DEFAULTS,
  onProgress: undefined,
});

/** @throws {ConfigError} on an unknown option or one out of its range. */
export function resolveGbdtOptions(given: Partial<GbdtOptions> | undefined): GbdtOptions {
  return resolveOptions('gbdt option', GBDT_TABLE, GBDT_DEFAULTS, given);
}
