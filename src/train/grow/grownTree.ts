import type { SplitInfo, ValueBounds } from './splitInfo.js';

/** A split that was made. Children as in a forest: `i >= 0` is node i of this tree, `i < 0` is leaf `~i`. */
export interface GrownNode {
  split: SplitInfo;
  left: number;
  right: number;
  /** where missing goes, and at a categorical node what is not listed */
  defaultLeft: boolean;
  /** rows */
  cover: number;
}

/** A leaf: its rows stand side by side in the sample. */
export interface GrownLeaf {
  /** position of its first row in `sampleIndices` */
  start: number;
  /** rows; 0 only in symmetric trees */
  count: number;
  /**
   * The rows that its value is learned from, side by side in `sampleIndices` too: its own, or in a symmetric tree those of
   * its region, which may be more.
   */
  valueStart: number;
  valueCount: number;
  /** sums over the rows of its value */
  gradient: number;
  hessian: number;
  /** the l2 that its value is regularised with */
  l2: number;
  /** what monotone constraints hold its value within; absent where there are none */
  bounds?: ValueBounds | undefined;
}

/** A tree over bins; node 0 is the root, or leaf 0 where there are no nodes. A child's index is greater than its parent's. */
export interface GrownTree {
  nodes: GrownNode[];
  leaves: GrownLeaf[];
}
