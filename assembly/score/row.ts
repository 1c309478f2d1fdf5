import { COLUMN_BYTES } from './bin';
import { outcomesInto } from './loops';
import {
  COLUMNS,
  COLUMNS_END,
  FIRST_ROUND,
  FIRST_ROW_GROUP,
  OUTCOMES,
  OUTPUT_BYTES,
  OUTPUT_COUNT,
  OUTPUTS,
  PLANE_COUNT,
  ROUNDS_END,
  ROW_GROUPS_END,
} from './plan';

/** scale (f64), and the sum of the trees of a row (i32), which is 0 between rows */
export const ROW_GROUP_BYTES: usize = 16;

/** trees walked side by side */
export const LANES: usize = 8;
/** the sum of the addresses of the last nodes (u64), then a lane each: first node, and the group of its first tree (u32) */
export const ROUND_BYTES: usize = 72;
export const LANE: usize = 8;
export const LANE_BYTES: usize = 8;

/**
 * A node as it is added to a walk, u64: in bits 0 to 15 the distance to its left child in bytes, in bits 32 to 63 what a leaf adds (i32); the
 * right child follows the left one. Its test stands in bits 16 to 31, which are left out.
 */
export const NODE_BYTES: usize = 8;
export const NODE_TEST: usize = 2;
export const NODE_VALUE: usize = 4;
const WITHOUT_TEST: u64 = 0xffffffff0000ffff;

/**
 * The margins of one row: no tile, eight walks side by side without a branch that depends on data.
 *
 * First the outcome of every test, a byte: 1 where the row goes right. A walk goes through the trees of a lane, one after the other: the test of
 * a leaf is the first one, which is always 0, and its distance leads to the root of the next tree, so walks need not wait at each tree for
 * the deepest one; after the last tree comes a node that leads to itself. Address and sum of a walk are one number, so that a step adds once.
 * @param out - where the margins go (f64), an output every `stride` bytes
 * @returns the margin of the last output, which spares a host with one output a look into the memory
 */
export function rowMargins(plan: usize, row: usize, out: usize, stride: usize): f64 {
  const columnsEnd = <usize>load<u32>(plan, COLUMNS_END);
  for (let column = <usize>load<u32>(plan, COLUMNS); column < columnsEnd; column += COLUMN_BYTES) {
    outcomesInto(column, row);
  }
  const isNarrow = load<u32>(plan, PLANE_COUNT) == 1;
  let output = <usize>load<u32>(plan, OUTPUTS);
  let margin: f64 = 0;
  for (let left = load<i32>(plan, OUTPUT_COUNT); left > 0; left--) {
    const roundsEnd = <usize>load<u32>(output, ROUNDS_END);
    let round = <usize>load<u32>(output, FIRST_ROUND);
    for (; round < roundsEnd; round += ROUND_BYTES) walkRound(round, isNarrow);
    margin = load<f64>(output);
    const end = <usize>load<u32>(output, ROW_GROUPS_END);
    let group = <usize>load<u32>(output, FIRST_ROW_GROUP);
    for (; group < end; group += ROW_GROUP_BYTES) {
      margin += load<f64>(group) * <f64>load<i32>(group, 8);
      store<i32>(group, 0, 8);
    }
    store<f64>(out, margin);
    out += stride;
    output += OUTPUT_BYTES;
  }
  return margin;
}

function walkRound(round: usize, isNarrow: bool): void {
  const end = load<u32>(round);
  let a = <u64>load<u32>(round, LANE);
  let b = <u64>load<u32>(round, LANE + 8);
  let c = <u64>load<u32>(round, LANE + 16);
  let d = <u64>load<u32>(round, LANE + 24);
  let e = <u64>load<u32>(round, LANE + 32);
  let f = <u64>load<u32>(round, LANE + 40);
  let g = <u64>load<u32>(round, LANE + 48);
  let h = <u64>load<u32>(round, LANE + 56);
  // a walk goes up in memory and ends at its last node, so the sum says when all have
  while (<u32>(a + b + c + d + e + f + g + h) != end) {
    a = next(next(next(a)));
    b = next(next(next(b)));
    c = next(next(next(c)));
    d = next(next(next(d)));
    e = next(next(next(e)));
    f = next(next(next(f)));
    g = next(next(next(g)));
    h = next(next(next(h)));
  }
  addSum(round, a, isNarrow);
  addSum(round + LANE_BYTES, b, isNarrow);
  addSum(round + 2 * LANE_BYTES, c, isNarrow);
  addSum(round + 3 * LANE_BYTES, d, isNarrow);
  addSum(round + 4 * LANE_BYTES, e, isNarrow);
  addSum(round + 5 * LANE_BYTES, f, isNarrow);
  addSum(round + 6 * LANE_BYTES, g, isNarrow);
  addSum(round + 7 * LANE_BYTES, h, isNarrow);
}

// @ts-ignore: decorator
@inline
function next(walk: u64): u64 {
  const node = <usize>walk;
  const outcome = <u64>load<u8>(<usize>load<u16>(node, NODE_TEST), OUTCOMES);
  return walk + (load<u64>(node) & WITHOUT_TEST) + (outcome << 3);
}

/** Leaves of eight bits leave room for two sums in a walk: the upper half is of the trees of the group after the first one. */
function addSum(lane: usize, walk: u64, isNarrow: bool): void {
  const group = <usize>load<u32>(lane, LANE + 4);
  const both = <i32>(walk >> 32);
  const first = isNarrow ? <i32><i16>both : both;
  store<i32>(group, load<i32>(group, 8) + first, 8);
  const second = group + ROW_GROUP_BYTES;
  store<i32>(second, load<i32>(second, 8) + ((both - first) >> 16), 8);
}
