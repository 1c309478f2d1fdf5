import { checkInteger } from '../core/check.js';
import { DataError } from '../core/errors.js';
import type { Random } from '../core/random.js';

/**
 * Deals rows into folds so that each fold has its share of each class: class counts, and row counts, differ by at most
 * one between folds.
 * @param labels - 0 or 1 a row
 * @param foldCount - in [2, 255]
 * @returns the fold of each row, in [0, foldCount).
 * @throws {DataError} when a class has fewer rows than there are folds.
 */
export function stratifiedFolds(labels: Uint8Array, foldCount: number, random: Random): Uint8Array {
  checkInteger('foldCount', foldCount, 2, 255);
  const folds = new Uint8Array(labels.length);
  let next = 0;
  for (const label of [0, 1]) {
    const rows = Uint32Array.from(labels.keys()).filter((row) => labels[row] === label);
    if (rows.length < foldCount) {
      throw new DataError(`class ${label} has ${rows.length} rows, fewer than ${foldCount} folds`);
    }
    // the deal goes on where the last class stopped, so that fold sizes stay even
    for (const row of random.shuffle(rows)) folds[row] = next++ % foldCount;
  }
  return folds;
}
