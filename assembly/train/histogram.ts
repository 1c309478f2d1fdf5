import { PAIR_SHIFT, TABLE_STRIDE } from './layout';

/**
 * Adds the (gradient, hessian) pairs of some rows to the histograms of the stored columns of some groups, eight columns a group
 * and two groups at a time: a column of few bins waits for its own last store, and the others fill that time.
 * Rows are gathered a tile at a time, in a loop that does nothing else and so has many cache misses under way at once.
 * Within a bin, rows are added in the order of `indices`, so the sums do not depend on tiles or groups.
 * Bundles of columns have sums of their own, which {@link spreadBundles} then takes apart.
 * @param bins - row-major bytes, `binStride` a row, a multiple of eight
 * @param indices - `count` row numbers, uint32
 * @param gradients - a float32 pair a row
 * @param storedTable - a record a stored column: uint32 byte offset of its first bin, uint32 bins, 0 for padding, a uint32 unused,
 *   uint32 1 when it is a bundle, whose offset counts from `bundleSums` instead of `histogram`
 * @param groups - `groupCount` group numbers, uint32
 * @param tile - room for `tileRows` float64 pairs and rows of bins
 * @param histogram - float64 pairs, cleared first (OUT)
 * @param bundleSums - float64 pairs, cleared first (OUT)
 */
export function buildHistogram(
  bins: usize,
  binStride: usize,
  indices: usize,
  count: usize,
  gradients: usize,
  storedTable: usize,
  groups: usize,
  groupCount: usize,
  tile: usize,
  tileRows: usize,
  histogram: usize,
  histogramBytes: usize,
  bundleSums: usize,
  bundleSumsBytes: usize,
): void {
  memory.fill(histogram, 0, histogramBytes);
  memory.fill(bundleSums, 0, bundleSumsBytes);
  const tileBins = tile + (tileRows << 4);
  const end = indices + (count << 2);
  while (indices < end) {
    const rows = min(tileRows, (end - indices) >> 2);
    gather(bins, binStride, indices, rows, gradients, tile, tileBins);
    indices += rows << 2;
    let group = groups;
    for (let left = groupCount; left > 0; ) {
      // one group alone would wait, so that an odd one goes with two others
      const width: usize = left == 3 ? 3 : left > 1 ? 2 : 1;
      addGroups(tile, rows, tileBins, binStride, storedTable, group, width, histogram, bundleSums);
      group += width << 2;
      left -= width;
    }
  }
}

/**
 * Takes the sums of bundles apart into those of their columns: a code of a bundle stands for a bin in each of its columns.
 * Within a bin, codes are added in ascending order.
 * @param bundleTable - a record a bundle: uint32 byte offset of its sums, codes, byte offset of its rows of `memberBins`, a uint32 unused;
 *   then the eight records of its columns as in the stored table
 * @param memberBins - eight bytes a code: the bin in each column
 * @param histogram - changed
 */
export function spreadBundles(
  bundleSums: usize,
  bundleTable: usize,
  bundleCount: usize,
  memberBins: usize,
  histogram: usize,
): void {
  for (let b: usize = 0; b < bundleCount; b++, bundleTable += 9 * TABLE_STRIDE) {
    const sums = bundleSums + load<u32>(bundleTable);
    const codes = <usize>load<u32>(bundleTable, 4);
    const bins = memberBins + load<u32>(bundleTable, 8);
    addGroup(sums, codes, bins, 8, bundleTable + TABLE_STRIDE, histogram, bundleSums);
  }
}

/**
 * Adds `rows` pairs of a tile to the bins of one, two or three groups at once: the more columns, the better is the wait of each for
 * its own last store hidden.
 */
function addGroups(
  tile: usize,
  rows: usize,
  tileBins: usize,
  binStride: usize,
  storedTable: usize,
  groups: usize,
  groupCount: usize,
  histogram: usize,
  bundleSums: usize,
): void {
  const c0 = <usize>load<u32>(groups) << 3;
  const r0 = storedTable + c0 * TABLE_STRIDE;
  const b0 = tileBins + c0;
  if (groupCount == 1) {
    addGroup(tile, rows, b0, binStride, r0, histogram, bundleSums);
    return;
  }
  const c1 = <usize>load<u32>(groups, 4) << 3;
  const r1 = storedTable + c1 * TABLE_STRIDE;
  const b1 = tileBins + c1;
  if (groupCount == 2) {
    addTwoGroups(tile, rows, b0, b1, binStride, r0, r1, histogram, bundleSums);
    return;
  }
  const c2 = <usize>load<u32>(groups, 8) << 3;
  const r2 = storedTable + c2 * TABLE_STRIDE;
  const b2 = tileBins + c2;
  addThreeGroups(tile, rows, b0, b1, b2, binStride, r0, r1, r2, histogram, bundleSums);
}

/** Adds `rows` float64 pairs to the bins of eight columns; of four when the others are padding. */
function addGroup(
  pairs: usize,
  rows: usize,
  row: usize,
  rowStride: usize,
  record: usize,
  histogram: usize,
  bundleSums: usize,
): void {
  const pairsEnd = pairs + (rows << 4);
  const h0 = firstBinOf(record, histogram, bundleSums);
  const h1 = firstBinOf(record + TABLE_STRIDE, histogram, bundleSums);
  const h2 = firstBinOf(record + 2 * TABLE_STRIDE, histogram, bundleSums);
  const h3 = firstBinOf(record + 3 * TABLE_STRIDE, histogram, bundleSums);
  if (secondHalfIsPadding(record)) {
    for (; pairs < pairsEnd; pairs += 16, row += rowStride) {
      addQuad(v128.load(pairs), load<u32>(row), h0, h1, h2, h3);
    }
    return;
  }
  const h4 = firstBinOf(record + 4 * TABLE_STRIDE, histogram, bundleSums);
  const h5 = firstBinOf(record + 5 * TABLE_STRIDE, histogram, bundleSums);
  const h6 = firstBinOf(record + 6 * TABLE_STRIDE, histogram, bundleSums);
  const h7 = firstBinOf(record + 7 * TABLE_STRIDE, histogram, bundleSums);
  for (; pairs < pairsEnd; pairs += 16, row += rowStride) {
    const pair = v128.load(pairs);
    addQuad(pair, load<u32>(row), h0, h1, h2, h3);
    addQuad(pair, load<u32>(row, 4), h4, h5, h6, h7);
  }
}

/** The same for two groups at once. */
function addTwoGroups(
  pairs: usize,
  rows: usize,
  row: usize,
  second: usize,
  rowStride: usize,
  record: usize,
  secondRecord: usize,
  histogram: usize,
  bundleSums: usize,
): void {
  const pairsEnd = pairs + (rows << 4);
  const h0 = firstBinOf(record, histogram, bundleSums);
  const h1 = firstBinOf(record + TABLE_STRIDE, histogram, bundleSums);
  const h2 = firstBinOf(record + 2 * TABLE_STRIDE, histogram, bundleSums);
  const h3 = firstBinOf(record + 3 * TABLE_STRIDE, histogram, bundleSums);
  const h4 = firstBinOf(record + 4 * TABLE_STRIDE, histogram, bundleSums);
  const h5 = firstBinOf(record + 5 * TABLE_STRIDE, histogram, bundleSums);
  const h6 = firstBinOf(record + 6 * TABLE_STRIDE, histogram, bundleSums);
  const h7 = firstBinOf(record + 7 * TABLE_STRIDE, histogram, bundleSums);
  const i0 = firstBinOf(secondRecord, histogram, bundleSums);
  const i1 = firstBinOf(secondRecord + TABLE_STRIDE, histogram, bundleSums);
  const i2 = firstBinOf(secondRecord + 2 * TABLE_STRIDE, histogram, bundleSums);
  const i3 = firstBinOf(secondRecord + 3 * TABLE_STRIDE, histogram, bundleSums);
  if (secondHalfIsPadding(secondRecord)) {
    for (; pairs < pairsEnd; pairs += 16, row += rowStride, second += rowStride) {
      const pair = v128.load(pairs);
      addQuad(pair, load<u32>(row), h0, h1, h2, h3);
      addQuad(pair, load<u32>(row, 4), h4, h5, h6, h7);
      addQuad(pair, load<u32>(second), i0, i1, i2, i3);
    }
    return;
  }
  const i4 = firstBinOf(secondRecord + 4 * TABLE_STRIDE, histogram, bundleSums);
  const i5 = firstBinOf(secondRecord + 5 * TABLE_STRIDE, histogram, bundleSums);
  const i6 = firstBinOf(secondRecord + 6 * TABLE_STRIDE, histogram, bundleSums);
  const i7 = firstBinOf(secondRecord + 7 * TABLE_STRIDE, histogram, bundleSums);
  for (; pairs < pairsEnd; pairs += 16, row += rowStride, second += rowStride) {
    const pair = v128.load(pairs);
    addQuad(pair, load<u32>(row), h0, h1, h2, h3);
    addQuad(pair, load<u32>(row, 4), h4, h5, h6, h7);
    addQuad(pair, load<u32>(second), i0, i1, i2, i3);
    addQuad(pair, load<u32>(second, 4), i4, i5, i6, i7);
  }
}

/** The same for three groups at once. */
function addThreeGroups(
  pairs: usize,
  rows: usize,
  row: usize,
  second: usize,
  third: usize,
  rowStride: usize,
  record: usize,
  secondRecord: usize,
  thirdRecord: usize,
  histogram: usize,
  bundleSums: usize,
): void {
  const pairsEnd = pairs + (rows << 4);
  const h0 = firstBinOf(record, histogram, bundleSums);
  const h1 = firstBinOf(record + TABLE_STRIDE, histogram, bundleSums);
  const h2 = firstBinOf(record + 2 * TABLE_STRIDE, histogram, bundleSums);
  const h3 = firstBinOf(record + 3 * TABLE_STRIDE, histogram, bundleSums);
  const h4 = firstBinOf(record + 4 * TABLE_STRIDE, histogram, bundleSums);
  const h5 = firstBinOf(record + 5 * TABLE_STRIDE, histogram, bundleSums);
  const h6 = firstBinOf(record + 6 * TABLE_STRIDE, histogram, bundleSums);
  const h7 = firstBinOf(record + 7 * TABLE_STRIDE, histogram, bundleSums);
  const i0 = firstBinOf(secondRecord, histogram, bundleSums);
  const i1 = firstBinOf(secondRecord + TABLE_STRIDE, histogram, bundleSums);
  const i2 = firstBinOf(secondRecord + 2 * TABLE_STRIDE, histogram, bundleSums);
  const i3 = firstBinOf(secondRecord + 3 * TABLE_STRIDE, histogram, bundleSums);
  const i4 = firstBinOf(secondRecord + 4 * TABLE_STRIDE, histogram, bundleSums);
  const i5 = firstBinOf(secondRecord + 5 * TABLE_STRIDE, histogram, bundleSums);
  const i6 = firstBinOf(secondRecord + 6 * TABLE_STRIDE, histogram, bundleSums);
  const i7 = firstBinOf(secondRecord + 7 * TABLE_STRIDE, histogram, bundleSums);
  const j0 = firstBinOf(thirdRecord, histogram, bundleSums);
  const j1 = firstBinOf(thirdRecord + TABLE_STRIDE, histogram, bundleSums);
  const j2 = firstBinOf(thirdRecord + 2 * TABLE_STRIDE, histogram, bundleSums);
  const j3 = firstBinOf(thirdRecord + 3 * TABLE_STRIDE, histogram, bundleSums);
  if (secondHalfIsPadding(thirdRecord)) {
    for (; pairs < pairsEnd; pairs += 16, row += rowStride, second += rowStride, third += rowStride) {
      const pair = v128.load(pairs);
      addQuad(pair, load<u32>(row), h0, h1, h2, h3);
      addQuad(pair, load<u32>(row, 4), h4, h5, h6, h7);
      addQuad(pair, load<u32>(second), i0, i1, i2, i3);
      addQuad(pair, load<u32>(second, 4), i4, i5, i6, i7);
      addQuad(pair, load<u32>(third), j0, j1, j2, j3);
    }
    return;
  }
  const j4 = firstBinOf(thirdRecord + 4 * TABLE_STRIDE, histogram, bundleSums);
  const j5 = firstBinOf(thirdRecord + 5 * TABLE_STRIDE, histogram, bundleSums);
  const j6 = firstBinOf(thirdRecord + 6 * TABLE_STRIDE, histogram, bundleSums);
  const j7 = firstBinOf(thirdRecord + 7 * TABLE_STRIDE, histogram, bundleSums);
  for (; pairs < pairsEnd; pairs += 16, row += rowStride, second += rowStride, third += rowStride) {
    const pair = v128.load(pairs);
    addQuad(pair, load<u32>(row), h0, h1, h2, h3);
    addQuad(pair, load<u32>(row, 4), h4, h5, h6, h7);
    addQuad(pair, load<u32>(second), i0, i1, i2, i3);
    addQuad(pair, load<u32>(second, 4), i4, i5, i6, i7);
    addQuad(pair, load<u32>(third), j0, j1, j2, j3);
    addQuad(pair, load<u32>(third, 4), j4, j5, j6, j7);
  }
}

/** Padding has no bins: of the last group the second half may be all padding. */
// @ts-ignore: decorator
@inline
function secondHalfIsPadding(record: usize): bool {
  return load<u32>(record, 4 * TABLE_STRIDE + 4) == 0;
}

/** Adds a pair to a bin in each of four columns, which the bytes of `bins` name. */
// @ts-ignore: decorator
@inline
function addQuad(pair: v128, bins: u32, h0: usize, h1: usize, h2: usize, h3: usize): void {
  add(h0 + ((bins << PAIR_SHIFT) & 0xff0), pair);
  add(h1 + ((bins >> 4) & 0xff0), pair);
  add(h2 + ((bins >> 12) & 0xff0), pair);
  add(h3 + ((bins >> 20) & 0xff0), pair);
}

// @ts-ignore: decorator
@inline
function firstBinOf(record: usize, histogram: usize, bundleSums: usize): usize {
  return select<usize>(bundleSums, histogram, load<u32>(record, 12)) + load<u32>(record);
}

/** Copies the pairs, as float64, and the bins of some rows side by side. */
// @ts-ignore: decorator
@inline
function gather(
  bins: usize,
  binStride: usize,
  indices: usize,
  rows: usize,
  gradients: usize,
  tilePairs: usize,
  tileBins: usize,
): void {
  for (let end = indices + (rows << 2); indices < end; indices += 4, tilePairs += 16) {
    const row = <usize>load<u32>(indices);
    const pair = v128.load64_zero(gradients + (row << 3));
    v128.store(tilePairs, f64x2.promote_low_f32x4(pair));
    const from = bins + row * binStride;
    for (let byte: usize = 0; byte < binStride; byte += 8, tileBins += 8) {
      store<u64>(tileBins, load<u64>(from + byte));
    }
  }
}

// @ts-ignore: decorator
@inline
function add(bin: usize, pair: v128): void {
  v128.store(bin, f64x2.add(v128.load(bin), pair));
}

/** `histogram += other`: the sums over some rows and over those after them. `histogram` is changed. */
export function addHistogram(histogram: usize, other: usize, histogramBytes: usize): void {
  const end = histogram + histogramBytes;
  for (; histogram < end; histogram += 16, other += 16) {
    v128.store(histogram, f64x2.add(v128.load(histogram), v128.load(other)));
  }
}

/** `histogram -= other`: the sibling's histogram from the parent's. `histogram` is changed. */
export function subtractHistogram(histogram: usize, other: usize, histogramBytes: usize): void {
  const end = histogram + histogramBytes;
  for (; histogram < end; histogram += 16, other += 16) {
    v128.store(histogram, f64x2.sub(v128.load(histogram), v128.load(other)));
  }
}

/** Adds up the pairs of some rows in the order of `indices`. @param out - a float64 pair (OUT) */
export function sumGradients(indices: usize, count: usize, gradients: usize, out: usize): void {
  let sum = f64x2.splat(0);
  for (let end = indices + (count << 2); indices < end; indices += 4) {
    const pair = v128.load64_zero(gradients + (<usize>load<u32>(indices) << 3));
    sum = f64x2.add(sum, f64x2.promote_low_f32x4(pair));
  }
  v128.store(out, sum);
}
