import type { QuantizedForest } from '../model/quantized.js';
import { SETS_PER_COLUMN } from '../quantize/limits.js';
import type { KernelColumns, KernelRanks } from './kernelColumns.js';

/** trees walked side by side */
export const CHUNK_TREES = 8;

const MOST_KEY = 0x7fffffff;
const LEAST_KEY = -0x80000000;

/** The tables of assembly/score/row.ts. */
export interface RowTables {
  /** per node and leaf: threshold key, then `key index | distance << 16` */
  nodes: Int32Array;
  /** per node and leaf: value of the leaf */
  values: Int16Array;
  /** eight indices into nodes and a depth each */
  chunks: Uint32Array;
  /** per group: index of its first chunk, and one more at the end */
  groupStart: Uint32Array;
  /** number of keys */
  keyCount: number;
}

/**
 * Lays the trees out for walking one row. The trees of a group are sorted by depth, for eight are walked as long as the
 * deepest of them takes; the order of an integer sum does not matter.
 * @returns undefined when an index does not fit into 16 bits; such a model is walked in JavaScript.
 */
export function buildRowTables(
  forest: QuantizedForest,
  columns: KernelColumns,
): RowTables | undefined {
  const keyOf: number[] = [];
  let keyCount = 0;
  for (const column of columns.columns) {
    keyOf.push(keyCount);
    keyCount += column.kind === 'rank' ? 1 : SETS_PER_COLUMN;
  }
  if (keyCount > 0xffff) return undefined;

  const treeCount = forest.roots.length;
  // the first leaf fills chunks up: a tree of one leaf, worth 0
  const slotCount = 1 + 2 * forest.column.length + treeCount;
  const nodes = new Int32Array(2 * slotCount);
  const values = new Int16Array(slotCount);
  nodes[0] = MOST_KEY;
  const rootOf = new Uint32Array(treeCount);
  const depthOf = new Uint32Array(treeCount);
  let next = 1;

  /** Places a tree breadth first, so that siblings stand together. False when a distance is too long. */
  function placeTree(tree: number): boolean {
    let level = [forest.roots[tree]!];
    let at = next;
    rootOf[tree] = at;
    next++;
    for (let depth = 0; level.length > 0; depth++) {
      const below: number[] = [];
      for (const item of level) {
        if (item < 0) {
          nodes[2 * at] = MOST_KEY;
          values[at] = forest.leafValue[~item]!;
        } else {
          const distance = next - at;
          if (distance > 0xffff) return false;
          const column = columns.column[item]!;
          const test = columns.test[item]!;
          const { kind } = columns.columns[column]!;
          const bit = kind === 'sets' ? 31 - Math.clz32(test) : 0;
          nodes[2 * at] =
            kind === 'sets' ? 0 : keyOfThreshold(columns.columns[column] as KernelRanks, test);
          nodes[2 * at + 1] = (keyOf[column]! + bit) | (distance << 16);
          below.push(forest.left[item]!, forest.right[item]!);
          next += 2;
        }
        at++;
      }
      depthOf[tree] = depth;
      level = below;
    }
    return true;
  }

  for (let tree = 0; tree < treeCount; tree++) if (!placeTree(tree)) return undefined;
  return { nodes, values, ...layChunks(forest, rootOf, depthOf), keyCount };
}

function layChunks(
  { groupStart: firstTree, roots }: QuantizedForest,
  rootOf: Uint32Array,
  depthOf: Uint32Array,
): Pick<RowTables, 'chunks' | 'groupStart'> {
  const chunks: number[] = [];
  const groupStart = new Uint32Array(firstTree.length + 1);
  for (let group = 0; group < firstTree.length; group++) {
    const end = group + 1 < firstTree.length ? firstTree[group + 1]! : roots.length;
    const trees = Array.from({ length: end - firstTree[group]! }, (_, i) => firstTree[group]! + i);
    trees.sort((a, b) => depthOf[b]! - depthOf[a]! || a - b);
    for (let from = 0; from < trees.length; from += CHUNK_TREES) {
      for (let i = 0; i < CHUNK_TREES; i++) {
        const tree = trees[from + i];
        chunks.push(tree === undefined ? 0 : rootOf[tree]!);
      }
      chunks.push(depthOf[trees[from]!]!);
    }
    groupStart[group + 1] = chunks.length / (CHUNK_TREES + 1);
  }
  return { chunks: Uint32Array.from(chunks), groupStart };
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Integers in the order of the floats, so that `key <= keyOf(threshold)` is `x <= threshold`. */
function keyOfThreshold({ thresholds }: KernelRanks, rank: number): number {
  float[0] = thresholds[rank]!;
  return bits[0]! ^ ((bits[0]! >> 31) & MOST_KEY);
}

/** The key of a missing value: above the thresholds where missing goes right, not above those where it goes left. */
export function missingKey(column: KernelRanks): number {
  if (column.missingRank === 0) return LEAST_KEY;
  if (column.missingRank === column.thresholds.length) return MOST_KEY;
  return keyOfThreshold(column, column.missingRank);
}
