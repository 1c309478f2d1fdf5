import { DataError } from '../core/errors.js';
import type { Forest } from '../model/forest.js';

/** What the covers of a forest say about where its training rows went. */
export interface LeafShares {
  /** per node: the share of its training rows that went left, in [0, 1] */
  leftShare: Float64Array;
  /** per output: the mean margin over the training rows, by the covers: `baseScores` and every tree's mean leaf value */
  expected: Float64Array;
  /** per node: training rows that reached it, the sum over its leaves */
  cover: Float64Array;
}

/**
 * Adds the covers of the leaves up the trees. Only leaf covers are read, so that the shares of a node always add up to 1, also where
 * a library rounds the covers of nodes. A node whose leaves all have cover 0 beside other leaves that have some sends half of nothing
 * each way. O(nodes + leaves).
 * @throws {DataError} naming the first tree whose covers are unknown, negative or not finite.
 */
export function leafShares(forest: Forest): LeafShares {
  const { roots, left, right, treeOutput, leafValue, leafCover } = forest;
  const cover = new Float64Array(left.length);
  const mean = new Float64Array(left.length);
  const leftShare = new Float64Array(left.length);
  // a child has a higher index than its parent
  for (let node = left.length - 1; node >= 0; node--) {
    const l = left[node]!;
    const r = right[node]!;
    const leftCover = l >= 0 ? cover[l]! : leafCover[~l]!;
    const rightCover = r >= 0 ? cover[r]! : leafCover[~r]!;
    cover[node] = leftCover + rightCover;
    const share = cover[node] === 0 ? 0.5 : leftCover / cover[node]!;
    leftShare[node] = share;
    const leftMean = l >= 0 ? mean[l]! : leafValue[~l]!;
    const rightMean = r >= 0 ? mean[r]! : leafValue[~r]!;
    mean[node] = share * leftMean + (1 - share) * rightMean;
  }
  const isBroken = leafCover.some((count) => !(count >= 0 && count < Infinity));
  const expected = Float64Array.from(forest.baseScores);
  for (let tree = 0; tree < roots.length; tree++) {
    const root = roots[tree]!;
    if (root >= 0 && (isBroken || !(cover[root]! > 0))) failUnknown(tree);
    expected[treeOutput[tree]!]! += root >= 0 ? mean[root]! : leafValue[~root]!;
  }
  return { leftShare, expected, cover };
}

function failUnknown(tree: number): never {
  throw new DataError(
    `tree ${tree}: the covers of its leaves (training rows that reached them) are not known; contributions and ` +
      'cover importance need them. Train or import the model with covers, or use permutationImportance',
  );
}
