/**
 * Row indices spread evenly over a sample, ascending: the data may be sorted, so the first rows would not do.
 * @returns all rows when there are at most `limit`, else `limit` of them.
 */
export function evenRows(rowCount: number, limit: number): Uint32Array {
  const length = Math.min(rowCount, limit);
  return Uint32Array.from({ length }, (_, i) => Math.floor((i * rowCount) / length));
}
