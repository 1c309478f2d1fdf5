import { CHUNK_HEADER } from '../chunk';
import { BOUNDARIES, PLANE_BYTES, PLANE_COUNT, SLOTS } from '../plan';
import { borrow, take } from './room';
import { SOURCE_PLANE } from './source';
import {
  columnOf,
  FIRST_LEAF,
  FIRST_NODE,
  FORM_BYTES,
  PLACE,
  LAST_SLOTS,
  LEAF_COUNT,
  LEAST,
  leafOf,
  leftOf,
  loneLeaves,
  PIECES,
  rightOf,
  TABLES,
  testOf,
  TREE_BYTES,
} from './trees';

/** pieces of a chunk, whose boundaries are to stay in the first cache; a larger tree is a chunk of its own */
export const CHUNK_PIECES: i32 = 16;
const OPERATION: usize = 16;
const TABLE: usize = 16;
const PIECE_BYTES: usize = SLOTS * PLANE_BYTES;

/** A node while its chunk is laid out. u32 each: its first leaf, the first one of its right child, the end of its leaves, its level. */
const RANGE_BYTES: usize = 16;
const LOW: usize = 0;
const MIDDLE: usize = 4;
const HIGH: usize = 8;
const LEVEL: usize = 12;

/**
 * Lays the trees of a group out as the chunks of ../forest.ts. Returns what they add up to before any leaf is counted.
 * @param none - a plane without rows; one with all rows follows it
 */
export function layChunks(plan: usize, first: usize, end: usize, none: usize): i32 {
  let constant = loneLeaves(plan, first, end);
  for (let tree = first; tree < end; tree += TREE_BYTES) {
    if (!load<u32>(tree, PIECES) || load<u32>(tree, PLACE)) continue;
    constant += layChunk(plan, tree, end, none);
  }
  return constant;
}

/** A chunk of the first tree and others like it. Returns the sum of their least leaves, above which the tables count. */
function layChunk(plan: usize, first: usize, end: usize, none: usize): i32 {
  const header = take(plan, CHUNK_HEADER);
  const pieceCount = load<i32>(first, PIECES);
  const room = max(1, CHUNK_PIECES / pieceCount);
  let treeCount = 0;
  let nodeCount = 0;
  let constant = 0;
  let last = first;
  for (let tree = first; tree < end && treeCount < room; tree += TREE_BYTES) {
    if (load<u32>(tree, PLACE) || !isLike(tree, first)) continue;
    // which trees of the range are of this chunk
    store<usize>(tree, header, PLACE);
    treeCount++;
    nodeCount += load<i32>(tree, LEAF_COUNT) - 1;
    constant += findLeast(plan, tree);
    last = tree;
  }
  const isSymmetric = load<u32>(first, LAST_SLOTS) == 0;
  if (isSymmetric) {
    for (let tree = first; tree <= last; tree += TREE_BYTES) {
      if (load<usize>(tree, PLACE) == header) layLevels(plan, tree, none);
    }
  } else layBoundaries(plan, first, last, header, treeCount, nodeCount, none);
  const tables = take(plan, 0);
  store<u32>(header, <u32>((tables - header - CHUNK_HEADER) / OPERATION));
  store<i32>(header, treeCount, 4);
  memory.copy(header + 8, first + PIECES, FORM_BYTES);
  for (let shift = 0; shift < 8 * load<i32>(plan, PLANE_COUNT); shift += 8) {
    for (let tree = first; tree <= last; tree += TREE_BYTES) {
      if (load<usize>(tree, PLACE) != header) continue;
      if (isSymmetric) layLeaves(plan, tree, shift);
      else layPieces(plan, tree, shift);
    }
  }
  return constant;
}

function isLike(tree: usize, other: usize): bool {
  return (
    load<u64>(tree, PIECES) == load<u64>(other, PIECES) &&
    load<u32>(tree, TABLES) == load<u32>(other, TABLES)
  );
}

function findLeast(plan: usize, tree: usize): i32 {
  let least = i32.MAX_VALUE;
  const first = load<i32>(tree, FIRST_LEAF);
  for (let leaf = first + load<i32>(tree, LEAF_COUNT) - 1; leaf >= first; leaf--) {
    least = min(least, leafOf(plan, leaf));
  }
  store<i32>(tree, least, LEAST);
  return least;
}

/** The tests of a symmetric tree, of the lowest level first; none for those up to eight. */
function layLevels(plan: usize, tree: usize, none: usize): void {
  const op = take(plan, 2 * OPERATION);
  let level = ctz(load<u32>(tree, LEAF_COUNT));
  for (let free = level; free < 8; free++) store<u32>(op + (<usize>free << 2), <u32>none);
  for (let node = load<i32>(tree, FIRST_NODE); node >= 0; node = leftOf(plan, node)) {
    store<u32>(op + (<usize>--level << 2), planeOf(plan, node));
  }
}

/** The operations of a level of all trees before those of the next, so that neighbours do not wait for each other. */
function layBoundaries(
  plan: usize,
  first: usize,
  last: usize,
  header: usize,
  treeCount: i32,
  nodeCount: i32,
  none: usize,
): void {
  const treeBytes = PIECE_BYTES * <usize>load<u32>(first, PIECES);
  // behind the operations: a range a node, and where the next operation of a level goes
  const opBytes = (treeBytes / PLANE_BYTES) * OPERATION * treeCount;
  const levelBytes = <usize>nodeCount << 2;
  const ranges = borrow(plan, opBytes + <usize>nodeCount * RANGE_BYTES + levelBytes) + opBytes;
  const levels = ranges + <usize>nodeCount * RANGE_BYTES;
  memory.fill(levels, 0, levelBytes);
  let range = ranges;
  for (let tree = first; tree <= last; tree += TREE_BYTES) {
    if (load<usize>(tree, PLACE) == header) range = findRanges(plan, tree, range, levels);
  }
  let op = take(plan, <usize>nodeCount * OPERATION);
  for (let level = levels; level < levels + levelBytes; level += 4) {
    const count = <usize>load<u32>(level);
    store<u32>(level, <u32>op);
    op += count * OPERATION;
  }
  // boundaries are counted from 1
  let base = <usize>load<u32>(plan, BOUNDARIES) - PLANE_BYTES;
  range = ranges;
  for (let tree = first; tree <= last; tree += TREE_BYTES) {
    if (load<usize>(tree, PLACE) != header) continue;
    const leafCount = load<u32>(tree, LEAF_COUNT);
    const root = load<i32>(tree, FIRST_NODE);
    for (let node = root; node < root + <i32>leafCount - 1; node++) {
      const level = levels + (<usize>load<u32>(range, LEVEL) << 2);
      const low = <usize>load<u32>(range, LOW);
      const high = <usize>load<u32>(range, HIGH);
      op = <usize>load<u32>(level);
      store<u32>(level, <u32>(op + OPERATION));
      store<u32>(op, planeOf(plan, node));
      store<u32>(op, <u32>(low == 0 ? none + PLANE_BYTES : base + PLANE_BYTES * low), 4);
      store<u32>(op, <u32>(high == leafCount ? none : base + PLANE_BYTES * high), 8);
      store<u32>(op, <u32>(base + PLANE_BYTES * load<u32>(range, MIDDLE)), 12);
      range += RANGE_BYTES;
    }
    // planes of the last piece that no boundary fills
    const slots = SLOTS * (load<u32>(tree, PIECES) - 1) + load<u32>(tree, LAST_SLOTS);
    for (let slot = <usize>leafCount; slot <= slots; slot++) {
      op = take(plan, OPERATION);
      store<u32>(op, <u32>none);
      store<u32>(op, <u32>none, 4);
      store<u32>(op, <u32>none, 8);
      store<u32>(op, <u32>(base + PLANE_BYTES * slot), 12);
    }
    base += treeBytes;
  }
}

/**
 * Parents come before their children, left before right, so everything follows from the numbers of the nodes.
 * @param levels - u32 a level, to which its nodes are added
 * @returns where the ranges end
 */
function findRanges(plan: usize, tree: usize, ranges: usize, levels: usize): usize {
  const root = load<i32>(tree, FIRST_NODE);
  const leafCount = load<i32>(tree, LEAF_COUNT);
  setRange(ranges, 0, leafCount, 0);
  const end = ranges + <usize>(leafCount - 1) * RANGE_BYTES;
  let node = root;
  for (let range = ranges; range < end; range += RANGE_BYTES) {
    const left = leftOf(plan, node);
    const right = rightOf(plan, node);
    const low = load<i32>(range, LOW);
    const high = load<i32>(range, HIGH);
    const level = load<i32>(range, LEVEL);
    // a tree of n nodes has n + 1 leaves
    const middle = right < 0 ? high - 1 : low + right - node;
    store<i32>(range, middle, MIDDLE);
    const count = levels + (<usize>level << 2);
    store<u32>(count, load<u32>(count) + 1);
    if (left >= 0) setRange(range + RANGE_BYTES, low, middle, level + 1);
    if (right >= 0) {
      setRange(ranges + <usize>(right - root) * RANGE_BYTES, middle, high, level + 1);
    }
    node++;
  }
  return end;
}

function setRange(range: usize, low: i32, high: i32, level: i32): void {
  store<i32>(range, low, LOW);
  store<i32>(range, high, HIGH);
  store<i32>(range, level, LEVEL);
}

/** A leaf above the least one of its tree, the last one again where there is none; a byte of it. */
function byteOf(plan: usize, tree: usize, leaf: i32, shift: i32): u32 {
  const number = load<i32>(tree, FIRST_LEAF) + min(leaf, load<i32>(tree, LEAF_COUNT) - 1);
  return (leafOf(plan, number) - load<i32>(tree, LEAST)) >> shift;
}

function layLeaves(plan: usize, tree: usize, shift: i32): void {
  const count = <usize>load<u32>(tree, TABLES) * TABLE;
  const table = take(plan, count);
  for (let leaf: usize = 0; leaf < count; leaf++) {
    store<u8>(table + leaf, <u8>byteOf(plan, tree, <i32>leaf, shift));
  }
}

/**
 * What the codes of the pieces stand for: the n-th code of a piece is the n-th Gray code. A row beyond a piece has its last code,
 * so what the next one adds goes on from there, modulo 256.
 */
function layPieces(plan: usize, tree: usize, shift: i32): void {
  const pieceCount = load<i32>(tree, TABLES);
  let before: u32 = 0;
  for (let piece = 0; piece < pieceCount; piece++) {
    const table = take(plan, TABLE);
    let byte: u32 = 0;
    for (let code = 0; code < <i32>TABLE; code++) {
      byte = byteOf(plan, tree, <i32>SLOTS * piece + code, shift);
      store<u8>(table + <usize>(code ^ (code >> 1)), <u8>(byte - before));
    }
    before = byte;
  }
}

/** The address of the plane that says which rows go right at a node. */
function planeOf(plan: usize, node: i32): u32 {
  return load<u32>(columnOf(plan, node), SOURCE_PLANE) + <u32>PLANE_BYTES * testOf(plan, node);
}
