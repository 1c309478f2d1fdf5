import { checkInteger } from '../core/check.js';
import { DataError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import type { MetricTask } from '../evaluate/trainingMetric.js';
import { groupedFolds } from './groupedFolds.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/**
 * Deals rows into folds at random: row counts differ by at most one between folds.
 * @param foldCount - in [2, 255]
 * @returns the fold of each row, in [0, foldCount).
 * @throws {DataError} when there are fewer rows than folds.
 */
export function plainFolds(rowCount: number, foldCount: number, random: Random): Uint8Array {
  checkInteger('foldCount', foldCount, 2, 255);
  if (rowCount < foldCount) {
    throw new DataError(`there are ${rowCount} rows, fewer than ${foldCount} folds`);
  }
  const folds = new Uint8Array(rowCount);
  random.shuffle(Uint32Array.from(folds.keys())).forEach((row, next) => {
    folds[row] = next % foldCount;
  });
  return folds;
}

/**
 * Deals rows into folds so that each fold has its share of each class: class counts, and row counts, differ by at most
 * one between folds.
 *
 * Of two classes each must have as many rows as there are folds, for a fold of one class has no ROC curve. Of several a rarer
 * class goes to as many folds as it has rows, one each; a class of a single row is unknown to the predictor that is asked about
 * it, and logistic regression refuses to be fitted without it.
 * @param classes - class code of each row, from 0
 * @param foldCount - in [2, 255]
 * @returns the fold of each row, in [0, foldCount).
 * @throws {DataError} when there are fewer rows than folds, one of two classes has fewer rows than that, or a code is not an
 * integer from 0.
 */
export function stratifiedFolds(
  classes: ArrayLike<number>,
  foldCount: number,
  random: Random,
): Uint8Array {
  checkInteger('foldCount', foldCount, 2, 255);
  const rowCount = classes.length;
  const rowsOfClass: number[][] = [[], []];
  for (let row = 0; row < rowCount; row++) {
    const code = classes[row]!;
    if (!Number.isInteger(code) || code < 0 || code > MAX_CODE) {
      throw new DataError(`row ${row}: expected a class code, an integer from 0, got ${code}`);
    }
    while (rowsOfClass.length <= code) rowsOfClass.push([]);
    rowsOfClass[code]!.push(row);
  }
  if (rowsOfClass.length === 2) checkBothClasses(rowsOfClass, foldCount);
  else if (rowCount < foldCount) {
    throw new DataError(`there are ${rowCount} rows, fewer than ${foldCount} folds`);
  }
  const folds = new Uint8Array(rowCount);
  let next = 0;
  for (const rows of rowsOfClass) {
    // the deal goes on where the last class stopped, so that fold sizes stay even
    for (const row of random.shuffle(rows)) folds[row] = next++ % foldCount;
  }
  return folds;
}

/**
 * The folds that suit a task: stratified by class, whole queries for ranking, otherwise plain.
 * @throws {DataError} as {@link stratifiedFolds}, {@link groupedFolds} and {@link plainFolds}.
 */
export function foldsOfTask(
  task: MetricTask,
  data: TrainingMatrix,
  foldCount: number,
  random: Random,
): Uint8Array {
  if (task === 'ranking') return queryFolds(data, foldCount, random);
  if (task === 'regression') return plainFolds(data.rowCount, foldCount, random);
  return stratifiedFolds(data.target, foldCount, random);
}

/**
 * Deals whole queries into folds of about as many rows each.
 * @param data - with `group`, the rows of each query in order
 * @throws {DataError} without queries, or with fewer of them than folds.
 */
export function queryFolds(
  { group, rowCount }: Pick<TrainingMatrix, 'group' | 'rowCount'>,
  foldCount: number,
  random: Random,
): Uint8Array {
  if (!group) throw new DataError('ranking expected "group", the number of rows of each query');
  const queryOfRow = new Uint32Array(rowCount);
  let end = 0;
  for (let query = 0; query < group.length; query++) {
    queryOfRow.fill(query, end, end + group[query]!);
    end += group[query]!;
  }
  if (end !== rowCount) {
    throw new DataError(`"group" adds up to ${end} rows, the data has ${rowCount}`);
  }
  return groupedFolds(queryOfRow, foldCount, random);
}

/** Codes count from 0 without great gaps; a code beyond is an identifier that was taken for a class. */
const MAX_CODE = 65_535;

function checkBothClasses(rowsOfClass: readonly number[][], foldCount: number): void {
  rowsOfClass.forEach((rows, label) => {
    if (rows.length >= foldCount) return;
    throw new DataError(`class ${label} has ${rows.length} rows, fewer than ${foldCount} folds`);
  });
}
