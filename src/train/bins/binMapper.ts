import type { Random } from '../../core/random.js';
import { sampleRows } from '../sampling.js';
import type { TrainingProblem } from '../trainingProblem.js';
import { type CategoryBins, categoryBins, countLevels } from './categoryBins.js';
import { featuresWithMissing } from './missingFeatures.js';
import type { NumericBins } from './numericBins.js';
import { type LearnBins, learnNumericBins } from './numericColumns.js';

/** The bins of one column of the binned matrix. */
export type ColumnBins = NumericBins | CategoryBins;

/** From features to bytes. A feature that a tree cannot split on (constant, all missing) has no column. */
export interface BinMapper {
  /** ascending by featureIndex */
  columns: ColumnBins[];
}

export interface BinOptions {
  /** bins for the values of a feature, the shared bin of a categorical one included; missing numbers have one more */
  maxBins: number;
  minDataInBin: number;
}

/** Thresholds are quantiles of at most this many rows, as LightGBM's `bin_construct_sample_cnt`. */
const SAMPLE_ROWS = 200_000;

/**
 * Learns the bins of every feature.
 * @param random - draws the sample when there are more than 200,000 rows
 * @param learnBins - of the numeric features, the slow part
 * @throws {DataError} on bad category codes.
 */
export function fitBinMapper(
  problem: TrainingProblem,
  options: BinOptions,
  random: Random,
  learnBins: LearnBins = learnNumericBins,
): BinMapper {
  const { matrix, rowCount, featureCount, isCategorical } = problem;
  const { maxBins, minDataInBin } = options;
  const rows = sampleRows(rowCount, Math.min(rowCount, SAMPLE_ROWS), random).chosen;
  const missing = rows.length < rowCount ? featuresWithMissing(matrix, featureCount) : undefined;
  // of the options only these: the problem may be sent to other threads, and functions cannot
  const limits = { maxBins, minDataInBin };
  const numeric = learnBins({ ...limits, matrix, featureCount, rows, missing, isCategorical });
  const categorical = [...isCategorical.keys()].filter((i) => isCategorical[i]);
  const levelCounts = countLevels(matrix, featureCount, categorical);
  const categories = categorical.map((feature, i) =>
    categoryBins(feature, levelCounts[i]!, maxBins, minDataInBin),
  );
  const columns = [...numeric, ...categories]
    .filter(canSplit)
    .sort((a, b) => a.featureIndex - b.featureIndex);
  return { columns };
}

/** The bin of a feature value: the slow twin of what fills the binned matrix. */
export function binOf(bins: ColumnBins, x: number): number {
  if (bins.kind === 'category') {
    return x >= 0 ? (bins.binOfCode[x] ?? bins.valueBinCount) : bins.valueBinCount;
  }
  if (x !== x) return bins.valueBinCount;
  let bin = 0;
  while (bin < bins.thresholds.length && bins.thresholds[bin]! < x) bin++;
  return bin;
}

/** Bins of a column in a histogram, that of missing values included. */
export function binCountOf(bins: ColumnBins): number {
  return bins.valueBinCount + (bins.hasMissing ? 1 : 0);
}

function canSplit(bins: ColumnBins): boolean {
  return bins.kind === 'number' ? bins.thresholds.length > 0 : bins.valueBinCount > 0;
}
