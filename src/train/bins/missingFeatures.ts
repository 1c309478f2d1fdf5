/** Values that are looked at together. */
const RUN = 2048;

/**
 * 1 for each feature with a NaN in some row. Most runs of values have none: zero times each of them, added up in four sums, tells so faster
 * than a look at each.
 * @param matrix - row-major
 */
export function featuresWithMissing(matrix: Float32Array, featureCount: number): Uint8Array {
  const missing = new Uint8Array(featureCount);
  for (let start = 0; start < matrix.length; start += RUN) {
    const end = Math.min(matrix.length, start + RUN);
    // infinities end here too
    if (areFinite(matrix, start, end)) continue;
    for (let i = start; i < end; i++) {
      const x = matrix[i]!;
      if (x !== x) missing[i % featureCount] = 1;
    }
  }
  return missing;
}

function areFinite(values: Float32Array, start: number, end: number): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = start;
  for (; i + 4 <= end; i += 4) {
    a += values[i]! * 0;
    b += values[i + 1]! * 0;
    c += values[i + 2]! * 0;
    d += values[i + 3]! * 0;
  }
  for (; i < end; i++) a += values[i]! * 0;
  return a + b + c + d === 0;
}
