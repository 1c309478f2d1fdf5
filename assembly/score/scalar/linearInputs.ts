import { VALUE_LIMIT } from '../linearInputs';
import { FEATURES, INPUT_COUNT, INPUTS, PREPARED } from '../linearPlan';

/** The scalar twins of ../linearInputs.ts. */
export function prepareInputs(plan: usize, row: usize, featureStride: usize): void {
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

export function sumInputs(plan: usize, output: usize): i64 {
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
