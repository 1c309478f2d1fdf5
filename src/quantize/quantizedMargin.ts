import {
  type ByteColumn,
  type QuantizedForest,
  type QuantizedModel,
  type QuantizedNumeric,
  type QuantizedSum,
  quantizedOutputCount,
} from '../model/quantized.js';

/**
 * What a quantised model computes, written down as plainly as possible: every kernel gives these float64 margins bit for bit.
 *
 * Forest: `margin = baseScore` of each output, then for each group in order `margin += groupScale * sum` of its output, in
 * float64, where `sum` is the integer sum of the leaves. Linear: `margin = intercept + scale * sum` for each output, where `sum`
 * is the integer dot product.
 * @param matrix - row-major feature matrix, length >= rowCount * features.length; read as float32 (IN)
 * @returns the margins, row-major, one an output: rowCount * outputCount. O(rows * (columns + trees * depth)).
 */
export function quantizedMargins(
  model: Pick<QuantizedModel, 'predictor' | 'features'>,
  matrix: ArrayLike<number>,
  rowCount: number,
): Float64Array {
  const { predictor, features } = model;
  const outputCount = quantizedOutputCount(predictor);
  const out = new Float64Array(rowCount * outputCount);
  const bytes = predictor.kind === 'forest' ? new Uint8Array(predictor.columns.length) : undefined;
  for (let row = 0; row < rowCount; row++) {
    const offset = row * features.length;
    if (predictor.kind === 'linear') {
      predictor.sums.forEach((sum, output) => {
        out[row * outputCount + output] = linearMargin(sum, matrix, offset);
      });
      continue;
    }
    predictor.columns.forEach((column, index) => {
      bytes![index] = columnByte(column, Math.fround(matrix[offset + column.featureIndex]!));
    });
    forestMarginsInto(predictor, bytes!, out, row * outputCount);
  }
  return out;
}

/** The byte that stands for a feature value, of float32, in a column. */
export function columnByte(column: ByteColumn, x: number): number {
  if (column.kind === 'sets') {
    const { table } = column;
    return table[levelRow(x, table.length - 2)]!;
  }
  if (x !== x) return column.missing === 'low' ? 0 : 255;
  return 1 + rankOf(column.thresholds, x);
}

/**
 * The row of a table over `levelCount` levels, then unseen, then missing.
 * A code that is no index of a level (negative, fractional, too high) is unseen.
 */
export function levelRow(code: number, levelCount: number): number {
  if (code !== code) return levelCount + 1;
  return code >= 0 && code < levelCount && Math.floor(code) === code ? code : levelCount;
}

/** The integer that stands for a number: clamped, centred, scaled, rounded half up. */
export function quantizeValue(input: QuantizedNumeric, x: number): number {
  const filled = x !== x ? input.fill : x;
  const clipped = Math.min(Math.max(filled, input.lower), input.upper);
  const q = Math.floor((clipped - input.center) * input.inverseStep + 0.5);
  return Math.min(Math.max(q, -32767), 32767);
}

function linearMargin(
  { intercept, scale, numeric, categorical }: QuantizedSum,
  matrix: ArrayLike<number>,
  offset: number,
): number {
  let sum = 0;
  for (const input of numeric) {
    sum += input.weight * quantizeValue(input, Math.fround(matrix[offset + input.featureIndex]!));
  }
  for (const { featureIndex, values, fill, weight } of categorical) {
    const code = Math.fround(matrix[offset + featureIndex]!);
    const row = levelRow(code !== code ? fill : code, values.length);
    if (row < values.length) sum += weight * values[row]!;
  }
  return intercept + scale * sum;
}

/** `#{ thresholds < x }`, by binary search. */
function rankOf(thresholds: Float32Array, x: number): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The margins of one row, an output each, of a byte a column. */
export function forestMarginsInto(
  forest: QuantizedForest,
  bytes: Uint8Array,
  out: Float64Array,
  at: number,
): void {
  out.set(forest.baseScores, at);
  const groupCount = forest.groupStart.length;
  for (let group = 0; group < groupCount; group++) {
    const end = group + 1 < groupCount ? forest.groupStart[group + 1]! : forest.roots.length;
    let sum = 0;
    for (let tree = forest.groupStart[group]!; tree < end; tree++) {
      sum += forest.leafValue[findLeaf(forest, tree, bytes)]!;
    }
    out[at + forest.groupOutput[group]!]! += forest.groupScale[group]! * sum;
  }
}

function findLeaf(forest: QuantizedForest, tree: number, bytes: Uint8Array): number {
  let at = forest.roots[tree]!;
  while (at >= 0) {
    const column = forest.column[at]!;
    const byte = bytes[column]!;
    const test = forest.test[at]!;
    const isLeft = forest.columns[column]!.kind === 'rank' ? byte < test : (byte & test) !== 0;
    at = isLeft ? forest.left[at]! : forest.right[at]!;
  }
  return ~at;
}
