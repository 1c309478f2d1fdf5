/**
 * Row indices spread evenly over a sample, ascending: the data may be sorted, so the first rows would not do.
 * @returns all rows when there are at most `limit`, else `limit` of them.
 */
export function evenRows(rowCount: number, limit: number): Uint32Array {
  const length = Math.min(rowCount, limit);
  return Uint32Array.from({ length }, (_, i) => Math.floor((i * rowCount) / length));
}

/** The rows of a row-major matrix that {@link evenRows} names. @param width - numbers a row */
export function evenMatrix(
  matrix: Float32Array,
  width: number,
  rowCount: number,
  limit: number,
): { matrix: Float32Array; rowCount: number } {
  const chosen = evenRows(rowCount, limit);
  const rows = new Float32Array(chosen.length * width);
  chosen.forEach((row, i) => {
    rows.set(matrix.subarray(row * width, (row + 1) * width), i * width);
  });
  return { matrix: rows, rowCount: chosen.length };
}
