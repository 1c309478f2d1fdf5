import { HIGH_BINS, KIND, LOW_BINS, MISSING, SETS, TEST_COUNT } from './bin';
import { TILE_ROWS } from './plan';

/**
 * The ranks of one column of a tile, as `binColumn` makes them of features, from bytes of the blob's columns.
 * @param bins - the bytes of the blob's first column; no byte gives a rank that is not one
 * @param stride - bytes from a column of the blob to the next
 */
export function ranksOfBins(column: usize, bins: usize, stride: usize, out: usize): void {
  let low = bins + <usize>load<u32>(column, LOW_BINS) * stride;
  let high = bins + <usize>load<u32>(column, HIGH_BINS) * stride;
  const isSet = load<u32>(column, KIND) == SETS;
  // missing is the greatest byte of a high column: right of its thresholds, and left of all others
  const highCount = load<i32>(column, MISSING);
  const mostHigh = i8x16.splat(<i8>highCount);
  const mostLow = i8x16.splat(<i8>(load<i32>(column, TEST_COUNT) - highCount));
  const one = i8x16.splat(1);
  for (const end = out + TILE_ROWS; out < end; out += 16) {
    const bytes = v128.load(low);
    const rank = i8x16.add(
      i8x16.min_u(i8x16.sub_sat_u(bytes, one), mostLow),
      i8x16.min_u(i8x16.sub_sat_u(v128.load(high), one), mostHigh),
    );
    v128.store(out, isSet ? v128.not(bytes) : rank);
    low += 16;
    high += 16;
  }
}
