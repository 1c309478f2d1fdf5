import type { Random } from '../core/random.js';
import type { Task } from '../model/model.js';
import { stratifiedFolds } from '../train/index.js';

/**
 * Deals rows into folds for cross-validation: class by class for classes, so that class counts differ by at most one between
 * folds, and as they come for numbers. A class with fewer rows than folds is in as many folds as it has rows.
 * @param target - 0 or 1, class codes from 0, or numbers
 * @param foldCount - in [2, 255], at most the number of rows
 * @returns the fold of each row, in [0, foldCount).
 */
export function taskFolds(
  task: Task,
  target: Float64Array,
  foldCount: number,
  random: Random,
): Uint8Array {
  if (task === 'binary') return stratifiedFolds(Uint8Array.from(target), foldCount, random);
  const classOf = task === 'multiclass' ? target : new Float64Array(target.length);
  const classCount = classOf.reduce((count, code) => Math.max(count, code + 1), 0);
  const rowsOfClass = Array.from({ length: classCount }, (): number[] => []);
  classOf.forEach((code, row) => {
    rowsOfClass[code]!.push(row);
  });
  const folds = new Uint8Array(target.length);
  let next = 0;
  for (const rows of rowsOfClass) {
    // the deal goes on where the last class stopped, so that fold sizes stay even
    for (const row of random.shuffle(rows)) folds[row] = next++ % foldCount;
  }
  return folds;
}
