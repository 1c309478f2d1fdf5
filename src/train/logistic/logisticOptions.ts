import { checkNumber, show } from '../../core/check.js';
import { ConfigError } from '../../core/errors.js';
import {
  choice,
  defaultsOf,
  integer,
  number,
  type OptionTable,
  resolveOptions,
} from '../optionTable.js';
import type { PreprocessingOptions } from '../preprocessing.js';

/** Options of logistic regression; ranges, defaults and scikit-learn's names are in {@link LOGISTIC_TABLE}. */
export interface LogisticOptions extends PreprocessingOptions {
  /** weight of Σ|w| against the summed loss. The intercepts are free. */
  l1: number;
  /** weight of |w|²/2 against the summed loss. The intercepts are free. */
  l2: number;
  /** multiplies the weights of a class's rows in the loss: the same for all, inverse to its weight, or a number > 0 a class */
  classWeight: 'none' | 'balanced' | readonly number[];
  /** 0: the greatest target + 1 */
  classCount: number;
  /** auto: newton where the Hessian is small enough to lay out and to build, else lbfgs */
  solver: 'auto' | 'newton' | 'lbfgs';
  maxIterations: number;
  /** the search ends when the optimality violation is at most this, times that of the start where it is above 1 */
  tolerance: number;
}

/** Every option of logistic regression that a command line can set; `classWeight` takes a list in code too. */
export const LOGISTIC_TABLE: OptionTable<keyof LogisticOptions> = Object.freeze({
  l1: number(0, 0, Infinity, 'weight of the sum of |w| against the summed loss', 'l1_ratio / C'),
  l2: number(
    1,
    0,
    Infinity,
    'weight of half the sum of w² against the summed loss',
    '(1 - l1_ratio) / C',
  ),
  classWeight: choice(
    'none',
    ['none', 'balanced'],
    'balanced: every class weighs the same in the loss',
    'class_weight',
  ),
  classCount: integer(0, 0, 10_000, 'classes of the target; 0 is the greatest target + 1', '-'),
  solver: choice(
    'auto',
    ['auto', 'newton', 'lbfgs'],
    'newton: few expensive steps; lbfgs: many cheap ones; with l1 proximal Newton and OWL-QN',
    'solver (newton-cholesky, lbfgs; saga with l1)',
  ),
  maxIterations: integer(1000, 1, 1_000_000, 'steps', 'max_iter'),
  tolerance: number(
    1e-8,
    0,
    1,
    'greatest component of the gradient of the mean objective at which the search ends',
    'tol',
    true,
  ),
  imputation: choice(
    'median',
    ['median', 'mostFrequent'],
    'what stands in for a missing number',
    'SimpleImputer strategy',
  ),
  clipFactor: number(
    3,
    0,
    1000,
    'numbers are clipped this many interquartile ranges beyond the quartiles; 0 clips to the range of training',
    '-',
  ),
  scaling: choice(
    'standard',
    ['standard', 'none'],
    'standard: mean 0 and variance 1; none: numbers as they are',
    'StandardScaler',
  ),
  missingCategory: choice(
    'own',
    ['own', 'mostFrequent'],
    'missing is a level of its own, or the commonest level',
    'OneHotEncoder of a missing level / SimpleImputer strategy',
  ),
  minLevelRows: integer(
    10,
    1,
    Infinity,
    'levels with fewer rows share one weight',
    'OneHotEncoder min_frequency',
  ),
});

export const LOGISTIC_DEFAULTS: Readonly<LogisticOptions> = Object.freeze(
  defaultsOf<LogisticOptions>(LOGISTIC_TABLE),
);

/** @throws {ConfigError} on an unknown option or one out of its range. */
export function resolveLogisticOptions(
  given: Partial<LogisticOptions> | undefined,
): LogisticOptions {
  const classWeight = given?.classWeight;
  if (!Array.isArray(classWeight)) {
    return resolveOptions('logistic option', LOGISTIC_TABLE, LOGISTIC_DEFAULTS, given);
  }
  classWeight.forEach((weight, index) => {
    checkNumber(`classWeight[${index}]`, weight, 0);
    if (weight === 0) {
      throw new ConfigError(
        `"classWeight[${index}]" expected a number above 0, got ${show(weight)}`,
      );
    }
  });
  const rest = { ...given, classWeight: 'none' as const };
  return {
    ...resolveOptions('logistic option', LOGISTIC_TABLE, LOGISTIC_DEFAULTS, rest),
    classWeight: classWeight.slice(),
  };
}
