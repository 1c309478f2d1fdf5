import { PAIR_SHIFT, TABLE_STRIDE } from './layout';
import { addWideGroups, clearWide, copyWide, firstColumnOf, WIDE_ROWS } from './wideSums';

/**
 * Adds the (gradient, hessian) pairs of some rows to the histograms of the stored columns of some groups, eight columns a group:
 * a column of few bins waits for its own last store, and the others fill that time.
 * Rows are gathered a tile at a time, in a loop that does nothing else and so has many cache misses under way at once.
 * Within a bin, rows are added in the order of `indices`, so the sums do not depend on tiles or groups.
 * Bundles of columns have sums of their own, which {@link spreadBundles} then takes apart.
 * @param bins - row-major bytes, `binStride` a row, a multiple of eight
 * @param indices - `count` row numbers, uint32
 * @param gradients - a float32 pair a row
 * @param storedTable - a record a stored column: uint32 byte offset of its first bin, uint32 bins, 0 for padding, a uint32 unused,
 *   uint32 1 when it is a bundle, whose offset counts from `bundleSums` instead of `histogram`
 * @param groups - `groupCount` group numbers, uint32
 * @param tile - room for `tileRows` float64 pairs and rows of bins, then for the sums of `addWideGroups`
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
  const wide = tileBins + tileRows * binStride;
  const isWide = count >= WIDE_ROWS;
  if (isWide) clearWide(wide, groups, groupCount);
  const end = indices + (count << 2);
  while (indices < end) {
    const rows = min(tileRows, (end - indices) >> 2);
    gather(bins, binStride, indices, rows, gradients, tile, tileBins);
    indices += rows << 2;
    if (isWide) {
      addWideGroups(tile, rows, tileBins, binStride, storedTable, groups, groupCount, wide);
    } else {
      for (let g: usize = 0; g < groupCount; g++) {
        const column = firstColumnOf(groups, g);
        const record = storedTable + column * TABLE_STRIDE;
        addGroup(tile, rows, tileBins + column, binStride, record, histogram, bundleSums);
      }
    }
  }
  if (isWide) copyWide(wide, groups, groupCount, storedTable, histogram, bundleSums);
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
    spread(sums, codes, bins, bundleTable + TABLE_STRIDE, histogram);
  }
}

/** Adds the sums of the codes of a bundle to the bins that they stand for. Most codes of a small leaf have no rows. */
function spread(sums: usize, codes: usize, bins: usize, record: usize, histogram: usize): void {
  const h0 = histogram + load<u32>(record);
  const h1 = histogram + load<u32>(record, TABLE_STRIDE);
  const h2 = histogram + load<u32>(record, 2 * TABLE_STRIDE);
  const h3 = histogram + load<u32>(record, 3 * TABLE_STRIDE);
  const h4 = histogram + load<u32>(record, 4 * TABLE_STRIDE);
  const h5 = histogram + load<u32>(record, 5 * TABLE_STRIDE);
  const h6 = histogram + load<u32>(record, 6 * TABLE_STRIDE);
  const h7 = histogram + load<u32>(record, 7 * TABLE_STRIDE);
  const isHalf = secondHalfIsPadding(record);
  for (const end = sums + (codes << 4); sums < end; sums += 16, bins += 8) {
    const pair = v128.load(sums);
    if (!v128.any_true(pair)) continue;
    addQuad(pair, load<u32>(bins), h0, h1, h2, h3);
    if (!isHalf) addQuad(pair, load<u32>(bins, 4), h4, h5, h6, h7);
  }
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
