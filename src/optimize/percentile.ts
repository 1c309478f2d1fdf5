/**
 * A percentile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7, as NumPy's default).
 * @param sorted - ascending; NaN when empty (IN)
 * @param rank - in [0, 100]
 */
export function percentile(sorted: ArrayLike<number>, rank: number): number {
  const position = ((sorted.length - 1) * rank) / 100;
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.ceil(position)] ?? NaN;
  return low + (high - low) * (position - below);
}

/** The median of numbers in any order. O(n log n). */
export function median(values: ArrayLike<number>): number {
  return percentile(Float64Array.from(values).sort(), 50);
}
