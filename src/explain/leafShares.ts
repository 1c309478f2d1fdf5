import { DataError } from '../core/errors.js';
import type { Forest } from '../model/forest.js';
import { nodeCovers } from '../model/nodeCovers.js';

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
 * The shares by {@link nodeCovers}, and the means that follow from them. O(nodes + leaves).
 * @throws {DataError} naming the first tree whose covers are unknown, negative or not finite.
 */
export function leafShares(forest: Forest): LeafShares {
  const { roots, left, right, treeOutput, leafValue } = forest;
  const { cover, leftShare, unknownTree } = nodeCovers(forest);
  if (unknownTree >= 0) failUnknown(unknownTree);
  const mean = new Float64Array(left.length);
  // a child has a higher index than its parent
  for (let node = left.length - 1; node >= 0; node--) {
    const l = left[node]!;
    const r = right[node]!;
    const leftMean = l >= 0 ? mean[l]! : leafValue[~l]!;
    const rightMean = r >= 0 ? mean[r]! : leafValue[~r]!;
    mean[node] = leftShare[node]! * leftMean + (1 - leftShare[node]!) * rightMean;
  }
  const expected = Float64Array.from(forest.baseScores);
  roots.forEach((root, tree) => {
    expected[treeOutput[tree]!]! += root >= 0 ? mean[root]! : leafValue[~root]!;
  });
  return { leftShare, expected, cover };
}

function failUnknown(tree: number): never {
  throw new DataError(
    `tree ${tree}: the covers of its leaves (training rows that reached them) are not known; contributions and ` +
      'cover importance need them. Train or import the model with covers, or use permutationImportance',
  );
}
