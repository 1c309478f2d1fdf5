import { fillLevelRows, sumLevels } from './linearLevels';
import { MARGIN_STRIDE, OUTPUT_BYTES, OUTPUT_COUNT, OUTPUTS, ROW_STRIDE } from './linearPlan';
import { prepareInputs, sumInputs } from './loops';

/**
 * The float64 margins of rows of features by a linear model: `intercept + scale * sum` with the integer dot product of int16
 * inputs and int8 weights, as `quantizedMargins` has it.
 * @param rows - float32
 * @param columnStride - 0 of row-major rows; else bytes from a feature to the next
 * @param margins - f64 a row for each output, MARGIN_STRIDE bytes apart
 * @returns the last margin written, which spares a host with one output a look into the memory
 */
export function linearMargins(
  plan: usize,
  rows: usize,
  columnStride: usize,
  rowCount: i32,
  margins: usize,
): f64 {
  const rowStride: usize = columnStride ? 4 : <usize>load<u32>(plan, ROW_STRIDE);
  const featureStride: usize = columnStride ? columnStride : 4;
  const marginStride = <usize>load<u32>(plan, MARGIN_STRIDE);
  let margin: f64 = 0;
  for (const lastRow = margins + 8 * rowCount; margins < lastRow; margins += 8) {
    prepareInputs(plan, rows, featureStride);
    fillLevelRows(plan, rows, featureStride);
    let output = <usize>load<u32>(plan, OUTPUTS);
    const end = margins + marginStride * <usize>load<u32>(plan, OUTPUT_COUNT);
    for (let out = margins; out < end; out += marginStride) {
      const sum = sumInputs(plan, output) + sumLevels(plan, output);
      margin = load<f64>(output) + load<f64>(output, 8) * <f64>sum;
      store<f64>(out, margin);
      output += OUTPUT_BYTES;
    }
    rows += rowStride;
  }
  return margin;
}
