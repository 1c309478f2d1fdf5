/**
 * Writes eight columns of bytes side by side, into one group of a row-major matrix.
 * @param sources - eight uint32: where each column's first byte is
 * @param out - the group's first byte in the first row (OUT)
 * @param outStride - bytes from row to row
 */
export function storeColumns(
  sources: usize,
  rowCount: usize,
  out: usize,
  outStride: usize,
): void {
  const c0 = <usize>load<u32>(sources);
  const c1 = <usize>load<u32>(sources, 4);
  const c2 = <usize>load<u32>(sources, 8);
  const c3 = <usize>load<u32>(sources, 12);
  const c4 = <usize>load<u32>(sources, 16);
  const c5 = <usize>load<u32>(sources, 20);
  const c6 = <usize>load<u32>(sources, 24);
  const c7 = <usize>load<u32>(sources, 28);
  for (let row: usize = 0; row < rowCount; row++, out += outStride) {
    const low =
      load<u8>(c0 + row) |
      (<u32>load<u8>(c1 + row) << 8) |
      (<u32>load<u8>(c2 + row) << 16) |
      (<u32>load<u8>(c3 + row) << 24);
    const high =
      load<u8>(c4 + row) |
      (<u32>load<u8>(c5 + row) << 8) |
      (<u32>load<u8>(c6 + row) << 16) |
      (<u32>load<u8>(c7 + row) << 24);
    store<u32>(out, low);
    store<u32>(out, high, 4);
  }
}
