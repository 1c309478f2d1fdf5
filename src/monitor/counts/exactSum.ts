/**
 * Sums that depend neither on the order of the terms nor on how they were shared out between workers: every term is cut to a
 * multiple of 2^-32 and added up as a whole number, in three parts worth 2^32, 1 and 2^-32. Merging is adding part by part.
 * Several sums stand behind each other, three parts each.
 */
export type ExactSums = Float64Array;

const PARTS = 3;
const LIMB = 2 ** 32;
// a part is carried into the next one long before it would leave the whole numbers that a float64 holds
const FULL = 2 ** 52;

/** Empty sums. */
export function createExactSums(count: number): ExactSums {
  return new Float64Array(PARTS * count);
}

/**
 * Adds one number to the sum at `index`, cut towards 0 to a multiple of 2^-32; |x| <= 2^48, at which 2^36 terms are exact.
 * Mutates `sums`. O(1).
 */
export function addInto(sums: ExactSums, index: number, x: number): void {
  const first = PARTS * index;
  const high = Math.trunc(x / LIMB);
  const rest = x - high * LIMB;
  const unit = Math.trunc(rest);
  sums[first]! += high;
  sums[first + 1]! += unit;
  sums[first + 2]! += Math.trunc((rest - unit) * LIMB);
  if (Math.abs(sums[first + 1]!) >= FULL || Math.abs(sums[first + 2]!) >= FULL)
    carryOf(sums, first);
}

/** Adds as many other sums, each to its own. Mutates `sums`. */
export function mergeInto(sums: ExactSums, other: ExactSums): void {
  for (let part = 0; part < sums.length; part++) sums[part]! += other[part]!;
  carry(sums);
}

/** Brings sums into their one form in which the lower parts are in [0, 2^32): equal sums are equal bytes. Mutates `sums`. */
export function carry(sums: ExactSums): void {
  for (let first = 0; first < sums.length; first += PARTS) carryOf(sums, first);
}

/** The value of the sum at `index` in float64. */
export function totalOf(sums: ExactSums, index: number): number {
  const first = PARTS * index;
  return sums[first]! * LIMB + sums[first + 1]! + sums[first + 2]! / LIMB;
}

/** The values of all sums in float64. */
export function totalsOf(sums: ExactSums): Float64Array {
  return Float64Array.from({ length: sums.length / PARTS }, (_, index) => totalOf(sums, index));
}

function carryOf(sums: ExactSums, first: number): void {
  for (let part = first + PARTS - 1; part > first; part--) {
    const over = Math.floor(sums[part]! / LIMB);
    sums[part]! -= over * LIMB;
    sums[part - 1]! += over;
  }
}
