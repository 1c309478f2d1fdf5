import { fillLevelRows, sumLevels } from '../linearLevels';
import {
  FEATURES,
  INPUT_COUNT,
  INPUTS,
  MARGIN_STRIDE,
  OUTPUT_BYTES,
  OUTPUT_COUNT,
  OUTPUTS,
  PREPARED,
  ROW_STRIDE,
} from '../linearPlan';

/** the greatest integer that an input becomes */
const VALUE_LIMIT: f64 = 32767;

/** The scalar twin of ../linear.ts. */
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
    prepare(plan, rows, featureStride);
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

/** Fills, clips and centres the numeric inputs of a row, once for all outputs. */
function prepare(plan: usize, row: usize, featureStride: usize): void {
  const bytes = <usize>load<u32>(plan, INPUT_COUNT) << 3;
  let input = <usize>load<u32>(plan, INPUTS);
  let feature = <usize>load<u32>(plan, FEATURES);
  let out = <usize>load<u32>(plan, PREPARED);
  for (const end = out + bytes; out < end; out += 8) {
    let x = <f64>load<f32>(row + <usize>load<u32>(feature) * featureStride);
    if (x != x) x = load<f64>(input);
    const lower = load<f64>(input + bytes);
    if (x < lower) x = lower;
    const upper = load<f64>(input + 2 * bytes);
    if (x > upper) x = upper;
    store<f64>(out, x - load<f64>(input + 3 * bytes));
    input += 8;
    feature += 4;
  }
}

/** The integer dot product of the numeric inputs of an output. */
function sumInputs(plan: usize, output: usize): i64 {
  let step = <usize>load<u32>(output, 16);
  let weight = <usize>load<u32>(output, 20);
  let at = <usize>load<u32>(plan, PREPARED);
  let sum: i64 = 0;
  for (const end = at + (<usize>load<u32>(plan, INPUT_COUNT) << 3); at < end; at += 8) {
    let q = floor(load<f64>(at) * load<f64>(step) + 0.5);
    if (q > VALUE_LIMIT) q = VALUE_LIMIT;
    if (q < -VALUE_LIMIT) q = -VALUE_LIMIT;
    sum += <i64>(<i32>q * <i32>load<i8>(weight));
    step += 8;
    weight++;
  }
  return sum;
}
