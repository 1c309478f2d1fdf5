import { checkInteger } from '../core/check.js';
import { DataError, ShapeError } from '../core/errors.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** A checked training matrix. Rows of weight 0 are gone: such a row is the same as none. */
export interface TrainingProblem {
  matrix: Float32Array;
  rowCount: number;
  featureCount: number;
  /** 0 or 1 */
  target: Float32Array;
  /** > 0; positives times scalePosWeight */
  weight: Float32Array;
  /** per feature: 1 when it holds category codes */
  isCategorical: Uint8Array;
}

/**
 * Checks a training matrix for a binary target.
 * @param scalePosWeight - multiplies the weights of positive rows
 * @throws {ShapeError} on counts that do not fit; {DataError} on bad targets or weights, no rows, or one class.
 */
export function binaryProblem(data: TrainingMatrix, scalePosWeight: number): TrainingProblem {
  checkShape(data);
  const { rowCount, featureCount } = data;
  const target = new Float32Array(rowCount);
  const weight = new Float32Array(rowCount);
  let kept = 0;
  let positives = 0;
  for (let row = 0; row < rowCount; row++) {
    const y = data.target[row]!;
    if (y !== 0 && y !== 1)
      throw new DataError(`row ${row}: expected a target of 0 or 1, got ${y}`);
    const w = Math.fround(data.weight ? data.weight[row]! : 1);
    if (!(w >= 0 && w < Infinity)) {
      throw new DataError(`row ${row}: expected a finite weight >= 0, got ${data.weight?.[row]}`);
    }
    if (w === 0) continue;
    target[kept] = y;
    weight[kept] = y === 1 ? w * scalePosWeight : w;
    kept++;
    positives += y;
  }
  if (kept === 0) throw new DataError('there are no rows to train on (of weight above 0)');
  if (positives === 0 || positives === kept) {
    throw new DataError(
      `the target has one class: all ${kept} rows (of weight above 0) are ${positives === 0 ? 0 : 1}`,
    );
  }
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

function checkShape(data: TrainingMatrix): void {
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
