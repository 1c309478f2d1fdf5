import type { Workspace } from '../workspace.js';
import type { GrownLeaf, GrownNode, GrownTree } from './grownTree.js';
import type { LevelTest } from './levelFinder.js';
import { partitionRows } from './partition.js';
import type { LeafSums } from './splitInfo.js';

/** A leaf of a symmetric tree as it was learned: its rows stand side by side and share a value. */
export interface Region extends LeafSums {
  /** position of its first row in `sampleIndices` */
  start: number;
  /** the l2 that its value is regularised with */
  l2: number;
  /** per level: 0 left of the test, 1 right of it, -1 on both sides, as the test did not divide it */
  path: readonly number[];
}

/** A region that a test divided in two. */
export interface Division {
  region: Region;
  gain: number;
}

/**
 * Writes a symmetric tree out in full: 2^depth - 1 nodes level by level (the children of node i are 2i + 1 and 2i + 2) and
 * 2^depth leaves from left to right, however few regions there are. The rows of a region that stands on both sides of a
 * test are put in order by it (in `sampleIndices`). The gain of a division is shared among its nodes by their rows.
 * @param tests - one a level
 * @param missing - per level: whether some row had no value for the test
 */
export function symmetricTree(
  workspace: Workspace,
  tests: readonly LevelTest[],
  missing: readonly boolean[],
  regions: readonly Region[],
  divisions: readonly Division[],
): GrownTree {
  const leaves = new Array<GrownLeaf>(2 ** tests.length);
  const place = (region: Region, level: number, at: number, start: number, count: number): void => {
    const test = tests[level];
    if (!test) {
      const { gradient, hessian, l2, bounds } = region;
      const value = { valueStart: region.start, valueCount: region.count };
      leaves[at] = { start, count, ...value, gradient, hessian, l2, bounds };
      return;
    }
    const side = region.path[level]!;
    if (side >= 0) {
      place(region, level + 1, 2 * at + side, start, count);
      return;
    }
    const { left } = partitionRows(workspace, test, test.missingLeft, start, count);
    place(region, level + 1, 2 * at, start, left);
    place(region, level + 1, 2 * at + 1, start + left, count - left);
  };
  for (const region of regions) place(region, 0, 0, region.start, region.count);

  const nodeCount = leaves.length - 1;
  const covers = coversOf(leaves);
  const gains = new Float64Array(nodeCount);
  for (const division of divisions) shareGain(division, covers, gains);
  const nodes: GrownNode[] = [];
  tests.forEach((test, level) => {
    const firstNode = 2 ** level - 1;
    const defaultLeft =
      test.bin >= 0 && !missing[level] ? mostGoLeft(covers, level) : test.missingLeft;
    for (let node = firstNode; node < 2 * firstNode + 1; node++) {
      const [left, right] = [2 * node + 1, 2 * node + 2];
      nodes.push({
        // the sums of a node's children are not asked for any more
        split: { ...test, gain: gains[node]!, leftGradient: 0, leftHessian: 0 },
        left: left < nodeCount ? left : ~(left - nodeCount),
        right: right < nodeCount ? right : ~(right - nodeCount),
        defaultLeft,
        cover: covers[node]!,
      });
    }
  });
  return { nodes, leaves };
}

/** Rows of each node, then of each leaf. */
function coversOf(leaves: readonly GrownLeaf[]): Float64Array {
  const nodeCount = leaves.length - 1;
  const covers = new Float64Array(nodeCount + leaves.length);
  leaves.forEach((leaf, at) => {
    covers[nodeCount + at] = leaf.count;
  });
  for (let node = nodeCount - 1; node >= 0; node--) {
    covers[node] = covers[2 * node + 1]! + covers[2 * node + 2]!;
  }
  return covers;
}

/** Adds a gain to the nodes where its region stood when it was divided. */
function shareGain({ region, gain }: Division, covers: Float64Array, gains: Float64Array): void {
  const descend = (node: number, level: number): void => {
    if (level === region.path.length) {
      gains[node] = gain * (covers[node]! / region.count);
      return;
    }
    const side = region.path[level]!;
    if (side !== 1) descend(2 * node + 1, level + 1);
    if (side !== 0) descend(2 * node + 2, level + 1);
  };
  descend(0, 0);
}

/** Nothing was learned about missing where none is: as in other trees it follows the greater number. */
function mostGoLeft(covers: Float64Array, level: number): boolean {
  let left = 0;
  let right = 0;
  for (let node = 2 ** level - 1; node < 2 ** (level + 1) - 1; node++) {
    left += covers[2 * node + 1]!;
    right += covers[2 * node + 2]!;
  }
  return left >= right;
}
