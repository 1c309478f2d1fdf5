import type { DistinctValues } from './distinctValues.js';

const MAX_FLOAT32 = 3.4028234663852886e38;

/** How a numeric column is cut into bins: `bin = #{ thresholds < x }`. */
export interface NumericBins {
  kind: 'number';
  featureIndex: number;
  /** ascending float32; `x <= thresholds[b]` is `bin <= b` */
  thresholds: Float32Array;
  /** thresholds.length + 1; missing, where there is any, is the bin after them */
  valueBinCount: number;
  hasMissing: boolean;
}

/**
 * Cuts a column into bins of about equal count, as LightGBM does (Ke et al. 2017, "Find bin"): when there are few distinct
 * values a bin each, joined until a bin has `minDataInBin`; otherwise values as frequent as a mean bin get a bin of their own
 * and the rest is shared out greedily. A threshold is the midpoint between neighbouring values, rounded so that `lower <= t < upper`.
 *
 * A column with missing values also gets the threshold MAX_FLOAT32, so that "any number" against "missing" is a split; that
 * costs one bin of the `maxBins`.
 */
export function numericBins(
  featureIndex: number,
  distinct: DistinctValues,
  hasMissing: boolean,
  maxBins: number,
  minDataInBin: number,
): NumericBins {
  const { values, length } = distinct;
  const hasTop = hasMissing && length > 0 && values[length - 1]! <= MAX_FLOAT32;
  const binLimit = Math.max(1, hasTop ? maxBins - 1 : maxBins);
  const lastOfBin =
    length <= binLimit
      ? joinSmallBins(distinct, minDataInBin)
      : equalCountBins(distinct, binLimit, minDataInBin);
  const thresholds = lastOfBin.map((i) => boundary(values[i]!, values[i + 1]!));
  if (hasTop && thresholds.at(-1) !== MAX_FLOAT32) thresholds.push(MAX_FLOAT32);
  return {
    kind: 'number',
    featureIndex,
    thresholds: Float32Array.from(thresholds),
    valueBinCount: thresholds.length + 1,
    hasMissing,
  };
}

/** A bin a value, except that a bin goes on until it holds `minDataInBin` rows. @returns index of the last value of each bin but the last */
function joinSmallBins({ counts, length }: DistinctValues, minDataInBin: number): number[] {
  const lastOfBin: number[] = [];
  let filled = 0;
  for (let i = 0; i < length - 1; i++) {
    filled += counts[i]!;
    if (filled < minDataInBin) continue;
    lastOfBin.push(i);
    filled = 0;
  }
  return lastOfBin;
}

/** Greedy bins of about equal count. @returns index of the last value of each bin but the last */
function equalCountBins(
  { counts, length }: DistinctValues,
  binLimit: number,
  minDataInBin: number,
): number[] {
  let total = 0;
  for (let i = 0; i < length; i++) total += counts[i]!;
  const binCount = Math.max(1, Math.min(binLimit, Math.floor(total / minDataInBin)));
  const bigCount = total / binCount;
  let restBins = binCount;
  let restRows = total;
  for (let i = 0; i < length; i++) {
    if (counts[i]! < bigCount) continue;
    restBins--;
    restRows -= counts[i]!;
  }
  let target = restRows / restBins;
  let filled = 0;
  const lastOfBin: number[] = [];
  for (let i = 0; i < length - 1 && lastOfBin.length < binCount - 1; i++) {
    const isBig = counts[i]! >= bigCount;
    const nextIsBig = counts[i + 1]! >= bigCount;
    if (!isBig) restRows -= counts[i]!;
    filled += counts[i]!;
    // before a frequent value a half-full bin is closed, so that the frequent one stays alone
    const full = isBig || filled >= target || (nextIsBig && filled >= Math.max(1, target / 2));
    if (!full) continue;
    lastOfBin.push(i);
    filled = 0;
    if (!isBig) target = restRows / --restBins;
  }
  return lastOfBin;
}

/** A float32 t with `lower <= t < upper`, near the middle and finite where it can be. */
function boundary(lower: number, upper: number): number {
  if (lower < -MAX_FLOAT32) return upper > -MAX_FLOAT32 ? -MAX_FLOAT32 : lower;
  const middle = Math.fround((lower + upper) / 2);
  return middle >= lower && middle < upper ? middle : lower;
}
