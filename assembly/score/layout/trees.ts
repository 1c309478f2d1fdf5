import { PLANE_COUNT, SLOTS } from '../plan';
import {
  LEAVES,
  LEFT,
  NODE_COLUMNS,
  NODE_COUNT,
  NODE_TESTS,
  RIGHT,
  ROOTS,
  SET_TABLE,
  SOURCE_COLUMN_BYTES,
  SOURCE_COLUMNS,
  SOURCE_KIND,
  TREE_COUNT,
} from './source';

/**
 * A tree while it is laid out, 40 bytes. u32 each: its first node, number of leaves and first leaf, its form (pieces, planes of
 * the last piece, tables of leaves), where it has been put (a chunk, then a lane), and its least leaf (i32); then the expected number of
 * steps of a walk (f64).
 *
 * The form says which trees run alike. A piece is up to 15 boundaries; the last one has 15, 7 or 3 planes; 0 stands for symmetric trees.
 */
export const TREE_BYTES: usize = 40;
export const FIRST_NODE: usize = 0;
export const LEAF_COUNT: usize = 4;
export const FIRST_LEAF: usize = 8;
export const PIECES: usize = 12;
export const LAST_SLOTS: usize = 16;
export const TABLES: usize = 20;
export const PLACE: usize = 24;
export const LEAST: usize = 28;
export const STEPS: usize = 32;

/** leaves of a symmetric tree whose tests are taken for the bits of the leaf's number */
const MOST_SYMMETRIC_LEAVES: i32 = 64;
const TABLE_LEAVES: i32 = 16;

/**
 * Lists the trees: nodes and leaves of a tree stand together, in pre-order, so its leaves are numbered from the left.
 * Returns the number of leaves of the largest one.
 * @param trees - TREE_BYTES a tree (OUT)
 * @param work - f64 a node of the largest tree
 */
export function listTrees(plan: usize, trees: usize, work: usize): i32 {
  const roots = <usize>load<u32>(plan, ROOTS);
  let most = 1;
  let root = load<i32>(plan, NODE_COUNT);
  for (let index = load<i32>(plan, TREE_COUNT) - 1; index >= 0; index--) {
    const end = root;
    const item = load<i32>(roots + (<usize>index << 2));
    if (item >= 0) root = item;
    const tree = trees + <usize>index * TREE_BYTES;
    const leafCount = end - root + 1;
    most = max(most, leafCount);
    store<i32>(tree, root, FIRST_NODE);
    store<i32>(tree, leafCount, LEAF_COUNT);
    // before a tree there is a leaf more than nodes for each of the others
    store<i32>(tree, root + index, FIRST_LEAF);
    store<i32>(tree, 0, PLACE);
    if (leafCount == 1) continue;
    findForm(plan, tree, root, leafCount);
    store<f64>(tree, expectedSteps(plan, root, end, work), STEPS);
  }
  return most;
}

function findForm(plan: usize, tree: usize, root: i32, leafCount: i32): void {
  if (
    popcnt(leafCount) == 1 &&
    leafCount <= MOST_SYMMETRIC_LEAVES &&
    isSymmetric(plan, root, root, ctz(leafCount))
  ) {
    store<i32>(tree, 1, PIECES);
    store<i32>(tree, 0, LAST_SLOTS);
    store<i32>(tree, max(1, leafCount / TABLE_LEAVES), TABLES);
    return;
  }
  const slots = <i32>SLOTS;
  const pieceCount = (leafCount - 2) / slots + 1;
  const rest = leafCount - 1 - slots * (pieceCount - 1);
  store<i32>(tree, pieceCount, PIECES);
  store<i32>(tree, rest <= 3 ? 3 : rest <= 7 ? 7 : slots, LAST_SLOTS);
  store<i32>(tree, pieceCount, TABLES);
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

/** Nodes and leaves on the way, when every node sends as many rows left as right. */
function expectedSteps(plan: usize, root: i32, end: i32, work: usize): f64 {
  for (let node = end - 1; node >= root; node--) {
    const left = leftOf(plan, node);
    const right = rightOf(plan, node);
    const below =
      (left < 0 ? 1 : load<f64>(work + (<usize>(left - root) << 3))) +
      (right < 0 ? 1 : load<f64>(work + (<usize>(right - root) << 3)));
    store<f64>(work + (<usize>(node - root) << 3), 1 + below / 2);
  }
  return load<f64>(work);
}

/** What the trees of one leaf add up to. */
export function loneLeaves(plan: usize, first: usize, end: usize): i32 {
  let sum = 0;
  for (let tree = first; tree < end; tree += TREE_BYTES) {
    if (load<u32>(tree, LEAF_COUNT) == 1) sum += leafOf(plan, load<i32>(tree, FIRST_LEAF));
  }
  return sum;
}

export function leftOf(plan: usize, node: i32): i32 {
  return load<i32>(<usize>load<u32>(plan, LEFT) + (<usize>node << 2));
}

export function rightOf(plan: usize, node: i32): i32 {
  return load<i32>(<usize>load<u32>(plan, RIGHT) + (<usize>node << 2));
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
