import { AT_ONCE, COLUMN_BYTES } from './bin';
import { outcomesInto } from './loops';
import {
  COLUMNS,
  COLUMNS_END,
  FIRST_ROW_GROUP,
  OUTCOMES,
  OUTPUT_BYTES,
  OUTPUT_COUNT,
  OUTPUTS,
  ROW_GROUPS_END,
} from './plan';

/** scale (f64), the sum of the addresses of the last nodes of all chains (u32), and the first node of each (u32) */
export const ROW_GROUP_BYTES: usize = 48;
export const CHAINS_END: usize = 8;
export const CHAIN: usize = 12;
/** chains of trees walked side by side */
export const CHAINS: usize = 8;

/**
 * The margins of one row: no tile, eight chains of trees walked side by side without a branch that depends on data.
 *
 * First the outcome of every test, a byte: 1 where the row goes right. A node is 8 bytes: its test (u16), the distance to its left child
 * in nodes (u16), what it adds (i16); the right child follows the left one. Only leaves add something. The test of a leaf is the first one,
 * which is always 0, and its distance leads to the root of the next tree of its chain, so chains need not wait at each tree
 * for the deepest one; the last node of a chain leads to itself.
 * @param out - where the margins go (f64), an output every `stride` bytes
 * @returns the margin of the last output, which spares a host with one output a look into the memory
 */
export function rowMargins(plan: usize, row: usize, out: usize, stride: usize): f64 {
  const columnsEnd = <usize>load<u32>(plan, COLUMNS_END);
  let column = <usize>load<u32>(plan, COLUMNS);
  while (column < columnsEnd) {
    outcomesInto(column, row);
    column += COLUMN_BYTES * <usize>load<u32>(column, AT_ONCE);
  }
  let output = <usize>load<u32>(plan, OUTPUTS);
  let margin: f64 = 0;
  for (let left = load<i32>(plan, OUTPUT_COUNT); left > 0; left--) {
    margin = load<f64>(output);
    const end = <usize>load<u32>(output, ROW_GROUPS_END);
    let group = <usize>load<u32>(output, FIRST_ROW_GROUP);
    for (; group < end; group += ROW_GROUP_BYTES) {
      margin += load<f64>(group) * <f64>walkGroup(group);
    }
    store<f64>(out, margin);
    out += stride;
    output += OUTPUT_BYTES;
  }
  return margin;
}

function walkGroup(group: usize): i32 {
  const end = <usize>load<u32>(group, CHAINS_END);
  let a = <usize>load<u32>(group, CHAIN);
  let b = <usize>load<u32>(group, CHAIN + 4);
  let c = <usize>load<u32>(group, CHAIN + 8);
  let d = <usize>load<u32>(group, CHAIN + 12);
  let e = <usize>load<u32>(group, CHAIN + 16);
  let f = <usize>load<u32>(group, CHAIN + 20);
  let g = <usize>load<u32>(group, CHAIN + 24);
  let h = <usize>load<u32>(group, CHAIN + 28);
  // a first tree may be a leaf
  let sum = valueOf(a) + valueOf(b) + valueOf(c) + valueOf(d);
  sum += valueOf(e) + valueOf(f) + valueOf(g) + valueOf(h);
  // a chain goes up in memory and ends at its last node, so the sum says when all have
  while (a + b + c + d + e + f + g + h != end) {
    for (let step = 0; step < 2; step++) {
      a = next(a);
      b = next(b);
      c = next(c);
      d = next(d);
      e = next(e);
      f = next(f);
      g = next(g);
      h = next(h);
      sum += valueOf(a) + valueOf(b) + valueOf(c) + valueOf(d);
      sum += valueOf(e) + valueOf(f) + valueOf(g) + valueOf(h);
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function next(node: usize): usize {
  const outcome = <usize>load<u8>(<usize>load<u16>(node), OUTCOMES);
  return node + ((<usize>load<u16>(node, 2) + outcome) << 3);
}

// @ts-ignore: decorator
@inline
function valueOf(node: usize): i32 {
  return <i32>load<i16>(node, 4);
}
