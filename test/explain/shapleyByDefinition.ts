import { type Forest, goesLeft } from '../../src/model/forest.js';

/**
 * The slow twin of the contributions of a forest: Shapley's formula over every subset of features, with the worth of a subset by
 * Algorithm 1 of Lundberg, Erion and Lee (2018). O(2^features * nodes) a row.
 * @returns per output: the contributions of the features, then the expected margin
 */
export function shapleyByDefinition(
  forest: Forest,
  row: ArrayLike<number>,
  featureCount: number,
): number[] {
  const subsets = 2 ** featureCount;
  const worth = Array.from({ length: subsets }, (_, subset) => worthOf(forest, row, subset));
  const factorial = [1];
  for (let n = 1; n <= featureCount; n++) factorial.push(n * factorial[n - 1]!);
  return [...forest.baseScores.keys()].flatMap((output) => {
    const values = Array.from({ length: featureCount }, (_, feature) => {
      let value = 0;
      for (let subset = 0; subset < subsets; subset++) {
        if (subset & (1 << feature)) continue;
        const size = countBits(subset);
        const weight = (factorial[size]! * factorial[featureCount - size - 1]!) / factorial.at(-1)!;
        value += weight * (worth[subset | (1 << feature)]![output]! - worth[subset]![output]!);
      }
      return value;
    });
    return [...values, worth[0]![output]!];
  });
}

/** Per output: the mean margin when the features of the subset are the row's and the others are averaged by cover. */
function worthOf(forest: Forest, row: ArrayLike<number>, subset: number): number[] {
  const out = [...forest.baseScores];
  forest.roots.forEach((root, tree) => {
    out[forest.treeOutput[tree]!]! += meanBelow(forest, root, row, subset);
  });
  return out;
}

function meanBelow(forest: Forest, at: number, row: ArrayLike<number>, subset: number): number {
  if (at < 0) return forest.leafValue[~at]!;
  const left = forest.left[at]!;
  const right = forest.right[at]!;
  const feature = forest.featureIndex[at]!;
  if (subset & (1 << feature)) {
    return meanBelow(forest, goesLeft(forest, at, row[feature]!) ? left : right, row, subset);
  }
  const leftCover = coverBelow(forest, left);
  const rightCover = coverBelow(forest, right);
  const total = leftCover + rightCover;
  const share = total === 0 ? 0.5 : leftCover / total;
  return (
    share * meanBelow(forest, left, row, subset) +
    (1 - share) * meanBelow(forest, right, row, subset)
  );
}

function coverBelow(forest: Forest, at: number): number {
  if (at < 0) return forest.leafCover[~at]!;
  return coverBelow(forest, forest.left[at]!) + coverBelow(forest, forest.right[at]!);
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}
