import { TILE_ROWS } from '../plan';

/** The scalar twin of ../gather.ts. */
export function gatherFeatures(rows: usize, stride: usize, out: usize): void {
  for (const end = out + 4 * TILE_ROWS; out < end; out += 4) {
    store<u32>(out, load<u32>(rows));
    store<u32>(out, load<u32>(rows, 4), 4 * TILE_ROWS);
    store<u32>(out, load<u32>(rows, 8), 8 * TILE_ROWS);
    store<u32>(out, load<u32>(rows, 12), 12 * TILE_ROWS);
    rows += stride;
  }
}
