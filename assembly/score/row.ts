import { levelRow } from './bin';
import {
  FIRST_ROW_GROUP,
  KEY_COLUMN_COUNT,
  KEY_COLUMNS,
  KEYS,
  NODE_VALUES,
  NODES,
  OUTPUT_BYTES,
  OUTPUT_COUNT,
  OUTPUTS,
  ROW_GROUPS_END,
} from './plan';

const ROW_GROUP_BYTES: usize = 16;
/** bits of a set column */
const SETS: i32 = 7;

/**
 * The margins of one row: no tile and no bins, eight trees walked side by side without a branch that depends on data.
 *
 * Numbers become integer keys in the order of the floats, so a node is one integer compare. Each bit of a set column becomes a key
 * of its own, 0 in the set and 1 elsewhere. A node is 8 bytes: threshold (i32), key (u16), distance to the left child in
 * nodes (u16); the right child follows the left one. A leaf is at distance 0 and above every key, so it leads to itself: a walk
 * may go on past its leaf, and only every other step asks whether all eight have arrived.
 * @param out - where the margins go (f64), an output every `stride` bytes
 * @returns the margin of the last output, which spares a host with one output a look into the memory
 */
export function rowMargins(plan: usize, row: usize, out: usize, stride: usize): f64 {
  const keys = <usize>load<u32>(plan, KEYS);
  fillKeys(plan, row, keys);
  const nodes = <usize>load<u32>(plan, NODES);
  const values = <usize>load<u32>(plan, NODE_VALUES);
  let output = <usize>load<u32>(plan, OUTPUTS);
  let margin: f64 = 0;
  for (let left = load<i32>(plan, OUTPUT_COUNT); left > 0; left--) {
    margin = load<f64>(output);
    const groupsEnd = <usize>load<u32>(output, ROW_GROUPS_END);
    let group = <usize>load<u32>(output, FIRST_ROW_GROUP);
    for (; group < groupsEnd; group += ROW_GROUP_BYTES) {
      let sum = 0;
      const end = <usize>load<u32>(group, 12);
      for (let chunk = <usize>load<u32>(group, 8); chunk < end; chunk += 40) {
        sum += walkEight(chunk, keys, nodes, values);
      }
      margin += load<f64>(group) * <f64>sum;
    }
    store<f64>(out, margin);
    out += stride;
    output += OUTPUT_BYTES;
  }
  return margin;
}

/** A chunk is the addresses of eight roots, then the depth of the deepest tree. */
// @ts-ignore: decorator
@inline
function walkEight(chunk: usize, keys: usize, nodes: usize, values: usize): i32 {
  let a = <usize>load<u32>(chunk);
  let b = <usize>load<u32>(chunk, 4);
  let c = <usize>load<u32>(chunk, 8);
  let d = <usize>load<u32>(chunk, 12);
  let e = <usize>load<u32>(chunk, 16);
  let f = <usize>load<u32>(chunk, 20);
  let g = <usize>load<u32>(chunk, 24);
  let h = <usize>load<u32>(chunk, 28);
  for (let depth = load<i32>(chunk, 32); depth > 0; depth -= 2) {
    a = next(a, keys);
    b = next(b, keys);
    c = next(c, keys);
    d = next(d, keys);
    e = next(e, keys);
    f = next(f, keys);
    g = next(g, keys);
    h = next(h, keys);
    const before = a + b + c + d + e + f + g + h;
    a = next(a, keys);
    b = next(b, keys);
    c = next(c, keys);
    d = next(d, keys);
    e = next(e, keys);
    f = next(f, keys);
    g = next(g, keys);
    h = next(h, keys);
    // addresses only grow, so an equal sum means that all eight stand at leaves
    if (a + b + c + d + e + f + g + h == before) break;
  }
  return (
    valueOf(a, nodes, values) +
    valueOf(b, nodes, values) +
    valueOf(c, nodes, values) +
    valueOf(d, nodes, values) +
    valueOf(e, nodes, values) +
    valueOf(f, nodes, values) +
    valueOf(g, nodes, values) +
    valueOf(h, nodes, values)
  );
}

// @ts-ignore: decorator
@inline
function next(node: usize, keys: usize): usize {
  const key = load<i32>(keys + (<usize>load<u16>(node, 4) << 2));
  const step = <usize>load<u16>(node, 6) + <usize>(key > load<i32>(node));
  return node + (step << 3);
}

// @ts-ignore: decorator
@inline
function valueOf(node: usize, nodes: usize, values: usize): i32 {
  return <i32>load<i16>(values + ((node - nodes) >> 2));
}

/** A key column, 16 bytes: byte offset of the feature, kind (0 ranks, 1 sets), key of missing or table, level count. */
function fillKeys(plan: usize, row: usize, keys: usize): void {
  let column = <usize>load<u32>(plan, KEY_COLUMNS);
  for (let left = load<i32>(plan, KEY_COLUMN_COUNT); left > 0; left--) {
    const x = row + <usize>load<u32>(column);
    if (load<u32>(column, 4) == 0) {
      const bits = load<i32>(x);
      const key = bits ^ ((bits >> 31) & 0x7fffffff);
      const value = load<f32>(x);
      store<i32>(keys, value != value ? load<i32>(column, 8) : key);
      keys += 4;
    } else {
      const table = <usize>load<u32>(column, 8);
      const byte = <i32>load<u8>(table + levelRow(load<f32>(x), load<u32>(column, 12)));
      for (let bit = 0; bit < SETS; bit++) store<i32>(keys + (bit << 2), (byte >> bit) & 1);
      keys += SETS << 2;
    }
    column += 16;
  }
}
