import { levelRow } from './bin';
import { copyHigh, spreadSets, walkSubtrees } from './subtrees';

/**
 * One row of a forest without walking its trees, or only their ends: QuickScorer (C. Lucchese et al., SIGIR 2015) with the tests of a
 * feature in blocks. The top of a tree is a word with a bit for each of its up to 32 leaves, left before right, and a test that the row
 * fails, going right, takes away the leaves on its left. The lowest bit that is left is the leaf of the row, or the subtree it goes on in.
 *
 * The tests of a feature stand in ascending order. How many blocks of them fail as a whole is counted by their greatest thresholds; what
 * those take away from all trees is a row of masks made beforehand. The tests of the next block are looked at one by one.
 */

/** The plan, u32 each: src/score/extra/rowMasks.ts writes it. */
const FEATURES: usize = 0;
const FEATURES_END: usize = 4;
/** bytes of a row of masks: 4 a tree, rounded up to whole lines */
const ROW_BYTES: usize = 8;
/** where the leaves that are left go: a row */
const ALIVE: usize = 12;
/** i16, LEAVES_BYTES a tree: what a leaf adds, or (u16) the number of the subtree that stands there */
const LEAVES: usize = 16;
const OUTPUTS: usize = 20;
const OUTPUTS_END: usize = 24;
const BLOCK_TESTS: usize = 28;
/** what each tree adds to this row (i16), for trees with subtrees, and their end */
const CELLS: usize = 32;
const CELLS_END: usize = 36;
/** the subtrees of this row (u16), and room for eight more; 0 where no tree has any */
const ACTIVE: usize = 40;
/** u32 a tree: a bit for each leaf where a subtree stands */
const SUBTREES: usize = 44;
/** nodes, the number of the last one, features to copy, and sets to spread, as subtrees.ts has them */
const NODES: usize = 48;
const LAST_NODE: usize = 52;
const HIGH_COUNT: usize = 56;
const SETS: usize = 60;
const SETS_END: usize = 64;

/** A feature, u32 each; its first word is the address of the row of masks that was found, its second that of the block. */
const FEATURE_BYTES: usize = 32;
const BLOCK: usize = 4;
/** where its value is in a row, in bytes */
const OFFSET: usize = 8;
/** 0 for a number */
const LEVEL_COUNT: usize = 12;
/** f32, the greatest threshold of each block, +Infinity up to a multiple of four */
const LIMITS: usize = 16;
const MASKS: usize = 20;
const BLOCKS: usize = 24;
/** the row of masks of a number that is missing */
const MISSING: usize = 28;

/** An output: its base score (f64) and where its groups end (u32); these follow: scale (f64), where their cells end (u32). */
const ITEM_BYTES: usize = 16;
const END: usize = 8;

const LEAVES_BYTES: usize = 64;

/**
 * The margins of a row (f32), f64 each, one after the other at `out`.
 * @returns the last of them
 */
export function maskedMargins(plan: usize, row: usize, out: usize): f64 {
  const first = <usize>load<u32>(plan, FEATURES);
  const end = <usize>load<u32>(plan, FEATURES_END);
  const blockTests = <usize>load<u32>(plan, BLOCK_TESTS);
  const rowBytes = <usize>load<u32>(plan, ROW_BYTES);
  const alive = <usize>load<u32>(plan, ALIVE);
  for (let feature = first; feature < end; feature += FEATURE_BYTES) {
    find(feature, load<f32>(row + <usize>load<u32>(feature, OFFSET)), blockTests, rowBytes);
  }
  intersect(first, end, rowBytes, alive);
  for (let feature = first; feature < end; feature += FEATURE_BYTES) {
    const x = f32x4.splat(load<f32>(row + <usize>load<u32>(feature, OFFSET)));
    const block = <usize>load<u32>(feature, BLOCK);
    for (let test = block; test < block + (blockTests << 2); test += 16) {
      remove(x, test, blockTests << 2, alive);
    }
  }
  const active = <usize>load<u32>(plan, ACTIVE);
  if (!active) return sumLeaves(plan, alive, out);
  const activeEnd = enterLeaves(plan, alive, active);
  if (activeEnd != active) {
    copyHigh(row, <usize>load<u32>(plan, HIGH_COUNT));
    spreadSets(<usize>load<u32>(plan, SETS), <usize>load<u32>(plan, SETS_END), row);
    walkSubtrees(active, activeEnd, <usize>load<u32>(plan, NODES), load<u32>(plan, LAST_NODE));
  }
  return sumCells(plan, out);
}

/** The margins by the leaves that are left in whole trees, of which `tree` is the first: cells in between would take a tenth more time. */
// @ts-ignore: decorator
@inline
function sumLeaves(plan: usize, tree: usize, out: usize): f64 {
  const ends = tree - 2 * <usize>load<u32>(plan, CELLS);
  let leaves = <usize>load<u32>(plan, LEAVES);
  let item = <usize>load<u32>(plan, OUTPUTS);
  let margin: f64 = 0;
  for (const last = <usize>load<u32>(plan, OUTPUTS_END); item < last; out += 8) {
    margin = load<f64>(item);
    const groupsEnd = <usize>load<u32>(item, END);
    for (item += ITEM_BYTES; item < groupsEnd; item += ITEM_BYTES) {
      let sum = 0;
      for (const end = ends + 2 * <usize>load<u32>(item, END); tree < end; tree += 4) {
        sum += <i32>load<i16>(leaves + (<usize>ctz(load<u32>(tree)) << 1));
        leaves += LEAVES_BYTES;
      }
      margin += load<f64>(item) * <f64>sum;
    }
    store<f64>(out, margin);
  }
  return margin;
}

/** Fills the cells of all trees by the leaves that are left, and lists the subtrees that stand there instead. Returns the end of the list. */
// @ts-ignore: decorator
@inline
function enterLeaves(plan: usize, tree: usize, active: usize): usize {
  let leaves = <usize>load<u32>(plan, LEAVES);
  let subtrees = <usize>load<u32>(plan, SUBTREES);
  let cell = <usize>load<u32>(plan, CELLS);
  for (const end = <usize>load<u32>(plan, CELLS_END); cell < end; cell += 2) {
    const leaf = ctz(load<u32>(tree));
    const entry = load<u16>(leaves + (<usize>leaf << 1));
    store<u16>(cell, entry);
    store<u16>(active, entry);
    active += (<usize>(load<u32>(subtrees) >> leaf) & 1) << 1;
    tree += 4;
    subtrees += 4;
    leaves += LEAVES_BYTES;
  }
  return active;
}

/** The margins by the cells of all trees. */
// @ts-ignore: decorator
@inline
function sumCells(plan: usize, out: usize): f64 {
  let cell = <usize>load<u32>(plan, CELLS);
  let item = <usize>load<u32>(plan, OUTPUTS);
  let margin: f64 = 0;
  for (const last = <usize>load<u32>(plan, OUTPUTS_END); item < last; out += 8) {
    margin = load<f64>(item);
    const groupsEnd = <usize>load<u32>(item, END);
    for (item += ITEM_BYTES; item < groupsEnd; item += ITEM_BYTES) {
      let sum = i32x4.splat(0);
      for (const end = <usize>load<u32>(item, END); cell < end; cell += 16) {
        sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(v128.load(cell)));
      }
      sum = i32x4.add(sum, v128.shuffle<u32>(sum, sum, 2, 3, 0, 1));
      margin += load<f64>(item) * <f64>(i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1));
    }
    store<f64>(out, margin);
  }
  return margin;
}

/** The row of masks of a value, and the block that it stops in; the block of a missing one is any, as it fails no test by comparison. */
// @ts-ignore: decorator
@inline
function find(feature: usize, x: f32, blockTests: usize, rowBytes: usize): void {
  const levelCount = load<u32>(feature, LEVEL_COUNT);
  let at: usize = 0;
  let block: usize = 0;
  if (levelCount) at = levelRow(x, levelCount);
  else {
    const value = f32x4.splat(x);
    let count = i32x4.splat(0);
    const limitsEnd = <usize>load<u32>(feature, MASKS);
    for (let limit = <usize>load<u32>(feature, LIMITS); limit < limitsEnd; limit += 16) {
      count = i32x4.sub(count, f32x4.gt(value, v128.load(limit)));
    }
    count = i32x4.add(count, v128.shuffle<u32>(count, count, 2, 3, 0, 1));
    at = <usize>(i32x4.extract_lane(count, 0) + i32x4.extract_lane(count, 1));
    block = at * 12 * blockTests;
  }
  const masks = <usize>load<u32>(feature, MASKS) + at * rowBytes;
  store<u32>(feature, x != x && !levelCount ? load<u32>(feature, MISSING) : <u32>masks);
  store<u32>(feature, load<u32>(feature, BLOCKS) + <u32>block, BLOCK);
}

/**
 * What the rows of masks that were found have in common. Nine rows are read side by side: more than that, or a part of each after the other,
 * and they come from the second cache more slowly.
 */
// @ts-ignore: decorator
@inline
function intersect(feature: usize, end: usize, rowBytes: usize, alive: usize): void {
  memory.copy(alive, <usize>load<u32>(feature), rowBytes);
  const aliveEnd = alive + rowBytes;
  for (feature += FEATURE_BYTES; feature + 9 * FEATURE_BYTES <= end; feature += 9 * FEATURE_BYTES) {
    let a = <usize>load<u32>(feature);
    let b = <usize>load<u32>(feature, FEATURE_BYTES);
    let c = <usize>load<u32>(feature, 2 * FEATURE_BYTES);
    let d = <usize>load<u32>(feature, 3 * FEATURE_BYTES);
    let e = <usize>load<u32>(feature, 4 * FEATURE_BYTES);
    let f = <usize>load<u32>(feature, 5 * FEATURE_BYTES);
    let g = <usize>load<u32>(feature, 6 * FEATURE_BYTES);
    let h = <usize>load<u32>(feature, 7 * FEATURE_BYTES);
    let i = <usize>load<u32>(feature, 8 * FEATURE_BYTES);
    for (let at = alive; at < aliveEnd; at += 16) {
      const left = common(common(common(common(v128.load(at), a, b), c, d), e, f), g, h);
      v128.store(at, v128.and(left, v128.load(i)));
      a += 16;
      b += 16;
      c += 16;
      d += 16;
      e += 16;
      f += 16;
      g += 16;
      h += 16;
      i += 16;
    }
  }
  for (; feature < end; feature += FEATURE_BYTES) {
    let masks = <usize>load<u32>(feature);
    for (let at = alive; at < aliveEnd; at += 16) {
      v128.store(at, v128.and(v128.load(at), v128.load(masks)));
      masks += 16;
    }
  }
}

// @ts-ignore: decorator
@inline
function common(left: v128, a: usize, b: usize): v128 {
  return v128.and(v128.and(left, v128.load(a)), v128.load(b));
}

/** Four tests of a block: thresholds (f32), masks and where their trees are in ALIVE (u32), `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function remove(x: v128, test: usize, stride: usize, alive: usize): void {
  const fails = f32x4.gt(x, v128.load(test));
  const masks = v128.or(v128.load(test + stride), v128.not(fails));
  const trees = test + 2 * stride;
  keep(alive + <usize>load<u32>(trees), i32x4.extract_lane(masks, 0));
  keep(alive + <usize>load<u32>(trees, 4), i32x4.extract_lane(masks, 1));
  keep(alive + <usize>load<u32>(trees, 8), i32x4.extract_lane(masks, 2));
  keep(alive + <usize>load<u32>(trees, 12), i32x4.extract_lane(masks, 3));
}

// @ts-ignore: decorator
@inline
function keep(tree: usize, mask: u32): void {
  store<u32>(tree, load<u32>(tree) & mask);
}
