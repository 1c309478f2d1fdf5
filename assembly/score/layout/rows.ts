import {
  FIRST_ROUND,
  FIRST_ROW_GROUP,
  OUTPUT_BYTES,
  OUTPUT_COUNT,
  OUTPUTS,
  PLANE_COUNT,
  ROUNDS_END,
  ROW_GROUPS_END,
} from '../plan';
import {
  LANE,
  LANE_BYTES,
  LANES,
  NODE_BYTES,
  NODE_TEST,
  NODE_VALUE,
  ROUND_BYTES,
  ROW_GROUP_BYTES,
} from '../row';
import { take, takeLines } from './room';
import { SOURCE_NUMBER, TREE_COUNT } from './source';
import {
  columnOf,
  FIRST_LEAF,
  FIRST_NODE,
  LEAF_COUNT,
  leafOf,
  leftOf,
  PLACE,
  rightOf,
  testOf,
  TREE_BYTES,
} from './trees';

/** bytes of a cache line, with which a tree begins */
const LINE: usize = 64;
const MOST: usize = 0xffff;

/** Whether the numbers of all tests, and all distances in the largest tree, fit into 16 bits. */
export function fitsRows(testCount: usize, mostLeaves: i32): bool {
  return testCount <= MOST + 1 && treeBytes(mostLeaves) <= MOST;
}

/** Nodes and leaves of a tree, and the rest of its last line. */
function treeBytes(leafCount: i32): usize {
  return ((2 * <usize>leafCount - 1) * NODE_BYTES + LINE - 1) & ~(LINE - 1);
}

/**
 * Lays the trees of all outputs out for walking one row, as ../row.ts describes it.
 * @param tree - the trees, each with the address of its row group as its place
 */
export function layRows(plan: usize, tree: usize): void {
  const last = tree + TREE_BYTES * load<u32>(plan, TREE_COUNT);
  let output = <usize>load<u32>(plan, OUTPUTS);
  for (let left = load<i32>(plan, OUTPUT_COUNT); left > 0; left--) {
    const groupsEnd = load<u32>(output, ROW_GROUPS_END);
    let end = tree;
    while (end < last && load<u32>(end, PLACE) < groupsEnd) end += TREE_BYTES;
    layLanes(plan, output, tree, end);
    tree = end;
    output += OUTPUT_BYTES;
  }
}

/**
 * Cuts the trees of an output, in their order, into lanes of about as many each: as many lanes as there are groups and full rounds.
 * A lane has trees of one group, or of two neighbours where leaves are narrow.
 */
function layLanes(plan: usize, output: usize, tree: usize, end: usize): void {
  const span = load<u32>(plan, PLANE_COUNT) == 1 ? <u32>ROW_GROUP_BYTES : 0;
  const firstGroup = load<u32>(output, FIRST_ROW_GROUP);
  const groupCount = <usize>(load<u32>(output, ROW_GROUPS_END) - firstGroup) / ROW_GROUP_BYTES;
  const laneCount = (groupCount + LANES - 1) & ~(LANES - 1);
  // a group that has no room in a lane makes one more
  let round = takeLines(plan, ((laneCount + groupCount) / LANES + 1) * ROUND_BYTES);
  store<u32>(output, <u32>round, FIRST_ROUND);
  const first = tree;
  const bytes = <u64>(end - tree);
  let goal: u64 = 0;
  while (tree < end) {
    let sum: u32 = 0;
    let node: usize = 0;
    const laneEnd = round + LANES * LANE_BYTES;
    for (let lane = round; lane < laneEnd; lane += LANE_BYTES) {
      let group = firstGroup;
      // lanes that are left over have the last node of another one
      let start = node;
      if (tree < end) {
        group = load<u32>(tree, PLACE);
        start = takeLines(plan, 0);
        goal += bytes;
        do {
          layTree(plan, tree, load<u32>(tree, PLACE) == group ? 0 : 16);
          tree += TREE_BYTES;
        } while (
          tree < end &&
          load<u32>(tree, PLACE) <= group + span &&
          <u64>(tree - first + TREE_BYTES / 2) * laneCount <= goal
        );
        node = take(plan, LINE);
        store<u64>(node, 0);
      }
      store<u32>(lane, <u32>start, LANE);
      store<u32>(lane, group, LANE + 4);
      sum += <u32>node;
    }
    store<u32>(round, sum);
    round += ROUND_BYTES;
  }
  store<u32>(output, <u32>round, ROUNDS_END);
}

/** Each slot holds the node or leaf that is to stand there until its turn comes. */
function layTree(plan: usize, tree: usize, shift: i32): void {
  const byteCount = treeBytes(load<i32>(tree, LEAF_COUNT));
  let slot = take(plan, byteCount);
  const end = slot + byteCount;
  store<i32>(slot, load<i32>(tree, LEAF_COUNT) > 1 ? load<i32>(tree, FIRST_NODE) : ~load<i32>(tree, FIRST_LEAF));
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
      const number = load<u32>(columnOf(plan, item), SOURCE_NUMBER) + testOf(plan, item);
      store<u16>(slot, <u16>number, NODE_TEST);
    } else {
      // a leaf leads to what comes after its tree
      store<i32>(slot, leafOf(plan, ~item) << shift, NODE_VALUE);
    }
    store<u16>(slot, <u16>(next - slot));
  }
}
