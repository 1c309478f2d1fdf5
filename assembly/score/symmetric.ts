import { exchangeBits } from './bits';
import { CODE_BYTES, PLANE_BYTES } from './plan';

/**
 * Codes of symmetric trees, which make the same test on all nodes of a level: the tests are the bits of the leaf's number, so there
 * are no boundaries to compute. The lower four bits are codes as those of a piece, the upper two further codes behind them.
 * @param op - eight addresses a tree, u32: the planes of the tests, of the lowest bit first; two are free
 */
export function symmetricCodes(op: usize, treeCount: i32, isWide: bool, codes: usize): void {
  const none = i8x16.splat(0);
  for (; treeCount > 0; treeCount--) {
    for (let half: usize = 0; half < PLANE_BYTES; half += 16) {
      exchangeBits(
        v128.load(<usize>load<u32>(op) + half),
        v128.load(<usize>load<u32>(op, 4) + half),
        v128.load(<usize>load<u32>(op, 8) + half),
        v128.load(<usize>load<u32>(op, 12) + half),
        codes + 4 * half,
        16,
      );
      if (isWide) {
        exchangeBits(
          v128.load(<usize>load<u32>(op, 16) + half),
          v128.load(<usize>load<u32>(op, 20) + half),
          none,
          none,
          codes + 4 * half + CODE_BYTES,
          16,
        );
      }
    }
    op += 32;
    codes += isWide ? 2 * CODE_BYTES : CODE_BYTES;
  }
}

/**
 * `addLeaves` of symmetric trees of more than 16 leaves: tables of 16 leaves, of which all but one have nothing at a leaf's number.
 * @param tableCount - tables a tree: 2 or 4
 */
export function addWideLeaves(
  codes: usize,
  tables: usize,
  treeCount: i32,
  tableCount: i32,
  sums: usize,
): void {
  const nibble = i8x16.splat(15);
  const sixteen = i8x16.splat(16);
  for (const end = codes + CODE_BYTES; codes < end; codes += 16) {
    let low = v128.load(sums);
    let lowOdd = v128.load(sums, 16);
    let high = v128.load(sums, 32);
    let highOdd = v128.load(sums, 48);
    let code = codes;
    let table = tables;
    for (let tree = treeCount; tree > 0; tree--) {
      const lower = v128.load(code);
      const upper = v128.load(code + CODE_BYTES);
      let x = v128.or(v128.and(lower, nibble), i16x8.shl(v128.and(upper, nibble), 4));
      let y = v128.or(v128.and(i16x8.shr_u(lower, 4), nibble), v128.andnot(upper, nibble));
      code += 2 * CODE_BYTES;
      let leaves = v128.load(table);
      let a = i8x16.swizzle(leaves, x);
      let b = i8x16.swizzle(leaves, y);
      table += 16;
      for (let rest = tableCount; rest > 1; rest--) {
        x = i8x16.sub(x, sixteen);
        y = i8x16.sub(y, sixteen);
        leaves = v128.load(table);
        a = v128.or(a, i8x16.swizzle(leaves, x));
        b = v128.or(b, i8x16.swizzle(leaves, y));
        table += 16;
      }
      low = i16x8.add(low, a);
      lowOdd = i16x8.add(lowOdd, i16x8.shr_u(a, 8));
      high = i16x8.add(high, b);
      highOdd = i16x8.add(highOdd, i16x8.shr_u(b, 8));
    }
    v128.store(sums, low);
    v128.store(sums, lowOdd, 16);
    v128.store(sums, high, 32);
    v128.store(sums, highOdd, 48);
    sums += 64;
  }
}
