import { FEATURES, INPUT_COUNT, INPUTS, PREPARED } from './linearPlan';

/** the greatest integer that an input becomes */
export const VALUE_LIMIT: f64 = 32767;
/** adding it leaves an integer in the low bits */
const TO_INTEGER: f64 = 6755399441055744;

/** Fills, clips and centres the numeric inputs of a row, once for all outputs. */
export function prepareInputs(plan: usize, row: usize, featureStride: usize): void {
  const bytes = <usize>load<u32>(plan, INPUT_COUNT) << 3;
  const inputs = <usize>load<u32>(plan, INPUTS);
  const prepared = <usize>load<u32>(plan, PREPARED);
  let feature = <usize>load<u32>(plan, FEATURES);
  for (let at: usize = 0; at < bytes; at += 16) {
    const single = v128.load_lane<f32>(
      row + <usize>load<u32>(feature, 4) * featureStride,
      v128.load32_zero(row + <usize>load<u32>(feature) * featureStride),
      1,
    );
    const x = f64x2.promote_low_f32x4(single);
    const input = inputs + at;
    const filled = v128.bitselect(v128.load(input), x, f64x2.ne(x, x));
    const raised = f64x2.pmax(v128.load(input + bytes), filled);
    const clipped = f64x2.pmin(v128.load(input + 2 * bytes), raised);
    v128.store(prepared + at, f64x2.sub(clipped, v128.load(input + 3 * bytes)));
    feature += 8;
  }
}

/** The integer dot product of the numeric inputs of an output, eight at a time. */
export function sumInputs(plan: usize, output: usize): i64 {
  let step = <usize>load<u32>(output, 16);
  let weight = <usize>load<u32>(output, 20);
  let at = <usize>load<u32>(plan, PREPARED);
  let sum = i64x2.splat(0);
  for (const end = at + (<usize>load<u32>(plan, INPUT_COUNT) << 3); at < end; at += 64) {
    const low = i16x8.narrow_i32x4_s(quantizeFour(at, step), quantizeFour(at + 32, step + 32));
    const products = i32x4.dot_i16x8_s(low, v128.load8x8_s(weight));
    // of any number of inputs: 32 bits would hold those of some two thousand
    sum = i64x2.add(sum, i64x2.extend_low_i32x4_s(products));
    sum = i64x2.add(sum, i64x2.extend_high_i32x4_s(products));
    step += 64;
    weight += 8;
  }
  return i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1);
}

/** Four inputs as i32: scaled, rounded half up, at most VALUE_LIMIT off 0. */
// @ts-ignore: decorator
@inline
function quantizeFour(at: usize, step: usize): v128 {
  return v128.shuffle<i32>(quantizeTwo(at, step), quantizeTwo(at + 16, step + 16), 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function quantizeTwo(at: usize, step: usize): v128 {
  const scaled = f64x2.mul(v128.load(at), v128.load(step));
  const q = f64x2.floor(f64x2.add(scaled, f64x2.splat(0.5)));
  const clipped = f64x2.pmin(f64x2.splat(VALUE_LIMIT), f64x2.pmax(f64x2.splat(-VALUE_LIMIT), q));
  return f64x2.add(clipped, f64x2.splat(TO_INTEGER));
}
