import { DataError, ShapeError } from '../core/errors.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/**
 * Checks that every target is what a loss is defined for.
 * @throws {DataError} naming the first row where it is not.
 */
export function checkTarget(
  { target, rowCount }: TrainingMatrix,
  expected: string,
  accepts: (y: number) => boolean,
): void {
  for (let row = 0; row < rowCount; row++) {
    const y = target[row]!;
    // training holds targets in float32
    if (accepts(y) && Number.isFinite(Math.fround(y))) continue;
    throw new DataError(`row ${row}: expected a target of ${expected}, got ${y}`);
  }
}

/**
 * Checks the rows a query of a ranking problem. Rows of weight 0 are taken out of their query, as they are out of the rows.
 * @returns the sizes of the queries that have rows left
 * @throws {DataError} without them; {ShapeError} when they do not add up to the rows.
 */
export function checkGroups({ group, rowCount, weight }: TrainingMatrix): Uint32Array {
  if (!group) throw new DataError('ranking expected "group", the number of rows of each query');
  const sizes: number[] = [];
  let start = 0;
  for (let query = 0; query < group.length; query++) {
    const size = group[query]!;
    if (!Number.isInteger(size) || size < 0) {
      throw new DataError(`group[${query}] expected a number of rows, got ${size}`);
    }
    let kept = 0;
    for (let row = start; row < Math.min(start + size, rowCount); row++) {
      if (!weight || Math.fround(weight[row]!) > 0) kept++;
    }
    if (kept > 0) sizes.push(kept);
    start += size;
  }
  if (start === rowCount) return Uint32Array.from(sizes);
  throw new ShapeError(`"group" adds up to ${start} rows, the data has ${rowCount}`);
}
