import { checkInteger, checkNumber, checkOneOf } from '../core/check.js';
import type { LinearNumeric } from '../model/linear.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** How the inputs of a linear model are prepared; everything is fitted on the training rows. */
export interface PreprocessingOptions {
  /** what stands in for a missing number: the median, or the most frequent value (the smallest of several) */
  imputation: 'median' | 'mostFrequent';
  /**
   * numbers are clipped to [q1 - k·iqr, q3 + k·iqr] (Tukey's fences), k in [0, 1000]; 0 clips to the range seen in training
   * only. The default was measured, see docs/evaluation.md. A column whose quartiles are equal, such as one that is mostly 0, is clipped to its range whatever k is.
   */
  clipFactor: number;
  /** standard: numbers are centred and divided by their standard deviation; none: they stay as they are */
  scaling: 'standard' | 'none';
  /** own: missing is a level of its own, and unseen levels count as missing. mostFrequent: missing is the commonest level, unseen adds nothing. */
  missingCategory: 'own' | 'mostFrequent';
  /** levels with fewer training rows, whatever their weights, share one weight; >= 1 */
  minLevelRows: number;
}

export const PREPROCESSING_DEFAULTS: Readonly<PreprocessingOptions> = Object.freeze({
  imputation: 'median',
  clipFactor: 3,
  scaling: 'standard',
  missingCategory: 'own',
  minLevelRows: 10,
});

/** A numeric input that has no weights yet. */
export type NumericPreparation = Omit<LinearNumeric, 'weights'>;

/** A one-hot encoding: which column each level, and missing, turns on. */
export interface OneHotPreparation {
  /** column of the feature matrix */
  featureIndex: number;
  columnCount: number;
  /** per level code: in [0, columnCount), -1 for a level without training rows */
  columnOfLevel: Int32Array;
  /** of a missing value; -1 when training had none */
  columnOfMissing: number;
  /** the level that stands in for a missing value, -1 when missing has a column of its own or none */
  fill: number;
}

export interface Preprocessing {
  numeric: NumericPreparation[];
  categorical: OneHotPreparation[];
}

/**
 * Fits imputation, clipping, standardisation and one-hot encoding.
 *
 * Numbers: quantiles, mean and standard deviation count each row by its weight, so that a weight of 2 is the same as two
 * rows. Bounds never leave the range seen in training, so an infinite input is an ordinary one; infinities in training
 * do not widen it. Scale is the population standard deviation, 1 for a constant. Every constant is float32, so that
 * `x - center` rounds alike in float32 and float64 engines.
 *
 * Categories: a column a level; the weights of the model that results follow from {@link OneHotPreparation}.
 * @param data - of weights > 0 only
 * @throws {ConfigError} on an option out of range.
 */
export function fitPreprocessing(
  data: TrainingMatrix,
  options: Readonly<PreprocessingOptions>,
): Preprocessing {
  checkOneOf('imputation', options.imputation, ['median', 'mostFrequent']);
  checkNumber('clipFactor', options.clipFactor, 0, 1000);
  checkOneOf('scaling', options.scaling, ['standard', 'none']);
  checkOneOf('missingCategory', options.missingCategory, ['own', 'mostFrequent']);
  checkInteger('minLevelRows', options.minLevelRows, 1);
  const categorical = new Set(data.categorical);
  const preprocessing: Preprocessing = { numeric: [], categorical: [] };
  for (let featureIndex = 0; featureIndex < data.featureCount; featureIndex++) {
    if (categorical.has(featureIndex)) {
      preprocessing.categorical.push(fitOneHot(data, featureIndex, options));
    } else preprocessing.numeric.push(fitNumeric(data, featureIndex, options));
  }
  return preprocessing;
}

/** Finite values of one column, ascending, with their weights; and how much weight was missing or infinite. */
interface SortedColumn {
  values: Float32Array;
  /** cumulative weight up to and with each value */
  cumulative: Float64Array;
  missing: number;
  below: number;
  above: number;
}

function fitNumeric(
  data: TrainingMatrix,
  featureIndex: number,
  { imputation, clipFactor, scaling }: PreprocessingOptions,
): NumericPreparation {
  const column = sortColumn(data, featureIndex);
  const count = column.values.length;
  if (count === 0) return { featureIndex, fill: 0, lower: 0, upper: 0, center: 0, scale: 1 };
  const smallest = column.values[0]!;
  const greatest = column.values[count - 1]!;
  const q1 = quantile(column, 0.25);
  const q3 = quantile(column, 0.75);
  const reach = clipFactor > 0 && q3 > q1 ? clipFactor * (q3 - q1) : Infinity;
  const lower = Math.fround(Math.max(smallest, q1 - reach));
  const upper = Math.fround(Math.min(greatest, q3 + reach));
  const fill = Math.fround(imputation === 'median' ? quantile(column, 0.5) : mostFrequent(column));
  if (scaling === 'none') return { featureIndex, fill, lower, upper, center: 0, scale: 1 };
  const { center, scale } = moments(column, fill, lower, upper);
  return { featureIndex, fill, lower, upper, center, scale };
}

function sortColumn(data: TrainingMatrix, featureIndex: number): SortedColumn {
  const { matrix, rowCount, featureCount, weight } = data;
  const values = new Float32Array(rowCount);
  const weights = new Float64Array(rowCount);
  let count = 0;
  let [missing, below, above] = [0, 0, 0];
  for (let row = 0, at = featureIndex; row < rowCount; row++, at += featureCount) {
    const x = matrix[at]!;
    const w = weight ? weight[row]! : 1;
    if (x !== x) missing += w;
    else if (x === Infinity) above += w;
    else if (x === -Infinity) below += w;
    else {
      values[count] = x;
      weights[count++] = w;
    }
  }
  const cumulative = new Float64Array(count);
  let total = 0;
  if (weight) {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    order.sort((a, b) => values[a]! - values[b]! || a - b);
    for (let i = 0; i < count; i++) cumulative[i] = total += weights[order[i]!]!;
  } else for (let i = 0; i < count; i++) cumulative[i] = ++total;
  return { values: values.subarray(0, count).sort(), cumulative, missing, below, above };
}

/**
 * The value where the cumulative weight passes `q`, the middle of two where it lands on the step between them (Hyndman and
 * Fan's type 2: the usual median, and the only averaging one that duplicated rows leave alone).
 */
function quantile({ values, cumulative }: SortedColumn, q: number): number {
  const last = values.length - 1;
  const at = q * cumulative[last]!;
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return cumulative[low] === at && low < last
    ? (values[low]! + values[low + 1]!) / 2
    : values[low]!;
}

function mostFrequent({ values, cumulative }: SortedColumn): number {
  let best = values[0]!;
  let bestWeight = 0;
  let before = 0;
  for (let i = 0; i < values.length; i++) {
    if (i + 1 < values.length && values[i + 1] === values[i]) continue;
    if (cumulative[i]! - before > bestWeight) {
      bestWeight = cumulative[i]! - before;
      best = values[i]!;
    }
    before = cumulative[i]!;
  }
  return best;
}

/** Mean and population standard deviation of the filled and clipped column, in two passes. */
function moments(
  { values, cumulative, missing, below, above }: SortedColumn,
  fill: number,
  lower: number,
  upper: number,
): { center: number; scale: number } {
  const totalOf = (measure: (x: number) => number): number => {
    let total = missing * measure(clamp(fill, lower, upper));
    total += below * measure(lower) + above * measure(upper);
    let before = 0;
    for (let i = 0; i < values.length; i++) {
      total += (cumulative[i]! - before) * measure(clamp(values[i]!, lower, upper));
      before = cumulative[i]!;
    }
    return total;
  };
  const weight = cumulative[values.length - 1]! + missing + below + above;
  const center = Math.fround(totalOf((x) => x) / weight);
  const variance = totalOf((x) => (x - center) * (x - center)) / weight;
  const scale = Math.fround(Math.sqrt(variance));
  // a spread that is only the rounding of the centre is none
  const isConstant = lower === upper || !(scale > Math.abs(center) * 2 ** -23);
  return { center, scale: isConstant ? 1 : scale };
}

function clamp(x: number, lower: number, upper: number): number {
  return Math.min(Math.max(x, lower), upper);
}

function fitOneHot(
  { matrix, rowCount, featureCount, weight }: TrainingMatrix,
  featureIndex: number,
  { missingCategory, minLevelRows }: PreprocessingOptions,
): OneHotPreparation {
  const rowsOfLevel: number[] = [];
  const weightOfLevel: number[] = [];
  let missingRows = 0;
  for (let row = 0, at = featureIndex; row < rowCount; row++, at += featureCount) {
    const code = matrix[at]!;
    if (code !== code) missingRows++;
    else if (code >= 0) {
      while (rowsOfLevel.length <= code) {
        rowsOfLevel.push(0);
        weightOfLevel.push(0);
      }
      rowsOfLevel[code]!++;
      weightOfLevel[code]! += weight ? weight[row]! : 1;
    }
  }
  let columnCount = 0;
  let rareColumn = -1;
  const columnFor = (rows: number): number => {
    if (rows === 0) return -1;
    if (rows >= minLevelRows) return columnCount++;
    if (rareColumn < 0) rareColumn = columnCount++;
    return rareColumn;
  };
  const columnOfLevel = Int32Array.from(rowsOfLevel, columnFor);
  if (missingCategory === 'own') {
    const columnOfMissing = columnFor(missingRows);
    return { featureIndex, columnCount, columnOfLevel, columnOfMissing, fill: -1 };
  }
  let fill = -1;
  weightOfLevel.forEach((total, code) => {
    if (total > (weightOfLevel[fill] ?? 0)) fill = code;
  });
  const columnOfMissing = fill >= 0 ? columnOfLevel[fill]! : -1;
  return { featureIndex, columnCount, columnOfLevel, columnOfMissing, fill };
}
