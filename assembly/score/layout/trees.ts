import { PLANE_COUNT, SLOTS } from '../plan';
import { borrow } from './room';
import {
  CHILDREN,
  LEAVES,
  NODE_COLUMNS,
  NODE_COUNT,
  NODE_TESTS,
  RANK_BYTES,
  SET_TABLE,
  SOURCE_COLUMN_BYTES,
  SOURCE_COLUMN_COUNT,
  SOURCE_COLUMNS,
  SOURCE_COUNT,
  SOURCE_KIND,
  STRUCTURE,
  TREE_COUNT,
} from './source';

/**
 * A tree while it is laid out, 32 bytes. u32 each: its first node, number of leaves and first leaf, its form (pieces, planes of
 * the last piece, tables of leaves), the chunk it has been put into, and its least leaf (i32).
 *
 * The form says which trees run alike. A piece is up to 15 boundaries; the last one has 15, 7 or 3 planes; 0 stands for symmetric
 * trees. A tree of one leaf has no pieces.
 */
export const TREE_BYTES: usize = 32;
export const FIRST_NODE: usize = 0;
export const LEAF_COUNT: usize = 4;
export const FIRST_LEAF: usize = 8;
export const PIECES: usize = 12;
export const LAST_SLOTS: usize = 16;
export const TABLES: usize = 20;
/** these three, as the header of a chunk has them */
export const FORM_BYTES: usize = 12;
export const PLACE: usize = 24;
export const LEAST: usize = 28;

/** levels of nodes, as in src/quantize/limits.ts */
const MAX_DEPTH: i32 = 1024;
const MAX_SET_BIT: u32 = 64;
/** leaves of a symmetric tree whose tests are taken for the bits of the leaf's number */
const MOST_SYMMETRIC_LEAVES: i32 = 64;
const TABLE_LEAVES: i32 = 16;

/**
 * Finds the trees and their children. As they come in pre-order, a child can neither lie outside nor come before its parent. The twin of
 * `readNodes` in src/quantize/forestSection.ts, which says what is wrong.
 * @param tree - TREE_BYTES a tree (OUT)
 * @returns the number of leaves of the largest tree; 0 when these are not as many trees and nodes as there should be
 */
export function findTrees(plan: usize, tree: usize): i32 {
  const structure = <usize>load<u32>(plan, STRUCTURE);
  const nodeCount = load<i32>(plan, NODE_COUNT);
  const treeCount = load<i32>(plan, TREE_COUNT);
  const children = <usize>load<u32>(plan, CHILDREN);
  const end = tree + TREE_BYTES * treeCount;
  let most = 1;
  let nodes = 0;
  let leaves = 0;
  let depth = 0;
  // the node that the next item is the left child of; or else the last of those that wait for their right one, each of which
  // has the one before it in place of that child
  let parent: usize = 0;
  let waiting: usize = 0;
  for (let bit: usize = 0; bit < 2 * nodeCount + treeCount; bit++) {
    if (tree == end) return 0;
    const isNode = (load<u8>(structure + (bit >> 3)) >> <u8>(bit & 7)) & 1;
    if (isNode && nodes == nodeCount) return 0;
    const item = isNode ? nodes : ~leaves;
    if (parent) store<i32>(parent, item);
    else if (depth == 0) {
      store<i32>(tree, nodes, FIRST_NODE);
      store<i32>(tree, leaves, FIRST_LEAF);
    } else {
      parent = waiting;
      waiting = load<usize>(parent, 4);
      store<i32>(parent, item, 4);
      depth--;
    }
    if (isNode) {
      if (!isTest(plan, nodes)) return 0;
      depth++;
      parent = children + (<usize>nodes << 3);
      nodes++;
      store<usize>(parent, waiting, 4);
      waiting = parent;
    } else {
      parent = 0;
      leaves++;
      if (depth) continue;
      if (isTooDeep(plan, load<i32>(tree, FIRST_NODE), nodes)) return 0;
      most = max(most, describe(plan, tree, leaves));
      tree += TREE_BYTES;
    }
  }
  return tree == end && depth == 0 ? most : 0;
}

function isTest(plan: usize, node: i32): bool {
  const column = columnOf(plan, node);
  const first = <usize>load<u32>(plan, SOURCE_COLUMNS);
  if (column >= first + SOURCE_COLUMN_BYTES * load<u32>(plan, SOURCE_COLUMN_COUNT)) return false;
  const test = <u32>load<u8>(<usize>load<u32>(plan, NODE_TESTS) + <usize>node);
  return load<u32>(column, SOURCE_KIND) == SET_TABLE
    ? popcnt(test) == 1 && test <= MAX_SET_BIT
    : test - RANK_BYTES < load<u32>(column, SOURCE_COUNT);
}

/** The rest of a tree that ends before a leaf. Returns its number of leaves. */
function describe(plan: usize, tree: usize, leaf: i32): i32 {
  const root = load<i32>(tree, FIRST_NODE);
  const leafCount = leaf - load<i32>(tree, FIRST_LEAF);
  store<i32>(tree, leafCount, LEAF_COUNT);
  store<u32>(tree, 0, PLACE);
  const slots = <i32>SLOTS;
  let pieceCount = (leafCount - 2 + slots) / slots;
  let tableCount = pieceCount;
  const rest = leafCount - 1 - slots * (pieceCount - 1);
  let lastSlots = rest <= 3 ? 3 : rest <= 7 ? 7 : slots;
  if (
    leafCount > 1 &&
    popcnt(leafCount) == 1 &&
    leafCount <= MOST_SYMMETRIC_LEAVES &&
    isSymmetric(plan, root, root, ctz(leafCount))
  ) {
    pieceCount = 1;
    tableCount = max(1, leafCount / TABLE_LEAVES);
    lastSlots = 0;
  }
  store<i32>(tree, pieceCount, PIECES);
  store<i32>(tree, lastSlots, LAST_SLOTS);
  store<i32>(tree, tableCount, TABLES);
  return leafCount;
}

/** Whether all nodes of each level test the same. */
function isSymmetric(plan: usize, node: i32, like: i32, levels: i32): bool {
  if (levels == 0 || node < 0) return levels == 0 && node < 0;
  return (
    like >= 0 &&
    columnOf(plan, node) == columnOf(plan, like) &&
    testOf(plan, node) == testOf(plan, like) &&
    isSymmetric(plan, leftOf(plan, node), leftOf(plan, like), levels - 1) &&
    isSymmetric(plan, rightOf(plan, node), leftOf(plan, like), levels - 1)
  );
}

/** Whether a tree of the nodes up to `end` has more than MAX_DEPTH levels of them. */
function isTooDeep(plan: usize, root: i32, end: i32): bool {
  if (end - root <= MAX_DEPTH) return false;
  const levels = borrow(plan, <usize>(end - root) << 2) - (<usize>root << 2);
  store<i32>(levels + (<usize>root << 2), 1);
  for (let node = root; node < end; node++) {
    const below = load<i32>(levels + (<usize>node << 2)) + 1;
    if (below > MAX_DEPTH + 1) return true;
    const left = leftOf(plan, node);
    const right = rightOf(plan, node);
    if (left >= 0) store<i32>(levels + (<usize>left << 2), below);
    if (right >= 0) store<i32>(levels + (<usize>right << 2), below);
  }
  return false;
}

/** What the trees of one leaf add up to. */
export function loneLeaves(plan: usize, first: usize, end: usize): i32 {
  let sum = 0;
  for (let tree = first; tree < end; tree += TREE_BYTES) {
    if (!load<u32>(tree, PIECES)) sum += leafOf(plan, load<i32>(tree, FIRST_LEAF));
  }
  return sum;
}

export function leftOf(plan: usize, node: i32): i32 {
  return load<i32>(<usize>load<u32>(plan, CHILDREN) + (<usize>node << 3));
}

export function rightOf(plan: usize, node: i32): i32 {
  return load<i32>(<usize>load<u32>(plan, CHILDREN) + (<usize>node << 3), 4);
}

export function leafOf(plan: usize, leaf: i32): i32 {
  const leaves = <usize>load<u32>(plan, LEAVES);
  if (load<i32>(plan, PLANE_COUNT) == 1) return load<i8>(leaves + <usize>leaf);
  return load<i16>(leaves + (<usize>leaf << 1));
}

/** The column of the blob that a node tests. */
export function columnOf(plan: usize, node: i32): usize {
  const column = <usize>load<u16>(<usize>load<u32>(plan, NODE_COLUMNS) + (<usize>node << 1));
  return <usize>load<u32>(plan, SOURCE_COLUMNS) + SOURCE_COLUMN_BYTES * column;
}

/** The test of a node, counted in its column: a rank, or which bit of a set it is. */
export function testOf(plan: usize, node: i32): u32 {
  const test = <u32>load<u8>(<usize>load<u32>(plan, NODE_TESTS) + <usize>node);
  return load<u32>(columnOf(plan, node), SOURCE_KIND) == SET_TABLE ? ctz(test) : test;
}
