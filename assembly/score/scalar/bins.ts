import { HIGH_BINS, KIND, LOW_BINS, MISSING, SETS, TEST_COUNT } from '../bin';
import { TILE_ROWS } from '../plan';

/** The scalar twin of ../bins.ts. */
export function ranksOfBins(column: usize, bins: usize, stride: usize, out: usize): void {
  let low = bins + <usize>load<u32>(column, LOW_BINS) * stride;
  let high = bins + <usize>load<u32>(column, HIGH_BINS) * stride;
  const isSet = load<u32>(column, KIND) == SETS;
  const mostHigh = load<u32>(column, MISSING);
  const mostLow = load<u32>(column, TEST_COUNT) - mostHigh;
  for (const end = out + TILE_ROWS; out < end; out++) {
    store<u8>(out, isSet ? ~load<u8>(low) : rankOf(low, mostLow) + rankOf(high, mostHigh));
    low++;
    high++;
  }
}

// @ts-ignore: decorator
@inline
function rankOf(at: usize, most: u32): u32 {
  const byte = <u32>load<u8>(at);
  return min(byte - u32(byte > 0), most);
}
