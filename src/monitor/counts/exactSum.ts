/**
 * Sums that depend neither on the order of the terms nor on how they were shared out between workers: every term is cut to a
 * multiple of 2^-32 and added up as a whole number, in three parts worth 2^32, 1 and 2^-32. Merging is adding part by part.
 */
export type ExactSum = Float64Array;

const LIMB = 2 ** 32;
// a part is carried into the next one long before it would leave the whole numbers that a float64 holds
const FULL = 2 ** 52;

/** The empty sum. */
export function createExactSum(): ExactSum {
  return new Float64Array(3);
}

/** Adds one number, cut towards 0 to a multiple of 2^-32; |x| < 2^63. Mutates `sum`. O(1). */
export function addInto(sum: ExactSum, x: number): void {
  const high = Math.trunc(x / LIMB);
  const rest = x - high * LIMB;
  const unit = Math.trunc(rest);
  sum[0]! += high;
  sum[1]! += unit;
  sum[2]! += Math.trunc((rest - unit) * LIMB);
  if (Math.abs(sum[1]!) >= FULL || Math.abs(sum[2]!) >= FULL) carry(sum);
}

/** Adds another sum. Mutates `sum`. */
export function mergeInto(sum: ExactSum, other: ExactSum): void {
  for (let part = 0; part < 3; part++) sum[part]! += other[part]!;
  carry(sum);
}

/** Brings a sum into its one form in which the lower parts are in [0, 2^32): equal sums are equal bytes. Mutates `sum`. */
export function carry(sum: ExactSum): void {
  for (let part = 2; part > 0; part--) {
    const over = Math.floor(sum[part]! / LIMB);
    sum[part]! -= over * LIMB;
    sum[part - 1]! += over;
  }
}

/** The value of a sum in float64. */
export function totalOf(sum: ExactSum): number {
  const [high, unit, low] = sum;
  return high! * LIMB + unit! + low! / LIMB;
}
