import type { Forest } from './forest.js';

/** Where the training rows went in a forest. */
export interface NodeCovers {
  /** per node: training rows that reached it, the sum over its leaves */
  cover: Float64Array;
  /** per node: the share of its training rows that went left, in [0, 1] */
  leftShare: Float64Array;
  /** a tree whose covers are unknown, negative or not finite, or -1 */
  unknownTree: number;
}

/**
 * Adds the covers of the leaves up the trees. Only leaf covers are read, so that the shares of a node always add up to 1, also where
 * a library rounds the covers of nodes. A node whose leaves all have cover 0 beside other leaves that have some sends half of nothing
 * each way. O(nodes + leaves).
 */
export function nodeCovers({
  roots,
  left,
  right,
  leafCover,
}: Pick<Forest, 'roots' | 'left' | 'right' | 'leafCover'>): NodeCovers {
  const cover = new Float64Array(left.length);
  const leftShare = new Float64Array(left.length);
  // a child has a higher index than its parent
  for (let node = left.length - 1; node >= 0; node--) {
    const l = left[node]!;
    const r = right[node]!;
    const leftCover = l >= 0 ? cover[l]! : leafCover[~l]!;
    cover[node] = leftCover + (r >= 0 ? cover[r]! : leafCover[~r]!);
    leftShare[node] = cover[node] === 0 ? 0.5 : leftCover / cover[node]!;
  }
  const isBroken = leafCover.some((count) => !(count >= 0 && count < Infinity));
  const unknownTree = roots.findIndex((root) => root >= 0 && (isBroken || !(cover[root]! > 0)));
  return { cover, leftShare, unknownTree };
}
