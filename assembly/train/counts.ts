import { TABLE_STRIDE } from './layout';

// 1024 row numbers: their bins stay in the cache from one group of columns to the next
const COUNT_TILE_BYTES: usize = 4096;

/**
 * Counts rows a bin, for the stored columns and groups of `buildHistogram`.
 * @param counts - a uint32 for each bin of a histogram, cleared first (OUT)
 * @param bundleCounts - a uint32 for each code of a bundle, cleared first (OUT)
 */
export function countRows(
  bins: usize,
  binStride: usize,
  indices: usize,
  count: usize,
  storedTable: usize,
  groups: usize,
  groupCount: usize,
  counts: usize,
  countBytes: usize,
  bundleCounts: usize,
  bundleCountBytes: usize,
): void {
  memory.fill(counts, 0, countBytes);
  memory.fill(bundleCounts, 0, bundleCountBytes);
  const end = indices + (count << 2);
  for (let tile = indices; tile < end; tile += COUNT_TILE_BYTES) {
    const tileEnd = min(tile + COUNT_TILE_BYTES, end);
    for (let g: usize = 0; g < groupCount; g++) {
      const column = <usize>load<u32>(groups + (g << 2)) << 3;
      const record = storedTable + column * TABLE_STRIDE;
      const c0 = firstCountOf(record, counts, bundleCounts);
      const c1 = firstCountOf(record + TABLE_STRIDE, counts, bundleCounts);
      const c2 = firstCountOf(record + 2 * TABLE_STRIDE, counts, bundleCounts);
      const c3 = firstCountOf(record + 3 * TABLE_STRIDE, counts, bundleCounts);
      const c4 = firstCountOf(record + 4 * TABLE_STRIDE, counts, bundleCounts);
      const c5 = firstCountOf(record + 5 * TABLE_STRIDE, counts, bundleCounts);
      const c6 = firstCountOf(record + 6 * TABLE_STRIDE, counts, bundleCounts);
      const c7 = firstCountOf(record + 7 * TABLE_STRIDE, counts, bundleCounts);
      const words = bins + column;
      for (let at = tile; at < tileEnd; at += 4) {
        const row = words + <usize>load<u32>(at) * binStride;
        const low = load<u32>(row);
        const high = load<u32>(row, 4);
        increment(c0 + ((low << 2) & 0x3fc));
        increment(c1 + ((low >> 6) & 0x3fc));
        increment(c2 + ((low >> 14) & 0x3fc));
        increment(c3 + ((low >> 22) & 0x3fc));
        increment(c4 + ((high << 2) & 0x3fc));
        increment(c5 + ((high >> 6) & 0x3fc));
        increment(c6 + ((high >> 14) & 0x3fc));
        increment(c7 + ((high >> 22) & 0x3fc));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function firstCountOf(record: usize, counts: usize, bundleCounts: usize): usize {
  // a count is a quarter of a pair
  return select<usize>(bundleCounts, counts, load<u32>(record, 12)) + (load<u32>(record) >> 2);
}

// @ts-ignore: decorator
@inline
function increment(count: usize): void {
  store<u32>(count, load<u32>(count) + 1);
}

/**
 * Counts rows a bin of one column. Rows take turns at two tables, so that one bin with most of the rows need not wait for its last store.
 * @param bins - the column's bins, a byte a row
 * @param spare - 256 uint32 (OUT)
 * @param counts - a uint32 for each of `binCount` bins (OUT)
 */
export function countColumn(
  bins: usize,
  indices: usize,
  count: usize,
  binCount: usize,
  spare: usize,
  counts: usize,
): void {
  memory.fill(spare, 0, binCount << 2);
  memory.fill(counts, 0, binCount << 2);
  const end = indices + (count << 2);
  for (; indices + 8 <= end; indices += 8) {
    const a = <usize>load<u8>(bins + <usize>load<u32>(indices)) << 2;
    const b = <usize>load<u8>(bins + <usize>load<u32>(indices, 4)) << 2;
    increment(counts + a);
    increment(spare + b);
  }
  if (indices < end) increment(counts + (<usize>load<u8>(bins + <usize>load<u32>(indices)) << 2));
  for (let at: usize = 0; at < binCount << 2; at += 4) {
    store<u32>(counts + at, load<u32>(counts + at) + load<u32>(spare + at));
  }
}
