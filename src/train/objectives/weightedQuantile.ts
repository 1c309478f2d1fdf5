/**
 * The weighted quantile: a value v that minimises the weighted pinball loss, the middle of all such values.
 * @param values - finite, at least one (IN)
 * @param weights - > 0, one a value
 * @param level - in (0, 1)
 * O(n log n).
 */
export function weightedQuantile(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  level: number,
): number {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  order.sort((a, b) => values[a]! - values[b]! || a - b);
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i]!;
  const wanted = level * total;
  let below = 0;
  for (let i = 0; i < order.length - 1; i++) {
    below += weights[order[i]!]!;
    if (below > wanted) return values[order[i]!]!;
    if (below === wanted) return (values[order[i]!]! + values[order[i + 1]!]!) / 2;
  }
  return values[order[order.length - 1]!]!;
}
