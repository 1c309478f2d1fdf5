import { DataError, ShapeError } from '../core/errors.js';
import { UNSEEN } from '../model/feature.js';
import { selectTraining } from './selectTraining.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** What one fit learns from and what it is asked about. */
export interface FoldSplit {
  training: TrainingMatrix;
  heldOut: TrainingMatrix;
  /** rows of `heldOut` in the whole, ascending */
  heldOutRows: Uint32Array;
}

/**
 * Copies of the rows outside and inside a fold, queries included. A category level that only the fold has is unseen there, as it
 * would be in production.
 * @param folds - the fold of each row
 * @throws {ShapeError} when `folds` does not fit the rows, or a side has none; {DataError} when a query lies in several folds.
 */
export function splitFold(data: TrainingMatrix, folds: Uint8Array, fold: number): FoldSplit {
  if (folds.length !== data.rowCount) {
    throw new ShapeError(`${folds.length} folds for ${data.rowCount} rows`);
  }
  const rows = Uint32Array.from(folds.keys());
  const heldOutRows = rows.filter((row) => folds[row] === fold);
  if (heldOutRows.length === 0) throw new ShapeError(`fold ${fold} has no rows`);
  const trainingRows = rows.filter((row) => folds[row] !== fold);
  if (trainingRows.length === 0) throw new ShapeError(`there are no rows outside fold ${fold}`);
  const training = selectTraining(data, trainingRows);
  const heldOut = selectTraining(data, heldOutRows);
  if (data.group) {
    const sizes = divideQueries(data.group, folds, fold);
    training.group = sizes.outside;
    heldOut.group = sizes.inside;
  }
  hideUnseenLevels(heldOut, training);
  return { training, heldOut, heldOutRows };
}

/** Replaces the category codes of `heldOut` that `training` lacks. Mutates `heldOut.matrix`. */
export function hideUnseenLevels(heldOut: TrainingMatrix, training: TrainingMatrix): void {
  const { featureCount } = training;
  for (const feature of training.categorical ?? []) {
    const seen = new Set<number>();
    for (let at = feature; at < training.matrix.length; at += featureCount) {
      seen.add(training.matrix[at]!);
    }
    for (let at = feature; at < heldOut.matrix.length; at += featureCount) {
      const code = heldOut.matrix[at]!;
      if (code === code && !seen.has(code)) heldOut.matrix[at] = UNSEEN;
    }
  }
}

/** The sizes of the queries on either side. */
function divideQueries(
  group: ArrayLike<number>,
  folds: Uint8Array,
  fold: number,
): { inside: number[]; outside: number[] } {
  const inside: number[] = [];
  const outside: number[] = [];
  let start = 0;
  for (let query = 0; query < group.length; query++) {
    const end = start + group[query]!;
    for (let row = start + 1; row < end; row++) {
      if (folds[row] === folds[start]) continue;
      throw new DataError(
        `query ${query} lies in folds ${folds[start]} and ${folds[row]}: expected whole queries (queryFolds)`,
      );
    }
    if (end > start) (folds[start] === fold ? inside : outside).push(end - start);
    start = end;
  }
  return { inside, outside };
}
