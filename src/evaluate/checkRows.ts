import { DataError, ShapeError } from '../core/errors.js';

/**
 * Checks the rows of a metric: as many of each, at least one, all finite, weights not negative and not all zero.
 * @param what - name → one value a row
 * @throws {ShapeError} when the lengths differ. @throws {DataError} without rows, or naming the first value that is wrong.
 */
export function checkRows(
  what: Readonly<Record<string, ArrayLike<number>>>,
  weight: ArrayLike<number> | undefined,
): void {
  const [[firstName, first], ...others] = Object.entries(what) as [string, ArrayLike<number>][];
  for (const [name, values] of others) checkCount(name, values.length, firstName, first.length);
  if (first.length === 0) throw new DataError('a metric needs at least one row');
  for (const [name, values] of Object.entries(what)) checkFinite(name, values);
  checkWeight(weight, firstName, first.length);
}

/** @throws {ShapeError} unless there are as many of one as of the other. */
export function checkCount(
  name: string,
  count: number,
  otherName: string,
  otherCount: number,
): void {
  if (count !== otherCount) {
    throw new ShapeError(`${otherCount} ${otherName}, but ${count} ${name}`);
  }
}

/** @throws {DataError} naming the first row whose value is not finite. */
export function checkFinite(name: string, values: ArrayLike<number>): void {
  for (let row = 0; row < values.length; row++) {
    if (!Number.isFinite(values[row])) {
      throw new DataError(`row ${row}: expected a finite number in ${name}, got ${values[row]}`);
    }
  }
}

/** @throws {ShapeError | DataError} on a weight that is missing, negative or not finite, or when all are zero. */
export function checkWeight(
  weight: ArrayLike<number> | undefined,
  otherName: string,
  rowCount: number,
): void {
  if (weight === undefined) return;
  checkCount('weights', weight.length, otherName, rowCount);
  let total = 0;
  for (let row = 0; row < rowCount; row++) {
    const value = weight[row]!;
    if (!(value >= 0 && value < Infinity)) {
      throw new DataError(`row ${row}: expected a finite weight >= 0, got ${value}`);
    }
    total += value;
  }
  if (!(total > 0)) throw new DataError('expected weights that are not all zero');
}

/** Σ weight · value(row) / Σ weight, in row order; each row counts 1 without weights. */
export function weightedMean(
  rowCount: number,
  weight: ArrayLike<number> | undefined,
  valueAt: (row: number) => number,
): number {
  let total = 0;
  let sum = 0;
  for (let row = 0; row < rowCount; row++) {
    const w = weight === undefined ? 1 : weight[row]!;
    total += w;
    // a row of weight 0 does not count, whatever its value
    if (w > 0) sum += w * valueAt(row);
  }
  return sum / total;
}
