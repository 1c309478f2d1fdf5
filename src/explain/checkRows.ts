import { checkInteger } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import type { Rows } from './forestContributions.js';

/**
 * The rows of a feature matrix.
 * @param rowCount - as many as the matrix holds when undefined
 * @throws {ShapeError} when the matrix is too short, or no whole number of rows where that must be guessed.
 */
export function checkRows(
  matrix: ArrayLike<number>,
  featureCount: number,
  rowCount: number | undefined,
  name = 'matrix',
): Rows {
  if (rowCount === undefined) {
    const guessed = featureCount === 0 ? 0 : matrix.length / featureCount;
    if (Number.isInteger(guessed)) return { matrix, rowCount: guessed, featureCount };
    throw new ShapeError(
      `"${name}" has ${matrix.length} values, which are no whole rows of ${featureCount} features`,
    );
  }
  checkInteger('rowCount', rowCount, 0);
  if (matrix.length >= rowCount * featureCount) return { matrix, rowCount, featureCount };
  throw new ShapeError(
    `"${name}" has ${matrix.length} values, expected ${rowCount} rows of ${featureCount} features`,
  );
}
