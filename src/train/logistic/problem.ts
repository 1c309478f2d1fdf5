import { type LinearNumeric, prepareNumeric } from '../../model/linear.js';
import type { Preprocessing } from '../preprocessing.js';
import type { LogisticRows } from './rows.js';

/**
 * The objective of logistic regression over prepared rows:
 *
 *     f(w, b) = 1/W · ( Σ weight · loss  +  l1 · Σ|w|  +  l2/2 · Σw² ),   W = Σ weight
 *
 * With two classes there is one output, margin = x·w + b and loss = log(1 + e^margin) - target · margin. With K >= 3 there
 * are K, margin_k = x·w_k + b_k and loss = log Σ e^margin_k - margin_target: the symmetric parameterisation, in which every
 * class has weights of its own and a constant added to all K margins changes no loss.
 *
 * Columns are the numeric inputs, the one-hot columns, and last the ones of the intercept. One-hot columns are never laid
 * out; a row holds the index of the one that is on. Parameters are one array, row-major: [column][output].
 */
export interface LogisticProblem {
  rowCount: number;
  numericCount: number;
  categoricalCount: number;
  /** numeric inputs, one-hot columns, and 1 for the intercept */
  columnCount: number;
  /** 1 for two classes, else the number of classes */
  outputCount: number;
  /** columnCount * outputCount */
  parameterCount: number;
  /** those before the intercepts: (columnCount - 1) * outputCount */
  penalisedCount: number;
  /** prepared, row-major, length rowCount * numericCount */
  numeric: Float64Array;
  /** the column that each category turns on, -1 for none; row-major, length rowCount * categoricalCount */
  oneHot: Int32Array;
  /** class of each row */
  target: Int32Array;
  weight: Float64Array;
  totalWeight: number;
  l1: number;
  l2: number;
}

/** Prepares every row once. O(rows * features) time and memory. */
export function buildProblem(
  { data, target, classCount, lossWeight }: LogisticRows,
  { numeric, categorical }: Preprocessing,
  { l1, l2 }: { l1: number; l2: number },
): LogisticProblem {
  const { matrix, rowCount, featureCount } = data;
  const numericCount = numeric.length;
  const categoricalCount = categorical.length;
  const prepared = new Float64Array(rowCount * numericCount);
  numeric.forEach((preparation, index) => {
    const input: LinearNumeric = { ...preparation, weights: [] };
    for (let row = 0; row < rowCount; row++) {
      const x = matrix[row * featureCount + input.featureIndex]!;
      prepared[row * numericCount + index] = prepareNumeric(input, x);
    }
  });
  const oneHot = new Int32Array(rowCount * categoricalCount);
  let columnCount = numericCount;
  categorical.forEach((input, index) => {
    const { featureIndex, columnOfLevel, columnOfMissing } = input;
    for (let row = 0; row < rowCount; row++) {
      const code = matrix[row * featureCount + featureIndex]!;
      const column = code !== code ? columnOfMissing : (columnOfLevel[code] ?? -1);
      oneHot[row * categoricalCount + index] = column < 0 ? -1 : columnCount + column;
    }
    columnCount += input.columnCount;
  });
  columnCount++;
  let totalWeight = 0;
  for (let row = 0; row < rowCount; row++) totalWeight += lossWeight[row]!;
  const outputCount = classCount === 2 ? 1 : classCount;
  return {
    rowCount,
    numericCount,
    categoricalCount,
    columnCount,
    outputCount,
    parameterCount: columnCount * outputCount,
    penalisedCount: (columnCount - 1) * outputCount,
    numeric: prepared,
    oneHot,
    target,
    weight: lossWeight,
    totalWeight,
    l1,
    l2,
  };
}
