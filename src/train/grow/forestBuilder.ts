import type { Forest, Link } from '../../model/forest.js';
import type { BinMapper } from '../bins/binMapper.js';
import type { GrownTree } from './grownTree.js';

/** Collects grown trees into a forest: bins become thresholds and level codes. */
export interface ForestBuilder {
  readonly treeCount: number;
  /**
   * @param leafValues - one a leaf of the tree
   * @param output - what they are added to; 0 when absent
   */
  addTree(tree: GrownTree, leafValues: ArrayLike<number>, output?: number): void;
  /**
   * The forest of the first trees, all by default. O(nodes).
   * @param previous - trees that come before
   */
  forest(link: Link, baseScores: Float64Array, treeCount?: number, previous?: Forest): Forest;
}

export function createForestBuilder(mapper: BinMapper): ForestBuilder {
  const roots: number[] = [];
  const treeOutput: number[] = [];
  const nodeEnd: number[] = [];
  const leafEnd: number[] = [];
  const setEnd: number[] = [];
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

    addTree({ nodes, leaves }, leafValues, output = 0) {
      const firstNode = featureIndex.length;
      const firstLeaf = leafValue.length;
      const placed = (child: number): number =>
        child >= 0 ? firstNode + child : ~(firstLeaf + ~child);
      roots.push(placed(nodes.length > 0 ? 0 : ~0));
      treeOutput.push(output);
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
      nodeEnd.push(featureIndex.length);
      leafEnd.push(leafValue.length);
      setEnd.push(categorySets.length);
    },

    forest(link, baseScores, treeCount = roots.length, previous) {
      const nodes = treeCount === 0 ? 0 : nodeEnd[treeCount - 1]!;
      const leaves = treeCount === 0 ? 0 : leafEnd[treeCount - 1]!;
      const sets = treeCount === 0 ? 0 : setEnd[treeCount - 1]!;
      const forest: Forest = {
        kind: 'forest',
        link,
        baseScores: Float64Array.from(baseScores),
        roots: Int32Array.from(roots.slice(0, treeCount)),
        treeOutput: Int32Array.from(treeOutput.slice(0, treeCount)),
        featureIndex: Int32Array.from(featureIndex.slice(0, nodes)),
        threshold: Float64Array.from(threshold.slice(0, nodes)),
        categorySet: Int32Array.from(categorySet.slice(0, nodes)),
        left: Int32Array.from(left.slice(0, nodes)),
        right: Int32Array.from(right.slice(0, nodes)),
        defaultLeft: Uint8Array.from(defaultLeft.slice(0, nodes)),
        gain: Float64Array.from(gain.slice(0, nodes)),
        cover: Float64Array.from(cover.slice(0, nodes)),
        leafValue: Float64Array.from(leafValue.slice(0, leaves)),
        leafCover: Float64Array.from(leafCover.slice(0, leaves)),
        categorySets: categorySets.slice(0, sets).map((set) => [...set]),
      };
      return previous ? joinForests(previous, forest) : forest;
    },
  };
}

/** The trees of one forest, then those of another of the same outputs; base scores and link are those of the first. */
export function joinForests(first: Forest, second: Forest): Forest {
  const nodeCount = first.featureIndex.length;
  const leafCount = first.leafValue.length;
  const setCount = first.categorySets.length;
  const moved = (child: number): number => (child >= 0 ? child + nodeCount : ~(~child + leafCount));
  const join = <T extends Int32Array | Float64Array | Uint8Array>(a: T, b: T): T => {
    const out = new (a.constructor as new (length: number) => T)(a.length + b.length);
    out.set(a);
    out.set(b, a.length);
    return out;
  };
  return {
    kind: 'forest',
    link: first.link,
    baseScores: Float64Array.from(first.baseScores),
    roots: join(first.roots, second.roots.map(moved)),
    treeOutput: join(first.treeOutput, second.treeOutput),
    featureIndex: join(first.featureIndex, second.featureIndex),
    threshold: join(first.threshold, second.threshold),
    categorySet: join(
      first.categorySet,
      second.categorySet.map((set) => (set < 0 ? set : set + setCount)),
    ),
    left: join(first.left, second.left.map(moved)),
    right: join(first.right, second.right.map(moved)),
    defaultLeft: join(first.defaultLeft, second.defaultLeft),
    gain: join(first.gain, second.gain),
    cover: join(first.cover, second.cover),
    leafValue: join(first.leafValue, second.leafValue),
    leafCover: join(first.leafCover, second.leafCover),
    categorySets: [...first.categorySets, ...second.categorySets].map((set) => [...set]),
  };
}
