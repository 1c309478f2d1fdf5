import { SCRATCH } from '../plan';
import { take, takeLines } from './room';
import { SOURCE_NUMBER } from './source';
import {
  columnOf,
  FIRST_NODE,
  LEAF_COUNT,
  leafOf,
  leftOf,
  loneLeaves,
  PIECES,
  PLACE,
  rightOf,
  STEPS,
  testOf,
  TREE_BYTES,
} from './trees';

/** chains walked side by side */
const LANES: usize = 8;
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
 * Lays the trees of a group out for walking one row, as ../row.ts describes it: breadth first, so that siblings stand together, and
 * chain by chain. The longest tree that is left goes to the shortest chain; the order of an integer sum does not matter.
 * @param group - as ../row.ts has it, but for its scale (OUT)
 */
export function layRows(plan: usize, first: usize, end: usize, group: usize): void {
  store<i32>(group, loneLeaves(plan, first, end), 8);
  // eight lengths, and addresses of at most 128 trees
  const lengths = <usize>load<u32>(plan, SCRATCH);
  const sorted = lengths + 8 * LANES;
  memory.fill(lengths, 0, 8 * LANES);
  const sortedEnd = sortTrees(first, end, sorted);
  for (let at = sorted; at < sortedEnd; at += 4) {
    const tree = <usize>load<u32>(at);
    let shortest = lengths;
    for (let lane = lengths + 8; lane < sorted; lane += 8) {
      if (load<f64>(lane) < load<f64>(shortest)) shortest = lane;
    }
    store<u32>(tree, <u32>shortest, PLACE);
    store<f64>(shortest, load<f64>(shortest) + load<f64>(tree, STEPS));
  }
  let sum: u32 = 0;
  for (let lane = lengths; lane < sorted; lane += 8) {
    const start = takeLines(plan, 0);
    for (let at = sorted; at < sortedEnd; at += 4) {
      const tree = <usize>load<u32>(at);
      if (load<u32>(tree, PLACE) == <u32>lane) layTree(plan, tree);
    }
    // the last node leads to itself
    const last = take(plan, <usize>LINE_NODES * NODE_BYTES);
    store<u64>(last, 0);
    sum += <u32>last;
    store<u32>(group, <u32>start, 16);
    group += 4;
  }
  store<u32>(group - 4 * LANES, sum, 12);
}

/** Addresses of the trees that have nodes, of the longest walks first. Returns their end. */
function sortTrees(first: usize, end: usize, out: usize): usize {
  let last = out;
  for (let tree = first; tree < end; tree += TREE_BYTES) {
    if (!load<u32>(tree, PIECES)) continue;
    let at = last;
    for (; at > out; at -= 4) {
      const before = load<u32>(at - 4);
      if (load<f64>(<usize>before, STEPS) >= load<f64>(tree, STEPS)) break;
      store<u32>(at, before);
    }
    store<u32>(at, <u32>tree);
    last += 4;
  }
  return last;
}

/** Each slot holds the node or leaf that is to stand there until its turn comes. */
function layTree(plan: usize, tree: usize): void {
  const byteCount = <usize>slotsOf(load<i32>(tree, LEAF_COUNT)) * NODE_BYTES;
  let slot = take(plan, byteCount);
  const end = slot + byteCount;
  store<i32>(slot, load<i32>(tree, FIRST_NODE));
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
