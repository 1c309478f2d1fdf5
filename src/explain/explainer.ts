import { DataError, ShapeError } from '../core/errors.js';
import type { Feature } from '../model/feature.js';
import type { Forest } from '../model/forest.js';
import {
  type QuantizedForest,
  type QuantizedLinear,
  type QuantizedModel,
  quantizedOutputCount,
} from '../model/quantized.js';
import { levelRow, quantizeValue } from '../quantize/quantizedMargin.js';
import {
  type AddContributions,
  createForestContributions,
  type Rows,
} from './forestContributions.js';

/** Features, row-major or an array a feature. */
type Source = Float32Array | readonly Float32Array[];

/**
 * What a loaded blob needs to explain itself: `loadScorer(blob, { explainer })` gives a scorer whose `contributions` work.
 *
 * The values are those of {@link contributions}, of the quantised model: a block adds up to the margin that the scorer gives, before
 * its rounding to float32. Forests take the shares of training rows from the blob, which has them in as many bits as a leaf.
 * @returns what writes the contributions of `rowCount` rows (a row-major float32 matrix, or an array a feature) to `out`, row-major,
 * rowCount * outputs * (features + 1). Trees are prepared at the first call. It throws a {@link DataError} when the blob has no shares, and a
 * {@link ShapeError} for rows that are binned already.
 * @example
 * const scorer = await loadScorer(blob, { explainer });
 * const values = scorer.contributions([{ age: 41, plan: 'basic' }]);
 */
export function explainer(
  model: QuantizedModel,
): (source: Source | readonly Uint8Array[], rowCount: number, out: Float64Array) => void {
  const { predictor, features } = model;
  const featureCount = features.length;
  const width = quantizedOutputCount(predictor) * (featureCount + 1);
  let add: AddContributions | undefined;
  return (source, rowCount, out) => {
    if (source[0] instanceof Uint8Array) {
      throw new ShapeError('contributions are of features, which bins do not tell');
    }
    add ??=
      predictor.kind === 'forest'
        ? createForestContributions(dequantize(predictor))
        : (rows, to) => addLinear(predictor, rows, to);
    out.fill(0, 0, rowCount * width);
    add({ matrix: readRows(source as Source, rowCount, features), rowCount, featureCount }, out);
  };
}

/**
 * The rows as a matrix of their own. A level that training has not seen may go another way than a missing one, which a forest of
 * floats has no form for: it counts as one more level, after the known ones.
 */
function readRows(source: Source, rowCount: number, features: readonly Feature[]): Float32Array {
  const width = features.length;
  const matrix = new Float32Array(rowCount * width);
  features.forEach((feature, index) => {
    for (let row = 0, at = index; row < rowCount; row++, at += width) {
      const x = source instanceof Float32Array ? source[at]! : source[index]![row]!;
      const isCode = feature.kind === 'category' && x === x;
      matrix[at] = isCode ? levelRow(x, feature.levels.length) : x;
    }
  });
  return matrix;
}

/** The forest whose margins are those of the integers, with covers that have the shares of the blob. */
function dequantize(quantized: QuantizedForest): Forest {
  const { columns, column, test, roots, left, right, leftShare } = quantized;
  if (!leftShare) {
    throw new DataError(
      'the blob does not say where the training rows went, which contributions need: it was made without "shares", or of a model ' +
        'whose leaves have no covers',
    );
  }
  const nodeCount = column.length;
  const forest: Forest = {
    kind: 'forest',
    link: quantized.link,
    baseScores: quantized.baseScores,
    roots,
    treeOutput: new Int32Array(roots.length),
    featureIndex: Int32Array.from(column, (index) => columns[index]!.featureIndex),
    threshold: new Float64Array(nodeCount).fill(NaN),
    categorySet: new Int32Array(nodeCount).fill(-1),
    left,
    right,
    defaultLeft: new Uint8Array(nodeCount),
    gain: new Float64Array(nodeCount),
    cover: new Float64Array(nodeCount),
    leafValue: new Float64Array(quantized.leafValue.length),
    leafCover: new Float64Array(quantized.leafValue.length),
    categorySets: [],
  };
  const limit = quantized.leafBits === 8 ? 255 : 65_535;
  const { groupStart, groupScale, groupOutput } = quantized;

  function placeLeaves(at: number, cover: number, scale: number): void {
    if (at >= 0) {
      const share = leftShare![at]! / limit;
      placeLeaves(left[at]!, cover * share, scale);
      placeLeaves(right[at]!, cover * (1 - share), scale);
    } else {
      forest.leafValue[~at] = scale * quantized.leafValue[~at]!;
      forest.leafCover[~at] = cover;
    }
  }

  groupStart.forEach((start, group) => {
    for (let tree = start; tree < (groupStart[group + 1] ?? roots.length); tree++) {
      forest.treeOutput[tree] = groupOutput[group]!;
      placeLeaves(roots[tree]!, 1, groupScale[group]!);
    }
  });
  const setOf = new Map<number, number>();
  column.forEach((index, node) => {
    const own = columns[index]!;
    const bit = test[node]!;
    if (own.kind === 'rank') {
      forest.threshold[node] = own.thresholds[bit - 2]!;
      forest.defaultLeft[node] = own.missing === 'low' ? 1 : 0;
      return;
    }
    const rows = own.table.length;
    forest.defaultLeft[node] = (own.table[rows - 1]! & bit) !== 0 ? 1 : 0;
    const key = index * 256 + bit;
    let set = setOf.get(key);
    if (set === undefined) {
      const codes = Array.from(own.table.subarray(0, rows - 1).keys());
      set = forest.categorySets.push(codes.filter((code) => own.table[code]! & bit)) - 1;
      setOf.set(key, set);
    }
    forest.categorySet[node] = set;
  });
  return forest;
}

/** Each term of the integer dot product, against average numbers and no known level, as for linear models of floats. */
function addLinear({ sums }: QuantizedLinear, rows: Rows, out: Float64Array): void {
  const { matrix, rowCount, featureCount } = rows;
  for (let row = 0; row < rowCount; row++) {
    sums.forEach(({ numeric, categorical, intercept, scale }, output) => {
      const base = (row * sums.length + output) * (featureCount + 1);
      const featureAt = (index: number): number => Math.fround(matrix[row * featureCount + index]!);
      for (const input of numeric) {
        const q = quantizeValue(input, featureAt(input.featureIndex));
        out[base + input.featureIndex]! += scale * (input.weight * q);
      }
      for (const { featureIndex, values, fill, weight } of categorical) {
        const code = featureAt(featureIndex);
        const level = levelRow(code !== code ? fill : code, values.length);
        out[base + featureIndex]! += scale * (weight * (values[level] ?? 0));
      }
      out[base + featureCount] = intercept;
    });
  }
}
