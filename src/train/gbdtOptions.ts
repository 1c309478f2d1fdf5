import { ConfigError } from '../core/errors.js';
import type { Forest } from '../model/forest.js';
import type { Model } from '../model/model.js';
import { CONSTRAINT_DEFAULTS } from './grow/constraints.js';
import { OBJECTIVE_NAMES, type ObjectiveName } from './objectives/createObjective.js';
import type { CustomObjective } from './objectives/custom.js';
import {
  choice,
  defaultsOf,
  flag,
  integer,
  number,
  type OptionTable,
  resolveOptions,
} from './optionTable.js';
import type { CustomMetric } from './trainingMetric.js';
import {
  type CommonTreeOptions,
  GROWTH_TABLE,
  type ProgressListener,
  type UntabledOption,
} from './treeOptions.js';
import type { ValidationData } from './validation.js';

/** Options of gradient boosting; ranges, defaults and foreign names are in {@link GBDT_TABLE}. */
export interface GbdtOptions extends CommonTreeOptions {
  numTrees: number;
  /** the loss: a name, or functions of one's own */
  objective: ObjectiveName | CustomObjective;
  classCount: number;
  quantileLevel: number;
  huberDelta: number;
  tweediePower: number;
  /** what a leaf value is multiplied with */
  learningRate: number;
  /** largest |leaf value| before the learning rate; 0 is 100 where the margin is a logarithm, else none */
  maxDeltaStep: number;
  /** share of the rows that each tree is grown on, drawn without replacement */
  subsample: number;
  /** rows are drawn by the size of their gradients (gradient-based one-side sampling) */
  goss: boolean;
  topRate: number;
  otherRate: number;
  /** share of the columns that each tree is grown on */
  colsample: number;
  /** multiplies the weights of positive rows */
  scalePosWeight: number;
  /** rounds without a better score after which boosting stops; 0 never */
  earlyStoppingRounds: number;
  earlyStoppingDelta: number;
  /** share of the rows that is held out and watched, when no `validation` is given */
  validationFraction: number;
  /** rows to watch */
  validation: ValidationData | undefined;
  /** what is watched; by the objective when absent */
  metric: string | CustomMetric | undefined;
  /** a model of the same features whose trees come first; `numTrees` more are added */
  continueFrom: Model | Forest | undefined;
  /** called after each round; `tree` counts from 1 */
  onProgress: ProgressListener | undefined;
}

/** Options that are not a number or a name. */
type Structured = 'validation' | 'metric' | 'continueFrom' | UntabledOption;

/** Every option of boosting that a command line can set. */
export const GBDT_TABLE: OptionTable<Exclude<keyof GbdtOptions, Structured>> = Object.freeze({
  objective: choice(
    'binary',
    OBJECTIVE_NAMES,
    'the loss; docs/training.md has their formulas',
    'objective / objective / loss',
  ),
  classCount: integer(
    0,
    0,
    4096,
    'classes of a multiclass target; 0 is the greatest code plus one',
    'num_class / num_class / -',
  ),
  quantileLevel: number(
    0.5,
    0.001,
    0.999,
    'level of the quantile loss',
    'alpha / quantile_alpha / quantile',
  ),
  huberDelta: number(
    1,
    0,
    Infinity,
    "where Huber's loss turns linear, in units of the target",
    'alpha / huber_slope / -',
    true,
  ),
  tweediePower: number(
    1.5,
    1.01,
    1.99,
    'variance power of the Tweedie loss',
    'tweedie_variance_power / tweedie_variance_power / -',
  ),
  numTrees: integer(
    100,
    1,
    100_000,
    'rounds: a tree an output each',
    'num_iterations / num_boost_round / max_iter',
  ),
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
    0,
    0,
    Infinity,
    'largest leaf value before the learning rate; 0 is 100 where the margin is a logarithm, else none',
    'max_delta_step (learning rate included; 0 is none) / max_delta_step (0 is none) / -',
  ),
  subsample: number(
    1,
    0,
    1,
    'share of the rows of each tree',
    'bagging_fraction (bagging_freq 1) / subsample / -',
    true,
  ),
  goss: flag(false, 'draw rows by the size of their gradients', 'data_sample_strategy / - / -'),
  topRate: number(
    0.2,
    0,
    1,
    'goss: share of rows with the greatest gradients',
    'top_rate / - / -',
    true,
  ),
  otherRate: number(
    0.1,
    0,
    1,
    'goss: rows drawn from the others, as a share of all',
    'other_rate / - / -',
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
  earlyStoppingRounds: integer(
    0,
    0,
    100_000,
    'rounds without a better validation score before boosting stops; 0 never stops',
    'early_stopping_round / early_stopping_rounds / n_iter_no_change',
  ),
  earlyStoppingDelta: number(
    0,
    0,
    Infinity,
    'by how much a score must be better',
    'early_stopping_min_delta / - / tol',
  ),
  validationFraction: number(
    0,
    0,
    0.9,
    'share of the rows that is held out and watched',
    '- / - / validation_fraction',
  ),
  ...GROWTH_TABLE,
});

export const GBDT_DEFAULTS: Readonly<GbdtOptions> = Object.freeze({
  ...defaultsOf<Omit<GbdtOptions, Structured>>(GBDT_TABLE),
  validation: undefined,
  metric: undefined,
  continueFrom: undefined,
  ...CONSTRAINT_DEFAULTS,
  onProgress: undefined,
});

/** @throws {ConfigError} on an unknown option or one out of its range. */
export function resolveGbdtOptions(given: Partial<GbdtOptions> | undefined): GbdtOptions {
  // a loss of one's own stands where the table has names
  const { objective, ...rest } = given ?? {};
  const custom = typeof objective === 'object' ? objective : undefined;
  const named = custom || objective === undefined ? rest : { ...rest, objective };
  const options = resolveOptions('gbdt option', GBDT_TABLE, GBDT_DEFAULTS, named);
  checkTogether(options);
  return custom ? { ...options, objective: custom } : options;
}

/** @throws {ConfigError} on options that exclude each other. */
function checkTogether(options: GbdtOptions): void {
  if (options.goss && options.subsample < 1) {
    throw new ConfigError('"goss" draws the rows itself: expected "subsample" 1');
  }
  if (options.goss && options.topRate + options.otherRate > 1) {
    throw new ConfigError(
      `"topRate" and "otherRate" expected 1 at most together, got ${options.topRate + options.otherRate}`,
    );
  }
  if (options.scalePosWeight !== 1 && options.objective !== 'binary') {
    throw new ConfigError('"scalePosWeight" is for a binary objective');
  }
}
