/**
 * Sums of float32 numbers that are exact and so depend neither on the order of the terms nor on how they were shared
 * out between workers.
 *
 * One float64 a binade: all float32 of one exponent are multiples of the same power of two and below 2^24 of it, so
 * their float64 sum is exact up to 2^29 terms a binade (M. A. Malcolm, "On accurate floating-point summation",
 * CACM 14(11), 1971). Merging two sums is adding them element by element.
 */
export type ExactSum = Float64Array;

const BINADES = 255;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The empty sum: 255 zeros, 2 kB. */
export function createExactSum(): ExactSum {
  return new Float64Array(BINADES);
}

/** Adds one number, rounded to float32; it must be finite as a float32. Mutates `sum`. O(1). */
export function addInto(sum: ExactSum, x: number): void {
  float[0] = x;
  const binade = (bits[0]! >>> 23) & 255;
  sum[binade]! += float[0]!;
}

/** Adds another sum. Mutates `sum`. */
export function mergeInto(sum: ExactSum, other: ExactSum): void {
  for (let binade = 0; binade < BINADES; binade++) sum[binade]! += other[binade]!;
}

/** The value of a sum in float64: the binades are added in a fixed order, from the smallest up. */
export function totalOf(sum: ExactSum): number {
  let total = 0;
  for (let binade = 0; binade < BINADES; binade++) total += sum[binade]!;
  return total;
}
