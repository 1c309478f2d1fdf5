import type { Forest, Link } from '../model/forest.js';
import type { BinMapper } from './binMapper.js';
import type { GrownTree } from './grownTree.js';

/** Collects grown trees into a forest: bins become thresholds and level codes. */
export interface ForestBuilder {
  readonly treeCount: number;
  /** @param leafValues - one a leaf of the tree */
  addTree(tree: GrownTree, leafValues: ArrayLike<number>): void;
  /** The forest of the trees so far. O(nodes). */
  forest(link: Link, baseScore: number): Forest;
}

export function createForestBuilder(mapper: BinMapper): ForestBuilder {
  const roots: number[] = [];
  const featureIndex: number[] = [];
  const threshold: number[] = [];
  const categorySet: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const defaultLeft: number[] = [];
  const gain: number[] = [];
  const cover: number[] = [];
  const leafValue: number[] = [];
  const leafCover: number[] = [];
  const categorySets: number[][] = [];

  return {
    get treeCount() {
      return roots.length;
    },

    addTree({ nodes, leaves }, leafValues) {
      const firstNode = featureIndex.length;
      const firstLeaf = leafValue.length;
      const placed = (child: number): number =>
        child >= 0 ? firstNode + child : ~(firstLeaf + ~child);
      roots.push(placed(nodes.length > 0 ? 0 : ~0));
      for (const node of nodes) {
        const bins = mapper.columns[node.split.column]!;
        featureIndex.push(bins.featureIndex);
        if (bins.kind === 'number') {
          threshold.push(bins.thresholds[node.split.bin]!);
          categorySet.push(-1);
        } else {
          threshold.push(NaN);
          categorySet.push(categorySets.length);
          const codes = node.split.leftBins.map((bin) => bins.codes[bin]!);
          categorySets.push(codes.sort((a, b) => a - b));
        }
        left.push(placed(node.left));
        right.push(placed(node.right));
        defaultLeft.push(node.defaultLeft ? 1 : 0);
        gain.push(node.split.gain);
        cover.push(node.cover);
      }
      leaves.forEach((leaf, index) => {
        leafValue.push(leafValues[index]!);
        leafCover.push(leaf.count);
      });
    },

    forest: (link, baseScore) => ({
      kind: 'forest',
      link,
      baseScore,
      roots: Int32Array.from(roots),
      featureIndex: Int32Array.from(featureIndex),
      threshold: Float64Array.from(threshold),
      categorySet: Int32Array.from(categorySet),
      left: Int32Array.from(left),
      right: Int32Array.from(right),
      defaultLeft: Uint8Array.from(defaultLeft),
      gain: Float64Array.from(gain),
      cover: Float64Array.from(cover),
      leafValue: Float64Array.from(leafValue),
      leafCover: Float64Array.from(leafCover),
      categorySets: categorySets.map((set) => [...set]),
    }),
  };
}
