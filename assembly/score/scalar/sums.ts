import { SUM_BYTES, SUMS, TILE_ROWS } from '../plan';

/** The scalar twin of ../sums.ts. Sums are 16 bits a row here, in the order of the rows. */
export function clearSums(plan: usize, planeCount: i32): void {
  let sum = <usize>load<u32>(plan, SUMS);
  for (const end = sum + SUM_BYTES * planeCount; sum < end; sum += 8) store<u64>(sum, 0);
}

/** `margins += scale * (sum + constant)` in float64 for a tile; the sum of two planes is `high * 256 + low`. */
export function foldSums(
  plan: usize,
  planeCount: i32,
  constant: i32,
  scale: f64,
  margins: usize,
): void {
  let at = <usize>load<u32>(plan, SUMS);
  for (const end = at + SUM_BYTES; at < end; at += 2) {
    let sum = constant + load<u16>(at);
    if (planeCount == 2) sum += <i32>load<u16>(at, SUM_BYTES) << 8;
    store<f64>(margins, load<f64>(margins) + scale * <f64>sum);
    margins += 8;
  }
}

/** Sets the margins of a tile to the base score. */
export function fillMargins(margins: usize, value: f64): void {
  for (const end = margins + 8 * TILE_ROWS; margins < end; margins += 8) store<f64>(margins, value);
}
