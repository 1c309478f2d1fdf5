import { createDistinctValues } from './distinctValues.js';
import { type NumericBins, numericBins } from './numericBins.js';

/** What the bins of numeric features are learned from. */
export interface NumericProblem {
  /** row-major */
  matrix: Float32Array;
  featureCount: number;
  /** the rows to look at, ascending */
  rows: Uint32Array;
  /** per feature: 1 when it is missing in some row; undefined where `rows` are all and tell */
  missing: Uint8Array | undefined;
  /** per feature: 1 when it holds category codes, which are left out */
  isCategorical: Uint8Array;
  maxBins: number;
  minDataInBin: number;
}

/** Features of a block, whose values are read together, where one thread takes them all. */
const BLOCK_COLUMNS = 8;

/** Learns the bins of all numeric features; what threads do together gives what one does. */
export type LearnBins = (problem: NumericProblem) => NumericBins[];

/** In one thread. */
export const learnNumericBins: LearnBins = (problem) => {
  const learnBlock = createBlockLearner(problem, BLOCK_COLUMNS);
  const blockCount = Math.ceil(problem.featureCount / BLOCK_COLUMNS);
  return Array.from({ length: blockCount }, (_, block) => learnBlock(block)).flat();
};

/** Makes a function that learns the bins of the numeric features of a block. */
export function createBlockLearner(
  problem: NumericProblem,
  blockColumns: number,
): (block: number) => NumericBins[] {
  const { matrix, featureCount, rows, missing, isCategorical, maxBins, minDataInBin } = problem;
  const distinctValues = createDistinctValues(matrix, featureCount, rows, blockColumns);
  return (block) => {
    const first = block * blockColumns;
    const width = Math.min(blockColumns, featureCount - first);
    const features = Array.from({ length: width }, (_, i) => first + i).filter(
      (feature) => isCategorical[feature] === 0,
    );
    return features.map((feature) => {
      const distinct = distinctValues(feature);
      const hasMissing = missing ? missing[feature] === 1 : distinct.missingCount > 0;
      return numericBins(feature, distinct, hasMissing, maxBins, minDataInBin);
    });
  };
}
