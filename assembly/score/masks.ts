import { levelRow } from './bin';

/**
 * One row of a forest whose trees have up to 32 leaves, without walking: QuickScorer (C. Lucchese et al., SIGIR 2015) with the tests of a
 * feature in blocks. A tree is a word with a bit for each of its leaves, left before right, and a test that the row
 * fails, going right, takes away the leaves on its left. The lowest bit that is left is the leaf of the row.
 *
 * The tests of a feature stand in ascending order. How many blocks of them fail as a whole is counted by their greatest thresholds; what
 * those take away from all trees is a row of masks made beforehand. The tests of the next block are looked at one by one.
 */

/** The plan, u32 each: src/score/extra/rowMasks.ts writes it. */
const FEATURES: usize = 0;
const FEATURES_END: usize = 4;
/** bytes of a row of masks: 4 a tree, rounded up to CHUNK */
const ROW_BYTES: usize = 8;
/** where the leaves that are left go: a row */
const ALIVE: usize = 12;
/** i16, LEAVES_BYTES a tree */
const LEAVES: usize = 16;
const OUTPUTS: usize = 20;
const OUTPUTS_END: usize = 24;
const BLOCK_TESTS: usize = 28;

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

/** An output: its base score (f64) and where its groups end (u32); these follow: scale (f64), where their trees end in ALIVE (u32). */
const ITEM_BYTES: usize = 16;
const END: usize = 8;

const CHUNK: usize = 64;
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
  for (let at: usize = 0; at < rowBytes; at += CHUNK) intersect(first, end, at, alive + at);
  for (let feature = first; feature < end; feature += FEATURE_BYTES) {
    const x = f32x4.splat(load<f32>(row + <usize>load<u32>(feature, OFFSET)));
    const block = <usize>load<u32>(feature, BLOCK);
    for (let test = block; test < block + (blockTests << 2); test += 16) {
      remove(x, test, blockTests << 2, alive);
    }
  }
  let tree = alive;
  let leaves = <usize>load<u32>(plan, LEAVES);
  let item = <usize>load<u32>(plan, OUTPUTS);
  let margin: f64 = 0;
  for (const last = <usize>load<u32>(plan, OUTPUTS_END); item < last; out += 8) {
    margin = load<f64>(item);
    const groupsEnd = <usize>load<u32>(item, END);
    for (item += ITEM_BYTES; item < groupsEnd; item += ITEM_BYTES) {
      let sum = 0;
      for (const treesEnd = <usize>load<u32>(item, END); tree < treesEnd; tree += 4) {
        sum += <i32>load<i16>(leaves + (<usize>ctz(load<u32>(tree)) << 1));
        leaves += LEAVES_BYTES;
      }
      margin += load<f64>(item) * <f64>sum;
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

/** What all rows of masks have in common, CHUNK bytes of it. */
// @ts-ignore: decorator
@inline
function intersect(first: usize, end: usize, at: usize, out: usize): void {
  let masks = <usize>load<u32>(first) + at;
  let a = v128.load(masks);
  let b = v128.load(masks, 16);
  let c = v128.load(masks, 32);
  let d = v128.load(masks, 48);
  for (let feature = first + FEATURE_BYTES; feature < end; feature += FEATURE_BYTES) {
    masks = <usize>load<u32>(feature) + at;
    a = v128.and(a, v128.load(masks));
    b = v128.and(b, v128.load(masks, 16));
    c = v128.and(c, v128.load(masks, 32));
    d = v128.and(d, v128.load(masks, 48));
  }
  v128.store(out, a);
  v128.store(out, b, 16);
  v128.store(out, c, 32);
  v128.store(out, d, 48);
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
