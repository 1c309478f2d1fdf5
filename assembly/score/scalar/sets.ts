import { AT_ONCE, COUNT, LEVEL_BYTES, levelRow, TABLE } from '../bin';
import { TILE_ROWS } from '../plan';
import { copySets } from '../sets';

/** The scalar twin of ../sets.ts. */
export function lookUpSets(column: usize, input: usize, out: usize, scratch: usize): void {
  const end = scratch + 4 * TILE_ROWS;
  const table = load<u32>(column, TABLE);
  const stride = load<u32>(column, LEVEL_BYTES);
  const levelCount = load<u32>(column, COUNT);
  for (let at = scratch; at < end; at += 4) {
    store<u32>(at, table + <u32>levelRow(load<f32>(input), levelCount) * stride);
    input += 4;
  }
  copySets(scratch, end, out, <usize>load<u32>(column, AT_ONCE));
}
