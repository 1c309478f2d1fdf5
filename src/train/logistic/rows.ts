import { checkInteger } from '../../core/check.js';
import { ConfigError, DataError, ShapeError } from '../../core/errors.js';
import type { TrainingMatrix } from '../trainingMatrix.js';
import type { LogisticOptions } from './logisticOptions.js';

/** Checked rows. Those of weight 0 are gone: such a row is the same as none. */
export interface LogisticRows {
  /** with the weights as given: what preprocessing counts */
  data: TrainingMatrix;
  /** class of each row */
  target: Int32Array;
  /** >= 2; every class has a row */
  classCount: number;
  /** > 0: the weights as given, times those of the classes */
  lossWeight: Float64Array;
}

/**
 * Checks a training matrix for logistic regression.
 * @throws {ShapeError} on lengths that do not fit. @throws {ConfigError} on class weights that are not one a class.
 * @throws {DataError} on a target that is not a class, a class without rows, one class only, a wrong weight or category code.
 */
export function checkRows(
  data: TrainingMatrix,
  { classCount, classWeight }: Pick<LogisticOptions, 'classCount' | 'classWeight'>,
): LogisticRows {
  checkShape(data);
  checkCategoryCodes(data);
  const kept = keptRows(data);
  if (kept.length === 0) throw new DataError('there are no rows to train on (of weight above 0)');
  const rows = kept.length === data.rowCount ? data : selectRows(data, kept);
  const target = Int32Array.from(rows.target);
  const weight = rows.weight
    ? Float64Array.from(rows.weight)
    : new Float64Array(rows.rowCount).fill(1);
  const weightOfClass = weightByClass(target, weight, classCount);
  const factors = classFactors(weightOfClass, classWeight);
  for (let row = 0; row < weight.length; row++) weight[row]! *= factors[target[row]!]!;
  return { data: rows, target, classCount: weightOfClass.length, lossWeight: weight };
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

/** @throws {DataError} on a category code that is not an integer in [-1, 2^24), or NaN for missing. */
function checkCategoryCodes({ matrix, rowCount, featureCount, categorical }: TrainingMatrix): void {
  for (const feature of categorical ?? []) {
    for (let row = 0, at = feature; row < rowCount; row++, at += featureCount) {
      const code = matrix[at]!;
      if (code === code && !(Number.isInteger(code) && code >= -1 && code < 2 ** 24)) {
        throw new DataError(`row ${row}: feature ${feature} expected a category code, got ${code}`);
      }
    }
  }
}

function keptRows({ rowCount, target, weight }: TrainingMatrix): Uint32Array {
  const kept = new Uint32Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    const y = target[row]!;
    if (!(Number.isInteger(y) && y >= 0 && y < 10_000)) {
      throw new DataError(
        `row ${row}: expected a target that is a class, an integer in [0, 9999], got ${y}`,
      );
    }
    const w = weight ? weight[row]! : 1;
    if (!(w >= 0 && w < Infinity)) {
      throw new DataError(`row ${row}: expected a finite weight >= 0, got ${w}`);
    }
    if (w > 0) kept[count++] = row;
  }
  return kept.subarray(0, count);
}

function selectRows(data: TrainingMatrix, rows: Uint32Array): TrainingMatrix {
  const { featureCount, target, weight } = data;
  const matrix = new Float32Array(rows.length * featureCount);
  rows.forEach((row, index) => {
    const from = row * featureCount;
    matrix.set(data.matrix.subarray(from, from + featureCount), index * featureCount);
  });
  return {
    ...data,
    matrix,
    rowCount: rows.length,
    target: Float64Array.from(rows, (row) => target[row]!),
    weight: Float64Array.from(rows, (row) => weight![row]!),
  };
}

/** @throws {DataError} on a target beyond the classes, one class only, or a class without rows. */
function weightByClass(target: Int32Array, weight: Float64Array, classCount: number): Float64Array {
  const greatest = target.reduce((max, y) => Math.max(max, y), 0);
  const count = classCount || greatest + 1;
  if (greatest >= count) {
    throw new DataError(`expected targets below "classCount" = ${count}, got ${greatest}`);
  }
  const sums = new Float64Array(count);
  for (let row = 0; row < target.length; row++) sums[target[row]!]! += weight[row]!;
  if (sums.filter((sum) => sum > 0).length === 1) {
    throw new DataError(
      `the target has one class: all ${target.length} rows (of weight above 0) are ${greatest}`,
    );
  }
  const empty = sums.indexOf(0);
  if (empty >= 0) {
    throw new DataError(`class ${empty} of ${count} has no rows (of weight above 0)`);
  }
  return sums;
}

/** What multiplies the weights of each class; scikit-learn's `class_weight`. */
function classFactors(
  weightOfClass: Float64Array,
  classWeight: LogisticOptions['classWeight'],
): ArrayLike<number> {
  const { length } = weightOfClass;
  if (classWeight === 'none') return new Float64Array(length).fill(1);
  if (classWeight === 'balanced') {
    const total = weightOfClass.reduce((sum, weight) => sum + weight, 0);
    return weightOfClass.map((weight) => total / (length * weight));
  }
  if (classWeight.length === length) return classWeight;
  throw new ConfigError(
    `"classWeight" expected a weight for each of ${length} classes, got ${classWeight.length}`,
  );
}
