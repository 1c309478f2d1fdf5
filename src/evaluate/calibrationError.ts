import { checkInteger, checkOneOf, withDefaults } from '../core/check.js';
import { checkProbabilities, groupByScore, type ScoreGroups } from './scoreGroups.js';

export interface CalibrationOptions {
  /** number of bins, in [1, 1000] */
  binCount: number;
  /** uniform: bins of equal width. quantile: bins of (nearly) equal row counts; equal probabilities stay together. */
  strategy: 'uniform' | 'quantile';
}

export const CALIBRATION_DEFAULTS: Readonly<CalibrationOptions> = Object.freeze({
  binCount: 10,
  strategy: 'uniform',
});

/** What was promised and what happened, in each bin that has rows, from low to high probability. */
export interface CalibrationBin {
  meanProbability: number;
  /** share of positives */
  positiveRate: number;
  rowCount: number;
}

/**
 * The reliability diagram. Bins are closed on the right, `(k/n, (k+1)/n]`, the first also on the left.
 * @param labels - 0 or 1 a row
 * @param probabilities - of the positive class, one a row, in [0, 1]
 * @throws {ConfigError} on a wrong option.
 */
export function calibrationCurve(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  options?: Partial<CalibrationOptions>,
): CalibrationBin[] {
  const { binCount, strategy } = withDefaults('calibration option', CALIBRATION_DEFAULTS, options);
  checkInteger('binCount', binCount, 1, 1000);
  checkOneOf('strategy', strategy, ['uniform', 'quantile']);
  checkProbabilities(probabilities);
  const groups = groupByScore(labels, probabilities);
  const binOf =
    strategy === 'uniform'
      ? uniformBins(groups.scores, binCount)
      : quantileBins(groups, labels.length, binCount);
  return binTotals(groups, binOf, binCount)
    .filter(({ rowCount }) => rowCount > 0)
    .map(({ probability, positives, rowCount }) => ({
      meanProbability: probability / rowCount,
      positiveRate: positives / rowCount,
      rowCount,
    }));
}

/**
 * Expected calibration error: the mean over the rows of |share of positives - mean probability| of the row's bin
 * (Naeini, Cooper, Hauskrecht 2015; Guo et al. 2017). Ten bins of equal width unless told otherwise. NaN without rows.
 */
export function expectedCalibrationError(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  options?: Partial<CalibrationOptions>,
): number {
  let error = 0;
  for (const bin of calibrationCurve(labels, probabilities, options)) {
    error += bin.rowCount * Math.abs(bin.positiveRate - bin.meanProbability);
  }
  return error / labels.length;
}

/** The bin of equal width that each probability falls into. */
export function uniformBins(probabilities: Float64Array, binCount: number): Uint16Array {
  return Uint16Array.from(probabilities, (p) => {
    let bin = Math.min(binCount - 1, Math.floor(p * binCount));
    // closed on the right, and safe from the rounding of p * binCount
    while (bin > 0 && p <= bin / binCount) bin--;
    return bin;
  });
}

/** {@link expectedCalibrationError} of counted scores in given bins. O(groups). */
export function binnedError(groups: ScoreGroups, binOf: Uint16Array, binCount: number): number {
  let total = 0;
  let error = 0;
  for (const { probability, positives, rowCount } of binTotals(groups, binOf, binCount)) {
    total += rowCount;
    error += Math.abs(positives - probability);
  }
  return error / total;
}

/** Walks up the scores and starts a new bin whenever another `1 / binCount` of the rows has been passed. */
function quantileBins(groups: ScoreGroups, rowCount: number, binCount: number): Uint16Array {
  const { scores, positives, negatives } = groups;
  const binOf = new Uint16Array(scores.length);
  let below = 0;
  for (let group = scores.length - 1; group >= 0; group--) {
    const here = positives[group]! + negatives[group]!;
    // the bin that the middle row of the group belongs to
    binOf[group] = Math.min(binCount - 1, Math.floor(((below + here / 2) * binCount) / rowCount));
    below += here;
  }
  return binOf;
}

interface BinTotal {
  /** sum of the probabilities */
  probability: number;
  positives: number;
  rowCount: number;
}

function binTotals(groups: ScoreGroups, binOf: Uint16Array, binCount: number): BinTotal[] {
  const { scores, positives, negatives } = groups;
  const bins = Array.from({ length: binCount }, () => ({
    probability: 0,
    positives: 0,
    rowCount: 0,
  }));
  for (let group = 0; group < scores.length; group++) {
    const bin = bins[binOf[group]!]!;
    const rowCount = positives[group]! + negatives[group]!;
    bin.probability += scores[group]! * rowCount;
    bin.positives += positives[group]!;
    bin.rowCount += rowCount;
  }
  return bins;
}
