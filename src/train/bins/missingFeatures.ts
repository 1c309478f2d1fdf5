/** Values that are looked at together. */
const RUN = 2048;

/**
 * 1 for each feature with a NaN in some row. Most runs of values have none: zero times their sums tells so faster than a look at each.
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
  // not integers to begin with, for the sake of the compiler; a sum of four float32 is finite in float64
  let a = 0.5;
  let b = 0.5;
  let i = start;
  for (; i + 8 <= end; i += 8) {
    a += (values[i]! + values[i + 1]! + values[i + 2]! + values[i + 3]!) * 0;
    b += (values[i + 4]! + values[i + 5]! + values[i + 6]! + values[i + 7]!) * 0;
  }
  for (; i < end; i++) a += values[i]! * 0;
  return a + b === 1;
}
