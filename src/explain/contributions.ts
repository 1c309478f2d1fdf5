import { checkKnownKeys } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import { type Model, outputCountOf } from '../model/model.js';
import { checkRows } from './checkRows.js';
import { createForestContributions } from './forestContributions.js';
import { addLinearContributions, centerOnRows } from './linearContributions.js';

/** Options of {@link contributions}. */
export interface ContributionOptions {
  /**
   * For linear models: rows whose mean is the reference instead of the training means of numbers and unseen categories.
   * Row-major feature matrix.
   */
  background?: ArrayLike<number>;
}

/**
 * How much each feature moves each margin of each row: Shapley values, in margin space (before link and calibrator).
 *
 * Forests: exact path-dependent TreeSHAP (Lundberg, Erion and Lee 2018; Lundberg et al. 2020): an absent feature takes both
 * branches by the share of training rows, which the leaves' covers tell. Linear models: exact interventional values, see
 * {@link ContributionOptions.background} and docs/explain.md for the reference.
 *
 * A block adds up to the row's margin: the difference is rounding, below 1e-9 · max(1, |margin|, greatest |leaf value| · trees),
 * and in practice below 1e-12 of that. A feature that the model never reads has exactly 0.
 * @param matrix - row-major feature matrix, length >= rowCount * features (IN)
 * @param rowCount - by default as many rows as the matrix holds
 * @returns row-major, rowCount * outputs * (features + 1): for each row and output the contributions of the features in
 * their order, then the expected margin. O(rows * trees * leaves * depth).
 * @throws {ShapeError} when the matrix does not fit. @throws {DataError} when a forest has no covers.
 * @throws {ConfigError} on an unknown option, or a background for a forest.
 * @example
 * const values = contributions(model, matrix);
 * const expected = values[model.features.length]; // of row 0
 */
export function contributions(
  model: Model,
  matrix: ArrayLike<number>,
  rowCount?: number,
  options: ContributionOptions = {},
): Float64Array {
  checkKnownKeys('contribution option', options, ['background']);
  const { predictor, features } = model;
  const rows = checkRows(matrix, features.length, rowCount);
  const blocks = rows.rowCount * outputCountOf(predictor);
  const out = new Float64Array(blocks * (features.length + 1));
  if (predictor.kind === 'forest') {
    if (options.background) {
      throw new ConfigError(
        '"background" is for linear models; a forest takes its reference from the covers of its leaves',
      );
    }
    createForestContributions(predictor)(rows, out);
  } else {
    addLinearContributions(predictor, rows, out);
    if (options.background) {
      const background = checkRows(options.background, features.length, undefined, 'background');
      if (background.rowCount === 0) throw new ConfigError('"background" has no rows');
      centerOnRows(predictor, background, out);
    }
  }
  return out;
}
