import type { Random } from '../../core/random.js';
import { sampleShare } from '../sampling.js';
import type { Workspace } from '../workspace.js';
import {
  type ColumnConstraints,
  columnConstraints,
  columnsOfGroups,
  type FeatureConstraints,
  narrowGroups,
} from './constraints.js';
import type { GrownLeaf, GrownNode, GrownTree } from './grownTree.js';
import { createHistogramPool } from './histogramPool.js';
import { type ColumnCounter, createHistograms } from './histograms.js';
import { type GrowPolicy, LeafQueue, type QueuedLeaf } from './leafQueue.js';
import { partitionRows } from './partition.js';
import { createSplitFinder } from './splitFinder.js';
import { boundsOfChildren, type LeafSums, type SplitInfo, type SplitOptions } from './splitInfo.js';
import { createSymmetricGrower } from './symmetricGrower.js';

/** How far a tree grows. */
export interface GrowthOptions extends SplitOptions {
  maxLeaves: number;
  /** 0 is no limit */
  maxDepth: number;
  growPolicy: GrowPolicy;
  /** share of the tree's columns that a node looks at, in (0, 1] */
  colsampleByNode: number;
}

/** Grows one tree after another over the same binned matrix. */
export interface TreeGrower {
  /**
   * Grows a tree on the first `count` rows of `sampleIndices` (reordered) by the gradients in the workspace.
   * @param columns - the columns of this tree, ascending
   * @param random - draws the columns of a node
   */
  grow(count: number, columns: Uint32Array, random: Random): GrownTree;
}

/** A leaf of the growing tree. `gain` is that of its split. */
interface GrowingLeaf extends QueuedLeaf, LeafSums {
  /** position of its first row in `sampleIndices` */
  start: number;
  /** its histogram; -1 when it has none (any more) */
  slot: number;
  columns: Uint32Array;
  /** the interaction groups that hold every column above it */
  groups: ColumnConstraints['groups'];
  split: SplitInfo | undefined;
  l2: number;
  /** its parent's node, -1 at the root, and which child it is */
  parent: number;
  isLeft: boolean;
}

/** What the two children of a split have in common. */
type SharedByChildren = Pick<GrowingLeaf, 'depth' | 'columns' | 'groups' | 'l2' | 'parent'>;

type OwnOfLeaf = Pick<GrowingLeaf, 'id' | 'start' | 'isLeft'> & Required<LeafSums>;

/**
 * The grower of the chosen policy.
 * @param constraints - by feature, checked
 */
export function createTreeGrower(
  workspace: Workspace,
  options: GrowthOptions,
  constraints?: FeatureConstraints,
): TreeGrower {
  const create = options.growPolicy === 'symmetric' ? createSymmetricGrower : createLeafGrower;
  return create(
    workspace,
    options,
    constraints && columnConstraints(constraints, workspace.mapper),
  );
}

/**
 * One grower for boosting, forests and single trees: what it minimises is the second-order approximation given by
 * gradients and hessians (Chen & Guestrin 2016), on histograms (Ke et al. 2017). The smaller child's histogram is built,
 * the larger one's is the parent's less that. When the pool of histograms runs out, the leaf that would be split last
 * gives its own up; should its turn come, both children are built.
 */
function createLeafGrower(
  workspace: Workspace,
  options: GrowthOptions,
  constraints: ColumnConstraints | undefined,
): TreeGrower {
  const { minChildSamples, minChildWeight, maxLeaves, maxDepth, colsampleByNode, l1 } = options;
  const directions = constraints?.directions;
  const pool = createHistogramPool(workspace.slotCount);
  const histograms = createHistograms(workspace);
  const finder = createSplitFinder(workspace, options, directions);

  return {
    grow(count, columns, random) {
      const queue = new LeafQueue<GrowingLeaf>(options.growPolicy);
      const nodes: GrownNode[] = [];
      const leaves: GrowingLeaf[] = [];
      pool.reset();
      histograms.useColumns(columns);

      function acquireSlot(): number {
        const slot = pool.acquire();
        if (slot >= 0) return slot;
        const victim = queue.lastOf((leaf) => leaf.slot >= 0)!;
        const freed = victim.slot;
        victim.slot = -1;
        return freed;
      }

      function build(leaf: GrowingLeaf): void {
        leaf.slot = acquireSlot();
        histograms.buildInto(leaf.slot, leaf.start, leaf.count);
      }

      function mayBeSplit(leaf: GrowingLeaf): boolean {
        return (
          leaf.count >= 2 * minChildSamples &&
          leaf.hessian >= 2 * minChildWeight &&
          (maxDepth === 0 || leaf.depth < maxDepth)
        );
      }

      /** Finds the leaf's split and queues it; without one its histogram is let go. */
      function seek(leaf: GrowingLeaf, countsOf?: ColumnCounter): void {
        const histogram = histograms.addressOf(leaf.slot);
        leaf.split = finder.find(histogram, leaf, leaf.columns, countsOf);
        if (leaf.split) {
          leaf.gain = leaf.split.gain;
          queue.push(leaf);
        } else {
          pool.release(leaf.slot);
          leaf.slot = -1;
        }
      }

      /** Finds splits of two new leaves, given the histogram of their parent, if it was kept. */
      function seekBoth(left: GrowingLeaf, right: GrowingLeaf, parentSlot: number): void {
        if (!mayBeSplit(left) && !mayBeSplit(right)) {
          pool.release(parentSlot);
          return;
        }
        const [smaller, larger] = left.count <= right.count ? [left, right] : [right, left];
        if (parentSlot >= 0) {
          build(smaller);
          larger.slot = parentSlot;
          histograms.subtract(larger.slot, smaller.slot);
        } else {
          for (const leaf of [smaller, larger]) if (mayBeSplit(leaf)) build(leaf);
        }
        for (const leaf of [left, right]) {
          if (mayBeSplit(leaf)) {
            const allowed = columnsOfGroups(columns, leaf.groups);
            leaf.columns = sampleShare(allowed, colsampleByNode, random);
            seek(leaf);
          } else {
            pool.release(leaf.slot);
            leaf.slot = -1;
          }
        }
      }

      function hasSmallChild(rows: number, leftCount: number): boolean {
        return leftCount < minChildSamples || rows - leftCount < minChildSamples;
      }

      /** Finds the split of a leaf anew, by counted rows. */
      function seekCounted(leaf: GrowingLeaf, countsOf: ColumnCounter): void {
        if (leaf.slot < 0) build(leaf);
        seek(leaf, countsOf);
      }

      /**
       * Makes a leaf's split, unless a child turns out to have too few rows: then the leaf goes back into the queue
       * with the best split by counted rows, if there is one.
       */
      function split(leaf: GrowingLeaf): void {
        const info = leaf.split!;
        const counter = histograms.columnCounter(leaf.start, leaf.count, count);
        // of a leaf of nearly all rows the count is had for little, and a partition for nothing is spared
        if (
          histograms.countsCheaply(leaf.count, count) &&
          hasSmallChild(leaf.count, leftRows(info, counter(info.column)))
        ) {
          seekCounted(leaf, counter);
          return;
        }
        const counts = partitionRows(workspace, info, info.missingLeft, leaf.start, leaf.count);
        const leftCount = counts.left;
        const rightCount = leaf.count - leftCount;
        if (hasSmallChild(leaf.count, leftCount)) {
          seekCounted(leaf, counter);
          return;
        }
        const index = nodes.length;
        // nothing was learned about missing where none is: it follows the greater number
        const defaultLeft =
          counts.missing === 0 && info.bin >= 0 ? leftCount >= rightCount : info.missingLeft;
        nodes.push({
          split: info,
          left: ~leaf.id,
          right: ~leaves.length,
          defaultLeft,
          cover: leaf.count,
        });
        if (leaf.parent >= 0) nodes[leaf.parent]![leaf.isLeft ? 'left' : 'right'] = index;
        const bounds = directions
          ? boundsOfChildren(leaf, info, directions[info.column]!, l1)
          : undefined;
        const common = {
          depth: leaf.depth + 1,
          columns: leaf.columns,
          groups: narrowGroups(leaf.groups, info.column),
          l2: info.l2,
          parent: index,
        };
        const left = newLeaf(common, {
          id: leaf.id,
          start: leaf.start,
          count: leftCount,
          gradient: info.leftGradient,
          hessian: info.leftHessian,
          bounds: bounds?.left,
          isLeft: true,
        });
        const right = newLeaf(common, {
          id: leaves.length,
          start: leaf.start + leftCount,
          count: rightCount,
          gradient: leaf.gradient - info.leftGradient,
          hessian: leaf.hessian - info.leftHessian,
          bounds: bounds?.right,
          isLeft: false,
        });
        leaves[left.id] = left;
        leaves.push(right);
        if (leaves.length < maxLeaves) seekBoth(left, right, leaf.slot);
      }

      const root = newLeaf(
        { depth: 0, columns, groups: constraints?.groups, l2: options.l2, parent: -1 },
        {
          id: 0,
          start: 0,
          count,
          ...histograms.sumRows(count),
          bounds: undefined,
          isLeft: true,
        },
      );
      leaves.push(root);
      if (columns.length > 0 && mayBeSplit(root) && maxLeaves > 1) {
        root.columns = sampleShare(columns, colsampleByNode, random);
        build(root);
        seek(root);
      }
      for (let next = queue.pop(); next && leaves.length < maxLeaves; next = queue.pop())
        split(next);
      return { nodes, leaves: leaves.map(grownLeaf) };
    },
  };
}

/** Rows that go left. @param counts - rows a bin of the column of the split, missing last */
function leftRows({ bin, leftBins, missingLeft }: SplitInfo, counts: Uint32Array): number {
  let rows = missingLeft ? counts.at(-1)! : 0;
  for (let i = 0; i <= bin; i++) rows += counts[i]!;
  for (const i of leftBins) rows += counts[i]!;
  return rows;
}

/** A leaf that nothing was sought for yet. Field by field: spreading objects took a twelfth of a fit of many small trees. */
function newLeaf(
  { depth, columns, groups, l2, parent }: SharedByChildren,
  { id, start, count, gradient, hessian, bounds, isLeft }: OwnOfLeaf,
): GrowingLeaf {
  return {
    id,
    depth,
    gain: 0,
    gradient,
    hessian,
    count,
    bounds,
    start,
    slot: -1,
    columns,
    groups,
    split: undefined,
    l2,
    parent,
    isLeft,
  };
}

function grownLeaf({ start, count, gradient, hessian, l2, bounds }: GrowingLeaf): GrownLeaf {
  return { start, count, valueStart: start, valueCount: count, gradient, hessian, l2, bounds };
}
