/**
 * Cuts sorted values into bins of about equal count. A value that fills a bin by itself gets one of its own, and the
 * rows that are left are shared out among the bins that are left, so a column of mostly zeros still has a binned tail.
 * @param sorted - ascending, finite
 * @param maxBins - >= 1
 * @returns ascending distinct edges, at most maxBins - 1; bin i is `edges[i - 1] < x <= edges[i]`, no bin is empty.
 */
export function quantileEdges(sorted: Float32Array, maxBins: number): number[] {
  const { values, counts } = distinct(sorted);
  const everyValue = values.length <= maxBins;
  const edges: number[] = [];
  let rowsLeft = sorted.length;
  let inBin = 0;
  for (let i = 0; i + 1 < values.length && edges.length + 1 < maxBins; i++) {
    inBin += counts[i]!;
    const target = rowsLeft / (maxBins - edges.length);
    if (!everyValue && inBin < target && counts[i + 1]! < target) continue;
    // + 0 turns the edge -0 into 0: JSON knows no -0
    edges.push(values[i]! + 0);
    rowsLeft -= inBin;
    inBin = 0;
  }
  return edges;
}

/** The bin of a value: the number of edges below it. `x` is not NaN. O(edges). */
export function binOf(edges: ArrayLike<number>, x: number): number {
  let bin = 0;
  while (bin < edges.length && x > edges[bin]!) bin++;
  return bin;
}

function distinct(sorted: Float32Array): { values: number[]; counts: number[] } {
  const values: number[] = [];
  const counts: number[] = [];
  for (const x of sorted) {
    if (values.length > 0 && x === values[values.length - 1]) counts[counts.length - 1]!++;
    else {
      values.push(x);
      counts.push(1);
    }
  }
  return { values, counts };
}
