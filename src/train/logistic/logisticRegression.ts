import { bareModel } from '../../model/bareModel.js';
import type { Linear } from '../../model/linear.js';
import type { Model } from '../../model/model.js';
import { fitPreprocessing } from '../preprocessing.js';
import type { TrainingMatrix } from '../trainingMatrix.js';
import { type LogisticOptions, resolveLogisticOptions } from './logisticOptions.js';
import { assemble } from './predictor.js';
import { buildProblem, type LogisticProblem } from './problem.js';
import { checkRows } from './rows.js';
import { minimise } from './solver.js';

export { LOGISTIC_DEFAULTS, LOGISTIC_TABLE, type LogisticOptions } from './logisticOptions.js';

export interface LogisticFit {
  /** one output for two classes, else one a class */
  predictor: Linear;
  /** whether the optimality violation reached the tolerance; never when the classes are separable */
  converged: boolean;
  iterations: number;
  /** the optimality violation at the end: the greatest component of the least-norm (sub)gradient of the mean objective */
  gradientNorm: number;
  /** there is no penalty, and a hyperplane separates the classes: no finite weights are the best, those returned are steep */
  separable: boolean;
}

/**
 * Fits logistic regression on standardised numbers and one-hot categories, preprocessing included: two classes with one
 * output, three and more with one a class (multinomial, softmax). The target holds class codes 0, 1, …
 *
 * Minimises Σ weight · loss + l1 · Σ|w| + l2/2 · Σw², where the weights of rows are multiplied with those of their classes and
 * the intercepts are free. In scikit-learn's words l1 = l1_ratio / C and l2 = (1 - l1_ratio) / C.
 * The same data and options give the same bits on every machine.
 *
 * @example
 * const { predictor, converged } = fitLogistic(data, { l1: 0.5, l2: 0.5, classWeight: 'balanced' });
 * @throws {ConfigError} on a wrong option. @throws {ShapeError} on lengths that do not fit.
 * @throws {DataError} on a target that is not a class code, one class only, a class without rows, a wrong weight or
 * category code.
 */
export function fitLogistic(data: TrainingMatrix, options?: Partial<LogisticOptions>): LogisticFit {
  const settings = resolveLogisticOptions(options);
  const rows = checkRows(data, settings);
  const preprocessing = fitPreprocessing(rows.data, settings);
  const problem = buildProblem(rows, preprocessing, settings);
  const { parameters, ...outcome } = minimise(problem, {
    solver: chooseSolver(settings.solver, problem),
    maxIterations: settings.maxIterations,
    tolerance: settings.tolerance,
  });
  return { predictor: assemble(problem, preprocessing, parameters), ...outcome };
}

/**
 * {@link fitLogistic} as a whole model over bare features: fields f0, f1, … (or the names given), no calibration; for two
 * classes the threshold one half.
 */
export function trainLogistic(data: TrainingMatrix, options?: Partial<LogisticOptions>): Model {
  const { predictor } = fitLogistic(data, options);
  const task = predictor.intercepts.length === 1 ? 'binary' : 'multiclass';
  return bareModel(data, predictor, 'logistic', task);
}

/** Newton lays out a square of so many parameters. */
const NEWTON_MAX_PARAMETERS = 1501;
/** Inputs times classes up to which Newton's steps, dearer by that factor, are no slower than L-BFGS (measured, docs/logistic.md). */
const NEWTON_MAX_PRODUCT = 64;
/** With l1, where OWL-QN takes far more steps. */
const NEWTON_MAX_PRODUCT_L1 = 512;

function chooseSolver(
  solver: LogisticOptions['solver'],
  { numericCount, categoricalCount, outputCount, parameterCount, l1 }: LogisticProblem,
): 'newton' | 'lbfgs' {
  if (solver !== 'auto') return solver;
  if (parameterCount > NEWTON_MAX_PARAMETERS) return 'lbfgs';
  if (outputCount === 1) return 'newton';
  const product = (numericCount + categoricalCount) * outputCount;
  return product <= (l1 > 0 ? NEWTON_MAX_PRODUCT_L1 : NEWTON_MAX_PRODUCT) ? 'newton' : 'lbfgs';
}
