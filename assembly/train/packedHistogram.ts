import { TABLE_STRIDE } from './layout';

/** A stored column has 2^COLUMN_SHIFT bytes of packed sums: room for 256 bins. */
const COLUMN_SHIFT: usize = 11;

/**
 * What `buildHistogram` does, with the same bits, where gradients and hessians are integers times a scale: while rows are added a bin
 * is one uint64, the gradient above the hessian, so that one addition does for both. Its place is a byte of the row, shifted, and a
 * constant: that leaves registers enough for a loop without spills. The sums become float64 pairs at the end; as they are exact, the
 * order of rows is no matter.
 * The first fourteen parameters are those of `buildHistogram`; no sum of integers may reach 2^31.
 * @param packed - 256 uint64 a stored column, scratch
 * @param gradientScale - what integers are multiplied with; its inverse is a float32
 */
export function buildPackedHistogram(
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
  packed: usize,
  gradientScale: f64,
  hessianScale: f64,
): void {
  memory.fill(histogram, 0, histogramBytes);
  memory.fill(bundleSums, 0, bundleSumsBytes);
  for (let g: usize = 0; g < groupCount; g++) {
    memory.fill(packed + (firstColumnOf(groups, g) << COLUMN_SHIFT), 0, 8 << COLUMN_SHIFT);
  }
  const inverses = f32x4(<f32>(1 / gradientScale), <f32>(1 / hessianScale), 0, 0);
  const tileBins = tile + (tileRows << 3);
  const end = indices + (count << 2);
  while (indices < end) {
    const rows = min(tileRows, (end - indices) >> 2);
    gather(bins, binStride, indices, rows, gradients, inverses, tile, tileBins);
    indices += rows << 2;
    for (let g: usize = 0; g < groupCount; g++) {
      const column = firstColumnOf(groups, g);
      const row = tileBins + column;
      const sums = packed + (column << COLUMN_SHIFT);
      // padding has no bins: in the last group the second half may be all padding
      const isHalf = load<u32>(storedTable + (column + 4) * TABLE_STRIDE, 4) == 0;
      if (isHalf) addHalfGroup(tile, rows, row, binStride, sums);
      else addGroup(tile, rows, row, binStride, sums);
    }
  }
  const scales = f64x2(gradientScale, hessianScale);
  for (let g: usize = 0; g < groupCount; g++) {
    const column = firstColumnOf(groups, g);
    const record = storedTable + column * TABLE_STRIDE;
    unpackGroup(packed + (column << COLUMN_SHIFT), record, scales, histogram, bundleSums);
  }
}

// @ts-ignore: decorator
@inline
function firstColumnOf(groups: usize, g: usize): usize {
  return <usize>load<u32>(groups + (g << 2)) << 3;
}

/** Copies the pairs, as packed integers, and the bins of some rows side by side. */
// @ts-ignore: decorator
@inline
function gather(
  bins: usize,
  binStride: usize,
  indices: usize,
  rows: usize,
  gradients: usize,
  inverses: v128,
  tilePairs: usize,
  tileBins: usize,
): void {
  for (let end = indices + (rows << 2); indices < end; indices += 4, tilePairs += 8) {
    const row = <usize>load<u32>(indices);
    const pair = f32x4.mul(v128.load64_zero(gradients + (row << 3)), inverses);
    // an inverse is rounded, so the integers are only near
    const integers = i32x4.trunc_sat_f32x4_s(f32x4.nearest(pair));
    // the gradient goes above, where its sign does not carry into the hessian
    v128.store64_lane(tilePairs, v128.shuffle<i32>(integers, integers, 1, 0, 3, 2), 0);
    const from = bins + row * binStride;
    for (let byte: usize = 0; byte < binStride; byte += 8, tileBins += 8) {
      store<u64>(tileBins, load<u64>(from + byte));
    }
  }
}

/** Adds `rows` packed pairs to the bins of eight columns. The constants are multiples of 2^COLUMN_SHIFT. */
function addGroup(pairs: usize, rows: usize, row: usize, rowStride: usize, sums: usize): void {
  for (let end = pairs + (rows << 3); pairs < end; pairs += 8, row += rowStride) {
    const pair = load<u64>(pairs);
    let bin = sums + (<usize>load<u8>(row) << 3);
    store<u64>(bin, load<u64>(bin) + pair);
    bin = sums + (<usize>load<u8>(row, 1) << 3);
    store<u64>(bin, load<u64>(bin, 2048) + pair, 2048);
    bin = sums + (<usize>load<u8>(row, 2) << 3);
    store<u64>(bin, load<u64>(bin, 4096) + pair, 4096);
    bin = sums + (<usize>load<u8>(row, 3) << 3);
    store<u64>(bin, load<u64>(bin, 6144) + pair, 6144);
    bin = sums + (<usize>load<u8>(row, 4) << 3);
    store<u64>(bin, load<u64>(bin, 8192) + pair, 8192);
    bin = sums + (<usize>load<u8>(row, 5) << 3);
    store<u64>(bin, load<u64>(bin, 10240) + pair, 10240);
    bin = sums + (<usize>load<u8>(row, 6) << 3);
    store<u64>(bin, load<u64>(bin, 12288) + pair, 12288);
    bin = sums + (<usize>load<u8>(row, 7) << 3);
    store<u64>(bin, load<u64>(bin, 14336) + pair, 14336);
  }
}

/** {@link addGroup} for the first four columns. */
function addHalfGroup(pairs: usize, rows: usize, row: usize, rowStride: usize, sums: usize): void {
  for (let end = pairs + (rows << 3); pairs < end; pairs += 8, row += rowStride) {
    const pair = load<u64>(pairs);
    let bin = sums + (<usize>load<u8>(row) << 3);
    store<u64>(bin, load<u64>(bin) + pair);
    bin = sums + (<usize>load<u8>(row, 1) << 3);
    store<u64>(bin, load<u64>(bin, 2048) + pair, 2048);
    bin = sums + (<usize>load<u8>(row, 2) << 3);
    store<u64>(bin, load<u64>(bin, 4096) + pair, 4096);
    bin = sums + (<usize>load<u8>(row, 3) << 3);
    store<u64>(bin, load<u64>(bin, 6144) + pair, 6144);
  }
}

/** Writes the float64 pairs of eight columns; padding has no bins. */
function unpackGroup(
  sums: usize,
  record: usize,
  scales: v128,
  histogram: usize,
  bundleSums: usize,
): void {
  for (let k: usize = 0; k < 8; k++, record += TABLE_STRIDE) {
    let from = sums + (k << COLUMN_SHIFT);
    const end = from + (<usize>load<u32>(record, 4) << 3);
    let to = select<usize>(bundleSums, histogram, load<u32>(record, 12)) + load<u32>(record);
    for (; from < end; from += 8, to += 16) {
      const swapped = f64x2.convert_low_i32x4_s(v128.load64_zero(from));
      v128.store(to, f64x2.mul(v128.shuffle<f64>(swapped, swapped, 1, 0), scales));
    }
  }
}
