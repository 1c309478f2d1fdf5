import { PAIR_SHIFT, TABLE_STRIDE } from './layout';

/** From this many rows on, sums are first added up at fixed distances: clearing and copying them must be worth it. */
export const WIDE_ROWS: usize = 2048;

/**
 * Bytes from column to column, which the constants below are multiples of: 256 bins, and a cache line more, so that equal bins
 * of all columns do not share a set of the cache.
 */
const WIDE_COLUMN: usize = 4160;

export function clearWide(wide: usize, groups: usize, groupCount: usize): void {
  for (let g: usize = 0; g < groupCount; g++) {
    memory.fill(wide + firstColumnOf(groups, g) * WIDE_COLUMN, 0, 8 * WIDE_COLUMN);
  }
}

/** Copies the sums of each column to where they belong. */
export function copyWide(
  wide: usize,
  groups: usize,
  groupCount: usize,
  storedTable: usize,
  histogram: usize,
  bundleSums: usize,
): void {
  for (let g: usize = 0; g < groupCount; g++) {
    const first = firstColumnOf(groups, g);
    for (let column = first; column < first + 8; column++) {
      const record = storedTable + column * TABLE_STRIDE;
      const bytes = <usize>load<u32>(record, 4) << PAIR_SHIFT;
      const to = select<usize>(bundleSums, histogram, load<u32>(record, 12)) + load<u32>(record);
      memory.copy(to, wide + column * WIDE_COLUMN, bytes);
    }
  }
}

/**
 * Adds the pairs of a tile to sums of 256 bins a column: one address a group and constants leave registers for a loop without spills.
 * Two groups go together, or three, so that none is left alone: the more columns, the better is the wait of each for its last store hidden.
 */
export function addWideGroups(
  tile: usize,
  rows: usize,
  tileBins: usize,
  binStride: usize,
  storedTable: usize,
  groups: usize,
  groupCount: usize,
  wide: usize,
): void {
  for (let g: usize = 0; g < groupCount; ) {
    const left = groupCount - g;
    const width: usize = left == 3 ? 3 : left > 1 ? 2 : 1;
    const c0 = firstColumnOf(groups, g);
    const c1 = firstColumnOf(groups, width > 1 ? g + 1 : g);
    const c2 = firstColumnOf(groups, width > 2 ? g + 2 : g);
    const s0 = wide + c0 * WIDE_COLUMN;
    const s1 = wide + c1 * WIDE_COLUMN;
    const s2 = wide + c2 * WIDE_COLUMN;
    const b0 = tileBins + c0;
    const b1 = tileBins + c1;
    const b2 = tileBins + c2;
    const isHalf = secondHalfIsPadding(storedTable, width > 2 ? c2 : width > 1 ? c1 : c0);
    if (width == 1) addOne(tile, rows, b0, binStride, s0, isHalf);
    else if (width == 2) addTwo(tile, rows, b0, b1, binStride, s0, s1, isHalf);
    else addThree(tile, rows, b0, b1, b2, binStride, s0, s1, s2, isHalf);
    g += width;
  }
}

// @ts-ignore: decorator
@inline
export function firstColumnOf(groups: usize, g: usize): usize {
  return <usize>load<u32>(groups + (g << 2)) << 3;
}

/** Padding has no bins: of the last group the second half may be all padding. */
// @ts-ignore: decorator
@inline
function secondHalfIsPadding(storedTable: usize, column: usize): bool {
  return load<u32>(storedTable + (column + 4) * TABLE_STRIDE, 4) == 0;
}

function addOne(
  pairs: usize,
  rows: usize,
  row: usize,
  rowStride: usize,
  sums: usize,
  isHalf: bool,
): void {
  const end = pairs + (rows << 4);
  if (isHalf) {
    for (; pairs < end; pairs += 16, row += rowStride) {
      const pair = v128.load(pairs);
      let bin = sums + (<usize>load<u8>(row) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin), pair));
      bin = sums + (<usize>load<u8>(row, 1) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
      bin = sums + (<usize>load<u8>(row, 2) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
      bin = sums + (<usize>load<u8>(row, 3) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
    }
    return;
  }
  for (; pairs < end; pairs += 16, row += rowStride) {
    const pair = v128.load(pairs);
    let bin = sums + (<usize>load<u8>(row) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin), pair));
    bin = sums + (<usize>load<u8>(row, 1) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
    bin = sums + (<usize>load<u8>(row, 2) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
    bin = sums + (<usize>load<u8>(row, 3) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
    bin = sums + (<usize>load<u8>(row, 4) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 16640), pair), 16640);
    bin = sums + (<usize>load<u8>(row, 5) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 20800), pair), 20800);
    bin = sums + (<usize>load<u8>(row, 6) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 24960), pair), 24960);
    bin = sums + (<usize>load<u8>(row, 7) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 29120), pair), 29120);
  }
}

function addTwo(
  pairs: usize,
  rows: usize,
  row: usize,
  row2: usize,
  rowStride: usize,
  sums: usize,
  sums2: usize,
  isHalf: bool,
): void {
  const end = pairs + (rows << 4);
  if (isHalf) {
    for (; pairs < end; pairs += 16, row += rowStride, row2 += rowStride) {
      const pair = v128.load(pairs);
      let bin = sums + (<usize>load<u8>(row) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin), pair));
      bin = sums + (<usize>load<u8>(row, 1) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
      bin = sums + (<usize>load<u8>(row, 2) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
      bin = sums + (<usize>load<u8>(row, 3) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
      bin = sums + (<usize>load<u8>(row, 4) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 16640), pair), 16640);
      bin = sums + (<usize>load<u8>(row, 5) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 20800), pair), 20800);
      bin = sums + (<usize>load<u8>(row, 6) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 24960), pair), 24960);
      bin = sums + (<usize>load<u8>(row, 7) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 29120), pair), 29120);
      bin = sums2 + (<usize>load<u8>(row2) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin), pair));
      bin = sums2 + (<usize>load<u8>(row2, 1) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
      bin = sums2 + (<usize>load<u8>(row2, 2) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
      bin = sums2 + (<usize>load<u8>(row2, 3) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
    }
    return;
  }
  for (; pairs < end; pairs += 16, row += rowStride, row2 += rowStride) {
    const pair = v128.load(pairs);
    let bin = sums + (<usize>load<u8>(row) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin), pair));
    bin = sums + (<usize>load<u8>(row, 1) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
    bin = sums + (<usize>load<u8>(row, 2) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
    bin = sums + (<usize>load<u8>(row, 3) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
    bin = sums + (<usize>load<u8>(row, 4) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 16640), pair), 16640);
    bin = sums + (<usize>load<u8>(row, 5) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 20800), pair), 20800);
    bin = sums + (<usize>load<u8>(row, 6) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 24960), pair), 24960);
    bin = sums + (<usize>load<u8>(row, 7) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 29120), pair), 29120);
    bin = sums2 + (<usize>load<u8>(row2) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin), pair));
    bin = sums2 + (<usize>load<u8>(row2, 1) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
    bin = sums2 + (<usize>load<u8>(row2, 2) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
    bin = sums2 + (<usize>load<u8>(row2, 3) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
    bin = sums2 + (<usize>load<u8>(row2, 4) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 16640), pair), 16640);
    bin = sums2 + (<usize>load<u8>(row2, 5) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 20800), pair), 20800);
    bin = sums2 + (<usize>load<u8>(row2, 6) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 24960), pair), 24960);
    bin = sums2 + (<usize>load<u8>(row2, 7) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 29120), pair), 29120);
  }
}

function addThree(
  pairs: usize,
  rows: usize,
  row: usize,
  row2: usize,
  row3: usize,
  rowStride: usize,
  sums: usize,
  sums2: usize,
  sums3: usize,
  isHalf: bool,
): void {
  const end = pairs + (rows << 4);
  if (isHalf) {
    for (; pairs < end; pairs += 16, row += rowStride, row2 += rowStride, row3 += rowStride) {
      const pair = v128.load(pairs);
      let bin = sums + (<usize>load<u8>(row) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin), pair));
      bin = sums + (<usize>load<u8>(row, 1) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
      bin = sums + (<usize>load<u8>(row, 2) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
      bin = sums + (<usize>load<u8>(row, 3) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
      bin = sums + (<usize>load<u8>(row, 4) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 16640), pair), 16640);
      bin = sums + (<usize>load<u8>(row, 5) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 20800), pair), 20800);
      bin = sums + (<usize>load<u8>(row, 6) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 24960), pair), 24960);
      bin = sums + (<usize>load<u8>(row, 7) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 29120), pair), 29120);
      bin = sums2 + (<usize>load<u8>(row2) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin), pair));
      bin = sums2 + (<usize>load<u8>(row2, 1) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
      bin = sums2 + (<usize>load<u8>(row2, 2) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
      bin = sums2 + (<usize>load<u8>(row2, 3) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
      bin = sums2 + (<usize>load<u8>(row2, 4) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 16640), pair), 16640);
      bin = sums2 + (<usize>load<u8>(row2, 5) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 20800), pair), 20800);
      bin = sums2 + (<usize>load<u8>(row2, 6) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 24960), pair), 24960);
      bin = sums2 + (<usize>load<u8>(row2, 7) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 29120), pair), 29120);
      bin = sums3 + (<usize>load<u8>(row3) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin), pair));
      bin = sums3 + (<usize>load<u8>(row3, 1) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
      bin = sums3 + (<usize>load<u8>(row3, 2) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
      bin = sums3 + (<usize>load<u8>(row3, 3) << PAIR_SHIFT);
      v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
    }
    return;
  }
  for (; pairs < end; pairs += 16, row += rowStride, row2 += rowStride, row3 += rowStride) {
    const pair = v128.load(pairs);
    let bin = sums + (<usize>load<u8>(row) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin), pair));
    bin = sums + (<usize>load<u8>(row, 1) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
    bin = sums + (<usize>load<u8>(row, 2) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
    bin = sums + (<usize>load<u8>(row, 3) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
    bin = sums + (<usize>load<u8>(row, 4) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 16640), pair), 16640);
    bin = sums + (<usize>load<u8>(row, 5) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 20800), pair), 20800);
    bin = sums + (<usize>load<u8>(row, 6) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 24960), pair), 24960);
    bin = sums + (<usize>load<u8>(row, 7) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 29120), pair), 29120);
    bin = sums2 + (<usize>load<u8>(row2) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin), pair));
    bin = sums2 + (<usize>load<u8>(row2, 1) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
    bin = sums2 + (<usize>load<u8>(row2, 2) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
    bin = sums2 + (<usize>load<u8>(row2, 3) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
    bin = sums2 + (<usize>load<u8>(row2, 4) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 16640), pair), 16640);
    bin = sums2 + (<usize>load<u8>(row2, 5) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 20800), pair), 20800);
    bin = sums2 + (<usize>load<u8>(row2, 6) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 24960), pair), 24960);
    bin = sums2 + (<usize>load<u8>(row2, 7) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 29120), pair), 29120);
    bin = sums3 + (<usize>load<u8>(row3) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin), pair));
    bin = sums3 + (<usize>load<u8>(row3, 1) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 4160), pair), 4160);
    bin = sums3 + (<usize>load<u8>(row3, 2) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 8320), pair), 8320);
    bin = sums3 + (<usize>load<u8>(row3, 3) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 12480), pair), 12480);
    bin = sums3 + (<usize>load<u8>(row3, 4) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 16640), pair), 16640);
    bin = sums3 + (<usize>load<u8>(row3, 5) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 20800), pair), 20800);
    bin = sums3 + (<usize>load<u8>(row3, 6) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 24960), pair), 24960);
    bin = sums3 + (<usize>load<u8>(row3, 7) << PAIR_SHIFT);
    v128.store(bin, f64x2.add(v128.load(bin, 29120), pair), 29120);
  }
}
