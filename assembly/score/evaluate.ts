import { SLOTS, TILE, TILE_ROWS } from './plan';

/**
 * Trees as vector operations over a whole tile, as a vectorised database runs expressions: `out = x < test ? left : right`.
 * A child is a leaf, a pair (a node whose children are both leaves, evaluated on the way) or a slot (an earlier result).
 *
 * An operation is a few 32-bit words: `kind | out << 8 | left << 16 | right << 24`, the latter three slots; one word
 * `column | test << 16` for the node, then for the left and the right pair; then up to four leaves in a word.
 */
const LEAF: i32 = 0;
const PAIR: i32 = 1;
const SLOT: i32 = 2;
const EXPAND: u8 = 9;
const ADD: u8 = 10;

/** Runs the operations in `[op, end)` on the tile; whole trees are added to `sums`, an i16 a row. */
export function evaluate(plan: usize, op: usize, end: usize, sums: usize): void {
  const tile = <usize>load<u32>(plan, TILE);
  const slots = <usize>load<u32>(plan, SLOTS);
  while (op < end) {
    switch (load<u8>(op)) {
      case 0:
        op = node(LEAF, LEAF, op, tile, slots);
        break;
      case 1:
        op = node(LEAF, PAIR, op, tile, slots);
        break;
      case 2:
        op = node(LEAF, SLOT, op, tile, slots);
        break;
      case 3:
        op = node(PAIR, LEAF, op, tile, slots);
        break;
      case 4:
        op = node(PAIR, PAIR, op, tile, slots);
        break;
      case 5:
        op = node(PAIR, SLOT, op, tile, slots);
        break;
      case 6:
        op = node(SLOT, LEAF, op, tile, slots);
        break;
      case 7:
        op = node(SLOT, PAIR, op, tile, slots);
        break;
      case 8:
        op = node(SLOT, SLOT, op, tile, slots);
        break;
      case EXPAND:
        op = expand(op, tile);
        break;
      case ADD:
        op = add(op, slots, sums, true);
        break;
      default:
        op = add(op, slots, sums, false);
    }
  }
}

// @ts-ignore: decorator
@inline
function node(left: i32, right: i32, op: usize, tile: usize, slots: usize): usize {
  const word = load<u32>(op);
  let out = slots + <usize>((word >> 8) & 0xff) * TILE_ROWS;
  let l = left == SLOT ? slots + <usize>((word >> 16) & 0xff) * TILE_ROWS : 0;
  let r = right == SLOT ? slots + <usize>(word >> 24) * TILE_ROWS : 0;
  let x = tile + <usize>load<u16>(op, 4) * TILE_ROWS;
  const t = v128.load8_splat(op, 6);
  const rightTest: usize = left == PAIR ? 12 : 8;
  const leaves: usize = 8 + (left == PAIR ? 4 : 0) + (right == PAIR ? 4 : 0);
  const rightLeaf: usize = leaves + (left == PAIR ? 2 : left == LEAF ? 1 : 0);
  let lx = left == PAIR ? tile + <usize>load<u16>(op, 8) * TILE_ROWS : 0;
  const lt = left == PAIR ? v128.load8_splat(op, 10) : t;
  let rx = right == PAIR ? tile + <usize>load<u16>(op + rightTest) * TILE_ROWS : 0;
  const rt = right == PAIR ? v128.load8_splat(op + rightTest, 2) : t;
  // a leaf is one vector; a pair is its right leaf and the difference to its left one
  const la = left == SLOT ? t : v128.load8_splat(op + leaves);
  const lb = left == PAIR ? v128.load8_splat(op + leaves, 1) : t;
  const ld = left == PAIR ? v128.xor(la, lb) : t;
  const ra = right == SLOT ? t : v128.load8_splat(op + rightLeaf);
  const rb = right == PAIR ? v128.load8_splat(op + rightLeaf, 1) : t;
  const rd = right == PAIR ? v128.xor(ra, rb) : left == LEAF && right == LEAF ? v128.xor(la, ra) : t;
  for (const end = out + TILE_ROWS; out < end; out += 64) {
    select(left, right, 0, out, x, t, l, lx, lt, la, lb, ld, r, rx, rt, ra, rb, rd);
    select(left, right, 16, out, x, t, l, lx, lt, la, lb, ld, r, rx, rt, ra, rb, rd);
    select(left, right, 32, out, x, t, l, lx, lt, la, lb, ld, r, rx, rt, ra, rb, rd);
    select(left, right, 48, out, x, t, l, lx, lt, la, lb, ld, r, rx, rt, ra, rb, rd);
    x += 64;
    if (left == SLOT) l += 64;
    if (left == PAIR) lx += 64;
    if (right == SLOT) r += 64;
    if (right == PAIR) rx += 64;
  }
  return op + leaves + (left == SLOT && right == SLOT ? 0 : 4);
}

/** Sixteen rows of a node. Unrolled by the caller: a loop costs half as much again. */
// @ts-ignore: decorator
@inline
function select(
  left: i32,
  right: i32,
  at: usize,
  out: usize,
  x: usize,
  t: v128,
  l: usize,
  lx: usize,
  lt: v128,
  la: v128,
  lb: v128,
  ld: v128,
  r: usize,
  rx: usize,
  rt: v128,
  ra: v128,
  rb: v128,
  rd: v128,
): void {
  const isLeft = i8x16.lt_s(v128.load(x + at), t);
  if (left == LEAF && right == LEAF) {
    v128.store(out + at, v128.xor(ra, v128.and(isLeft, rd)));
  } else {
    let a = la;
    if (left == SLOT) a = v128.load(l + at);
    if (left == PAIR) a = v128.xor(lb, v128.and(i8x16.lt_s(v128.load(lx + at), lt), ld));
    let b = ra;
    if (right == SLOT) b = v128.load(r + at);
    if (right == PAIR) b = v128.xor(rb, v128.and(i8x16.lt_s(v128.load(rx + at), rt), rd));
    v128.store(out + at, v128.bitselect(a, b, isLeft));
  }
}

/** Turns a bit of a set column into a plane of scratch that is below 0 where the bit is set: `column | bit << 16`, then the plane. */
// @ts-ignore: decorator
@inline
function expand(op: usize, tile: usize): usize {
  const x = tile + <usize>load<u16>(op, 4) * TILE_ROWS;
  const bit = v128.load8_splat(op, 6);
  const out = tile + <usize>load<u16>(op, 8) * TILE_ROWS;
  for (let at: usize = 0; at < TILE_ROWS; at += 64) {
    v128.store(out + at, i8x16.neg(v128.and(v128.load(x + at), bit)));
    v128.store(out + at, i8x16.neg(v128.and(v128.load(x + at, 16), bit)), 16);
    v128.store(out + at, i8x16.neg(v128.and(v128.load(x + at, 32), bit)), 32);
    v128.store(out + at, i8x16.neg(v128.and(v128.load(x + at, 48), bit)), 48);
  }
  return op + 12;
}

/** Adds the result of a tree, widened to i16, to the sums. */
// @ts-ignore: decorator
@inline
function add(op: usize, slots: usize, sums: usize, signed: bool): usize {
  const x = slots + <usize>load<u8>(op, 1) * TILE_ROWS;
  for (let at: usize = 0; at < TILE_ROWS; at += 64) {
    addSixteen(x + at, sums + (at << 1), 0, signed);
    addSixteen(x + at, sums + (at << 1), 16, signed);
    addSixteen(x + at, sums + (at << 1), 32, signed);
    addSixteen(x + at, sums + (at << 1), 48, signed);
  }
  return op + 4;
}

// @ts-ignore: decorator
@inline
function addSixteen(x: usize, sums: usize, at: usize, signed: bool): void {
  const bytes = v128.load(x + at);
  const low = signed ? i16x8.extend_low_i8x16_s(bytes) : i16x8.extend_low_i8x16_u(bytes);
  const high = signed ? i16x8.extend_high_i8x16_s(bytes) : i16x8.extend_high_i8x16_u(bytes);
  v128.store(sums + 2 * at, i16x8.add(v128.load(sums + 2 * at), low));
  v128.store(sums + 2 * at, i16x8.add(v128.load(sums + 2 * at, 16), high), 16);
}

