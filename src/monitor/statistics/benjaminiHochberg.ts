/**
 * Adjusts p-values for having been taken together (Benjamini and Hochberg 1995): calling those at or below α significant
 * keeps the expected share of false ones among them at α. When nothing has changed at all, the probability of a single
 * significant one is at most α.
 * @returns one adjusted p-value in [0, 1] for each, in the same order. O(n log n).
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const count = pValues.length;
  const order = Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = new Float64Array(count);
  let least = 1;
  for (let rank = count; rank >= 1; rank--) {
    const index = order[rank - 1]!;
    least = Math.min(least, (pValues[index]! * count) / rank);
    adjusted[index] = least;
  }
  return adjusted;
}
