import { ConfigError, ShapeError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { margins } from '../model/margin.js';
import type { Boosting, RoundTree } from './boosting.js';
import type { GbdtOptions } from './gbdtOptions.js';
import { sampleRows } from './sampling.js';
import { selectTraining } from './selectTraining.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import { resolveMetric } from './trainingMetric.js';
import { createValidationMargins } from './validationMargins.js';

/** Rows that early stopping is judged on; what they lack is that of the training data. */
export type ValidationData = Pick<
  TrainingMatrix,
  'matrix' | 'rowCount' | 'target' | 'weight' | 'group'
>;

/** The rows to train on, and those to watch. */
export interface TrainingParts {
  training: TrainingMatrix;
  validation: ValidationData | undefined;
}

/**
 * Holds out the rows to watch: those given, or a share drawn at random.
 * @throws {ShapeError} when the given rows have other features; {ConfigError} on a share of a ranking problem or one that leaves nothing.
 */
export function divideTraining(data: TrainingMatrix, options: GbdtOptions): TrainingParts {
  const { validation, validationFraction, earlyStoppingRounds } = options;
  if (validation) {
    const expected = validation.rowCount * data.featureCount;
    if (validation.matrix.length !== expected || validation.target.length !== validation.rowCount) {
      throw new ShapeError(
        `"validation" of ${validation.rowCount} rows expected ${expected} values and ${validation.rowCount} targets, got ${validation.matrix.length} and ${validation.target.length}`,
      );
    }
    return { training: data, validation };
  }
  if (validationFraction === 0) {
    if (earlyStoppingRounds > 0) {
      throw new ConfigError(
        '"earlyStoppingRounds" expected rows to watch: give "validation" or "validationFraction"',
      );
    }
    return { training: data, validation: undefined };
  }
  if (data.group) {
    throw new ConfigError(
      '"validationFraction" does not divide queries; give "validation" with its own "group"',
    );
  }
  const size = Math.round(data.rowCount * validationFraction);
  if (size === 0 || size === data.rowCount) {
    throw new ConfigError(
      `"validationFraction" ${validationFraction} of ${data.rowCount} rows leaves one part empty`,
    );
  }
  const random = createRandom(options.seed).fork('validation');
  const { chosen, rest } = sampleRows(data.rowCount, size, random);
  return { training: selectTraining(data, rest), validation: selectTraining(data, chosen) };
}

/** Scores the validation rows as rounds are added. */
export interface Watch {
  readonly greaterIsBetter: boolean;
  /** The score after one more round. */
  after(trees: readonly RoundTree[]): number;
}

export function watchValidation(
  boosting: Boosting,
  validation: ValidationData,
  featureCount: number,
  options: GbdtOptions,
): Watch {
  const { objective, mapper } = boosting;
  const { outputCount } = objective;
  const metric = resolveMetric(options.metric ?? objective.metric, objective, options);
  const { matrix, rowCount, target, weight } = validation;
  // no rounds yet: the base scores, or the forest that training goes on from
  const start = margins(boosting.forest(), matrix, rowCount, featureCount);
  const watched = createValidationMargins(mapper, matrix, featureCount, start, outputCount);
  return {
    greaterIsBetter: metric.greaterIsBetter,
    after(trees) {
      for (const tree of trees) watched.add(tree);
      return metric.evaluate(watched.margins, { target, weight, group: validation.group });
    },
  };
}
