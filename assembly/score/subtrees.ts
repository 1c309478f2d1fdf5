import { levelRow } from './bin';

/**
 * The subtrees below the tops of trees (masks.ts), eight of them walked side by side.
 *
 * A node is 16 bytes: the address of its left child (u32), which the right one follows, a threshold (f32), the addresses of the value it
 * tests and of the cell of its tree (u16 each), and what it adds (i32), which only leaves have. Every node on the way leaves that in the
 * cell, so in the end it is what the leaf adds. No value is above the threshold of a leaf, which leads to the slot in front of its
 * subtree: before the walk, that becomes a copy of the root that is eight subtrees further on, so that no walk waits for another. The last node
 * leads to itself.
 */
const NODE_BYTES: usize = 16;
const THRESHOLD: usize = 4;
const VALUE: usize = 8;
const CELL: usize = 10;
const ADDS: usize = 12;
const WALKS: usize = 8;

/** The outcomes of eight sets, u32 each: offset of the feature in a row, number of its levels, a byte a level, and where they go (f32). */
const SET_BYTES: usize = 16;
const LEVEL_COUNT: usize = 4;
const TABLE: usize = 8;
const OUTCOMES: usize = 12;

/** Copies the values of `count` features, a multiple of four, to behind them, with +Infinity for what is missing. */
// @ts-ignore: decorator
@inline
export function copyHigh(row: usize, count: usize): void {
  const end = row + (count << 2);
  for (let out = end; row < end; row += 16) {
    const x = v128.load(row);
    v128.store(out, v128.bitselect(f32x4.splat(<f32>Infinity), x, f32x4.ne(x, x)));
    out += 16;
  }
}

/** Makes 1 of each set that sends a row right, and 0 of the others. */
// @ts-ignore: decorator
@inline
export function spreadSets(set: usize, end: usize, row: usize): void {
  for (; set < end; set += SET_BYTES) {
    const level = levelRow(load<f32>(row + <usize>load<u32>(set)), load<u32>(set, LEVEL_COUNT));
    const bits = i32x4.splat(<i32>load<u8>(<usize>load<u32>(set, TABLE) + level));
    const out = <usize>load<u32>(set, OUTCOMES);
    v128.store(out, outcomes(bits, i32x4(1, 2, 4, 8)));
    v128.store(out, outcomes(bits, i32x4(16, 32, 64, 128)), 16);
  }
}

// @ts-ignore: decorator
@inline
function outcomes(bits: v128, sets: v128): v128 {
  return v128.and(i32x4.eq(v128.and(bits, sets), i32x4.splat(0)), f32x4.splat(1));
}

/**
 * @param active - numbers of nodes that subtrees begin with (u16), at least one; there is room for eight more at `end`
 * @param last - number of the last node
 */
// @ts-ignore: decorator
@inline
export function walkSubtrees(active: usize, end: usize, nodes: usize, last: u32): void {
  for (let at = end; at < end + 2 * WALKS; at += 2) store<u16>(at, <u16>last);
  for (let at = active; at < end; at += 2) {
    v128.store(nodeAt(nodes, at) - NODE_BYTES, v128.load(nodeAt(nodes, at + 2 * WALKS)));
  }
  let a = nodeAt(nodes, active);
  let b = nodeAt(nodes, active + 2);
  let c = nodeAt(nodes, active + 4);
  let d = nodeAt(nodes, active + 6);
  let e = nodeAt(nodes, active + 8);
  let f = nodeAt(nodes, active + 10);
  let g = nodeAt(nodes, active + 12);
  let h = nodeAt(nodes, active + 14);
  // no address is above that of the last node, so the sum says when all are there
  const all = WALKS * (nodes + <usize>last * NODE_BYTES);
  while (a + b + c + d + e + f + g + h != all) {
    a = next(a);
    b = next(b);
    c = next(c);
    d = next(d);
    e = next(e);
    f = next(f);
    g = next(g);
    h = next(h);
  }
}

/** @param at - where the number of a node stands */
// @ts-ignore: decorator
@inline
function nodeAt(nodes: usize, at: usize): usize {
  return nodes + <usize>load<u16>(at) * NODE_BYTES;
}

// @ts-ignore: decorator
@inline
function next(node: usize): usize {
  store<i16>(<usize>load<u16>(node, CELL), <i16>load<i32>(node, ADDS));
  const isRight = load<f32>(<usize>load<u16>(node, VALUE)) > load<f32>(node, THRESHOLD);
  return <usize>load<u32>(node) + <usize>isRight * NODE_BYTES;
}
