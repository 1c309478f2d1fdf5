import type { Forest } from '../model/forest.js';
import { leafShares } from './leafShares.js';

/**
 * What the contributions of a forest need to know about its shape.
 *
 * A slot is the edge from a node to a child: `2 * node` to the left, `2 * node + 1` to the right.
 */
export interface ForestPlan {
  /** trees that have a node at all */
  trees: TreeExtent[];
  /** per node: the slot that leads to it; at a root the slot after the last one of its tree */
  slotAbove: Int32Array;
  /** per node: the nearest slot above that splits on the same feature, -1 where there is none */
  ancestor: Int32Array;
  /** per slot: the share of its node's training rows that took it, in [0, 1] */
  share: Float64Array;
  /** per slot: product of the shares at this slot and those above of the same feature; what the feature weighs when it is absent */
  absent: Float64Array;
  /** per slot: the value of the leaf it leads to, 1 where it leads to a node */
  leafFactor: Float64Array;
  /** per output: the mean margin by the covers */
  expected: Float64Array;
}

/** Where a tree stands in the arrays of its forest. */
export interface TreeExtent {
  firstNode: number;
  nodeCount: number;
  output: number;
  /** quadrature points that make its integrals exact: half of the most distinct features on a path, rounded up */
  pointCount: number;
}

/** Lays out a forest. O(nodes * depth). @throws {DataError} when covers are unknown. */
export function planForest(forest: Forest): ForestPlan {
  const nodeCount = forest.left.length;
  const { leftShare, expected } = leafShares(forest);
  const trees = treeExtents(forest);
  const plan: ForestPlan = {
    trees,
    slotAbove: new Int32Array(nodeCount),
    ancestor: new Int32Array(nodeCount),
    share: new Float64Array(2 * nodeCount),
    absent: new Float64Array(2 * nodeCount),
    leafFactor: new Float64Array(2 * nodeCount).fill(1),
    expected,
  };
  const distinct = new Int32Array(nodeCount);
  for (const tree of trees) {
    const end = tree.firstNode + tree.nodeCount;
    plan.slotAbove[tree.firstNode] = 2 * end;
    let most = 0;
    for (let node = tree.firstNode; node < end; node++) {
      const ancestor = findAncestor(forest, plan.slotAbove, node, tree.firstNode);
      plan.ancestor[node] = ancestor;
      const before = node === tree.firstNode ? 0 : distinct[plan.slotAbove[node]! >> 1]!;
      distinct[node] = before + (ancestor < 0 ? 1 : 0);
      if (distinct[node]! > most) most = distinct[node]!;
      placeChild(forest, plan, 2 * node, forest.left[node]!, leftShare[node]!);
      placeChild(forest, plan, 2 * node + 1, forest.right[node]!, 1 - leftShare[node]!);
    }
    tree.pointCount = (most + 1) >> 1;
  }
  return plan;
}

function placeChild(
  { leafValue }: Forest,
  { slotAbove, ancestor, share, absent, leafFactor }: ForestPlan,
  slot: number,
  child: number,
  ownShare: number,
): void {
  const above = ancestor[slot >> 1]!;
  share[slot] = ownShare;
  absent[slot] = above >= 0 ? absent[above]! * ownShare : ownShare;
  if (child >= 0) slotAbove[child] = slot;
  else leafFactor[slot] = leafValue[~child]!;
}

function findAncestor(
  { featureIndex }: Forest,
  slotAbove: Int32Array,
  node: number,
  root: number,
): number {
  const feature = featureIndex[node]!;
  for (let at = node; at !== root; ) {
    const slot = slotAbove[at]!;
    at = slot >> 1;
    if (featureIndex[at] === feature) return slot;
  }
  return -1;
}

/** The nodes of a tree stand together, root first, and trees in order. */
function treeExtents({ roots, treeOutput, left }: Forest): TreeExtent[] {
  const trees: TreeExtent[] = [];
  let end = left.length;
  for (let tree = roots.length - 1; tree >= 0; tree--) {
    const firstNode = roots[tree]!;
    if (firstNode < 0) continue;
    trees.push({ firstNode, nodeCount: end - firstNode, output: treeOutput[tree]!, pointCount: 0 });
    end = firstNode;
  }
  return trees.reverse();
}
