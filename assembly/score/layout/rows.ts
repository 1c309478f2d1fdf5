import { CHAIN, CHAINS, CHAINS_END } from '../row';
import { take, takeLines } from './room';
import { SOURCE_NUMBER } from './source';
import {
  columnOf,
  FIRST_LEAF,
  FIRST_NODE,
  LEAF_COUNT,
  leafOf,
  leftOf,
  rightOf,
  testOf,
  TREE_BYTES,
} from './trees';

const NODE_BYTES: usize = 8;
/** nodes of a cache line, with which a tree begins */
const LINE_NODES: u32 = 8;
const MOST: u32 = 0xffff;

/** Whether the numbers of all tests, and all distances in the largest tree, fit into 16 bits. */
export function fitsRows(testCount: u32, mostLeaves: i32): bool {
  return testCount <= MOST + 1 && slotsOf(mostLeaves) <= MOST;
}

/** Nodes and leaves of a tree, and the rest of its last line. */
function slotsOf(leafCount: i32): u32 {
  return (2 * <u32>leafCount - 1 + LINE_NODES - 1) & ~(LINE_NODES - 1);
}

/**
 * Lays the trees of a group out for walking one row, as ../row.ts describes it: breadth first, so that siblings stand together, and chain by
 * chain. A chain has every eighth tree, so that all take about as long, whatever the order of the trees.
 * @param group - as ../row.ts has it, but for its scale (OUT)
 */
export function layRows(plan: usize, first: usize, end: usize, group: usize): void {
  let sum: u32 = 0;
  for (let chain: usize = 0; chain < CHAINS; chain++) {
    store<u32>(group + (chain << 2), <u32>takeLines(plan, 0), CHAIN);
    for (let tree = first + chain * TREE_BYTES; tree < end; tree += CHAINS * TREE_BYTES) {
      layTree(plan, tree);
    }
    // the last node leads to itself
    const last = take(plan, <usize>LINE_NODES * NODE_BYTES);
    store<u64>(last, 0);
    sum += <u32>last;
  }
  store<u32>(group, sum, CHAINS_END);
}

/** Each slot holds the node or leaf that is to stand there until its turn comes. */
function layTree(plan: usize, tree: usize): void {
  const byteCount = <usize>slotsOf(load<i32>(tree, LEAF_COUNT)) * NODE_BYTES;
  let slot = take(plan, byteCount);
  const end = slot + byteCount;
  const isLeaf = load<i32>(tree, LEAF_COUNT) == 1;
  store<i32>(slot, isLeaf ? ~load<i32>(tree, FIRST_LEAF) : load<i32>(tree, FIRST_NODE));
  let free = slot + NODE_BYTES;
  for (; slot < free; slot += NODE_BYTES) {
    const item = load<i32>(slot);
    store<u64>(slot, 0);
    let next = end;
    if (item >= 0) {
      next = free;
      store<i32>(free, leftOf(plan, item));
      store<i32>(free, rightOf(plan, item), NODE_BYTES);
      free += 2 * NODE_BYTES;
      store<u16>(slot, <u16>(load<u32>(columnOf(plan, item), SOURCE_NUMBER) + testOf(plan, item)));
    } else {
      // a leaf leads to what comes after its tree
      store<i16>(slot, <i16>leafOf(plan, ~item), 4);
    }
    store<u16>(slot, <u16>((next - slot) / NODE_BYTES), 2);
  }
}
