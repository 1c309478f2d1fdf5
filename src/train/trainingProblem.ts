import { checkInteger } from '../core/check.js';
import { DataError, ShapeError } from '../core/errors.js';
import { checkTarget } from './checkTarget.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** A checked training matrix. Rows of weight 0 are gone: such a row is the same as none. */
export interface TrainingProblem {
  matrix: Float32Array;
  rowCount: number;
  featureCount: number;
  target: Float32Array;
  /** > 0; positives times scalePosWeight */
  weight: Float32Array;
  /** per feature: 1 when it holds category codes */
  isCategorical: Uint8Array;
}

/**
 * Checks shapes and weights; what the target must be is the objective's to say.
 * @param scalePosWeight - multiplies the weights of rows whose target is 1
 * @throws {ShapeError} on counts that do not fit; {DataError} on bad weights or no rows.
 */
export function trainingProblem(data: TrainingMatrix, scalePosWeight = 1): TrainingProblem {
  const { rowCount, featureCount } = data;
  const target = new Float32Array(rowCount);
  const weight = new Float32Array(rowCount);
  let kept = 0;
  for (let row = 0; row < rowCount; row++) {
    const w = Math.fround(data.weight ? data.weight[row]! : 1);
    if (!(w >= 0 && w < Infinity)) {
      throw new DataError(`row ${row}: expected a finite weight >= 0, got ${data.weight?.[row]}`);
    }
    if (w === 0) continue;
    target[kept] = data.target[row]!;
    weight[kept] = target[kept] === 1 ? w * scalePosWeight : w;
    kept++;
  }
  if (kept === 0) throw new DataError('there are no rows to train on (of weight above 0)');
  const isCategorical = new Uint8Array(featureCount);
  for (const index of data.categorical ?? []) isCategorical[index] = 1;
  return {
    matrix: kept === rowCount ? data.matrix : weightedRows(data, kept),
    rowCount: kept,
    featureCount,
    target: target.subarray(0, kept),
    weight: weight.subarray(0, kept),
    isCategorical,
  };
}

/**
 * {@link trainingProblem} for a target of 0 and 1.
 * @throws {DataError} on another target, or when there is one class.
 */
export function binaryProblem(data: TrainingMatrix, scalePosWeight = 1): TrainingProblem {
  checkShape(data);
  checkTarget(data, '0 or 1', (y) => y === 0 || y === 1);
  const problem = trainingProblem(data, scalePosWeight);
  checkTwoClasses(problem);
  return problem;
}

/**
 * Checks that the target of a classifier has rows of two classes.
 * @throws {DataError} when all rows of weight above 0 are of one.
 */
export function checkTwoClasses({ target, rowCount }: TrainingProblem): void {
  for (let row = 1; row < rowCount; row++) if (target[row] !== target[0]) return;
  throw new DataError(
    `the target has one class: all ${rowCount} rows (of weight above 0) are ${target[0]}`,
  );
}

/** @throws {ShapeError | ConfigError} when the lengths and indices of a training matrix do not fit. */
export function checkShape(data: TrainingMatrix): void {
  const { matrix, rowCount, featureCount, target, weight, featureNames, categorical } = data;
  checkInteger('rowCount', rowCount, 0);
  checkInteger('featureCount', featureCount, 1);
  if (!(matrix instanceof Float32Array)) throw new ShapeError('"matrix" expected a Float32Array');
  checkLength('matrix', matrix, rowCount * featureCount, 'rowCount * featureCount');
  checkLength('target', target, rowCount, 'rowCount');
  if (weight) checkLength('weight', weight, rowCount, 'rowCount');
  if (featureNames) checkLength('featureNames', featureNames, featureCount, 'featureCount');
  for (const index of categorical ?? []) checkInteger('categorical', index, 0, featureCount - 1);
}

function checkLength(name: string, array: ArrayLike<unknown>, length: number, why: string): void {
  if (array?.length === length) return;
  throw new ShapeError(`"${name}" expected ${why} = ${length} entries, got ${array?.length}`);
}

/** The matrix without the rows of weight 0. */
function weightedRows(data: TrainingMatrix, kept: number): Float32Array {
  const { matrix, rowCount, featureCount, weight } = data;
  const out = new Float32Array(kept * featureCount);
  let at = 0;
  for (let row = 0; row < rowCount; row++) {
    if (Math.fround(weight![row]!) === 0) continue;
    out.set(matrix.subarray(row * featureCount, (row + 1) * featureCount), at);
    at += featureCount;
  }
  return out;
}
