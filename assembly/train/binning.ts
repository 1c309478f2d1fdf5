/**
 * Maps the values of one numeric column to bins: `bin = #{ thresholds < value }`, missing to a bin of its own.
 * Four branch-free binary searches run side by side, as one alone waits for its own loads.
 * @param values - byte address of the column's first float32
 * @param valueStride - bytes from row to row
 * @param thresholds - 255 float32, ascending, padded with +Infinity
 * @param firstStep - power of two; 2 * firstStep - 1 >= number of thresholds
 * @param bins - byte address of the column's first bin, a byte a row (OUT)
 */
export function binColumn(
  values: usize,
  valueStride: usize,
  rowCount: usize,
  thresholds: usize,
  firstStep: usize,
  missingBin: u32,
  bins: usize,
): void {
  let row: usize = 0;
  for (; row + 4 <= rowCount; row += 4) {
    const x0 = load<f32>(values);
    const x1 = load<f32>(values + valueStride);
    const x2 = load<f32>(values + 2 * valueStride);
    const x3 = load<f32>(values + 3 * valueStride);
    values += 4 * valueStride;
    let p0 = thresholds;
    let p1 = thresholds;
    let p2 = thresholds;
    let p3 = thresholds;
    for (let step = firstStep << 2; step >= 4; step >>= 1) {
      p0 += select<usize>(step, 0, load<f32>(p0 + step - 4) < x0);
      p1 += select<usize>(step, 0, load<f32>(p1 + step - 4) < x1);
      p2 += select<usize>(step, 0, load<f32>(p2 + step - 4) < x2);
      p3 += select<usize>(step, 0, load<f32>(p3 + step - 4) < x3);
    }
    const b0 = select<u32>(<u32>((p0 - thresholds) >> 2), missingBin, x0 == x0);
    const b1 = select<u32>(<u32>((p1 - thresholds) >> 2), missingBin, x1 == x1);
    const b2 = select<u32>(<u32>((p2 - thresholds) >> 2), missingBin, x2 == x2);
    const b3 = select<u32>(<u32>((p3 - thresholds) >> 2), missingBin, x3 == x3);
    store<u32>(bins + row, b0 | (b1 << 8) | (b2 << 16) | (b3 << 24));
  }
  for (; row < rowCount; row++) {
    const x = load<f32>(values);
    values += valueStride;
    let p = thresholds;
    for (let step = firstStep << 2; step >= 4; step >>= 1) {
      p += select<usize>(step, 0, load<f32>(p + step - 4) < x);
    }
    const bin = select<u32>(<u32>((p - thresholds) >> 2), missingBin, x == x);
    store<u8>(bins + row, bin);
  }
}
