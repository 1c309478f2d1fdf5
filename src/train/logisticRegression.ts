import { checkInteger, checkNumber, checkOneOf, withDefaults } from '../core/check.js';
import { DataError } from '../core/errors.js';
import { bareModel } from '../model/bareModel.js';
import type { Linear } from '../model/linear.js';
import type { BinaryModel } from '../model/model.js';
import { buildProblem } from './logisticProblem.js';
import { type LogisticSolver, minimise } from './logisticSolver.js';
import {
  fitPreprocessing,
  type OneHotPreparation,
  PREPROCESSING_DEFAULTS,
  type Preprocessing,
  type PreprocessingOptions,
} from './preprocessing.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import { binaryProblem } from './trainingProblem.js';

export interface LogisticOptions extends PreprocessingOptions {
  /** weight of |w|²/2 against the summed loss; >= 0. scikit-learn's 1 / C. The intercept is free. */
  l2: number;
  /** auto: newton up to 1500 weights, lbfgs above */
  solver: 'auto' | LogisticSolver;
  /** in [1, 1000000] */
  maxIterations: number;
  /** the search ends when no component of the gradient of the mean objective is greater; > 0. scikit-learn's `tol`. */
  tolerance: number;
}

export const LOGISTIC_DEFAULTS: Readonly<LogisticOptions> = Object.freeze({
  ...PREPROCESSING_DEFAULTS,
  l2: 1,
  solver: 'auto',
  maxIterations: 1000,
  tolerance: 1e-8,
});

const NEWTON_MAX_PARAMETERS = 1501;

export interface LogisticFit {
  predictor: Linear;
  /** whether the gradient reached the tolerance */
  converged: boolean;
  iterations: number;
  /** greatest component of the gradient of the mean objective */
  gradientNorm: number;
}

/**
 * Fits L2-penalised logistic regression on standardised numbers and one-hot categories, preprocessing included.
 * The same data and options give the same bits on every machine.
 * @throws {ConfigError} on a wrong option. @throws {ShapeError} on lengths that do not fit.
 * @throws {DataError} on a target that is not 0 or 1 or has one class, a wrong weight or a wrong category code.
 */
export function fitLogistic(data: TrainingMatrix, options?: Partial<LogisticOptions>): LogisticFit {
  const settings = withDefaults('logistic option', LOGISTIC_DEFAULTS, options);
  checkOptions(settings);
  const { matrix, rowCount, target, weight } = binaryProblem(data, 1);
  checkCategoryCodes(data);
  const rows = { ...data, matrix, rowCount, target, ...(data.weight && { weight }) };
  const preprocessing = fitPreprocessing(rows, settings);
  const problem = buildProblem(rows, preprocessing, settings.l2);
  const { parameters, ...outcome } = minimise(problem, {
    solver: chooseSolver(settings.solver, problem.parameterCount),
    maxIterations: settings.maxIterations,
    tolerance: settings.tolerance,
  });
  return { predictor: assemble(preprocessing, parameters), ...outcome };
}

/**
 * {@link fitLogistic} as a whole model over bare features: fields f0, f1, … (or the names given), no calibration,
 * threshold one half.
 */
export function trainLogistic(
  data: TrainingMatrix,
  options?: Partial<LogisticOptions>,
): BinaryModel {
  return bareModel(data, fitLogistic(data, options).predictor, 'logistic', 'binary') as BinaryModel;
}

function chooseSolver(solver: LogisticOptions['solver'], parameterCount: number): LogisticSolver {
  if (solver !== 'auto') return solver;
  return parameterCount <= NEWTON_MAX_PARAMETERS ? 'newton' : 'lbfgs';
}

/** Puts parameters and preprocessing together. */
function assemble({ numeric, categorical }: Preprocessing, parameters: Float64Array): Linear {
  const linear: Linear = {
    kind: 'linear',
    link: 'logit',
    intercepts: [parameters[parameters.length - 1]!],
    numeric: numeric.map((preparation, j) => ({ ...preparation, weights: [parameters[j]!] })),
    categorical: [],
  };
  let offset = numeric.length;
  for (const input of categorical) {
    const columnWeights = parameters.subarray(offset, offset + input.columnCount);
    const missing = missingWeight(input, columnWeights);
    linear.intercepts[0]! += missing;
    linear.categorical.push({
      featureIndex: input.featureIndex,
      weights: [
        Array.from(input.columnOfLevel, (column) =>
          column < 0 ? 0 : columnWeights[column]! - missing,
        ),
      ],
      fill: input.fill,
    });
    offset += input.columnCount;
  }
  return linear;
}

/** The weight of a missing value that is a level of its own. It moves into the intercept, for missing adds nothing to a margin. */
function missingWeight(input: OneHotPreparation, columnWeights: Float64Array): number {
  return input.fill < 0 && input.columnOfMissing >= 0 ? columnWeights[input.columnOfMissing]! : 0;
}

function checkOptions({ l2, solver, maxIterations, tolerance }: LogisticOptions): void {
  checkNumber('l2', l2, 0);
  checkOneOf('solver', solver, ['auto', 'newton', 'lbfgs']);
  checkInteger('maxIterations', maxIterations, 1, 1_000_000);
  checkNumber('tolerance', tolerance, Number.MIN_VALUE);
}

/** @throws {DataError} on a category code that is not an integer in [-1, 2^24), or NaN for missing. */
function checkCategoryCodes({ matrix, rowCount, featureCount, categorical }: TrainingMatrix): void {
  for (const feature of categorical ?? []) {
    for (let row = 0, at = feature; row < rowCount; row++, at += featureCount) {
      const code = matrix[at]!;
      if (code === code && !(Number.isInteger(code) && code >= -1 && code < 2 ** 24)) {
        throw new DataError(`row ${row}: feature ${feature} expected a category code, got ${code}`);
      }
    }
  }
}
