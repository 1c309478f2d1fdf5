import { expOf } from './elementary';

/** `out = float32(sigmoid(slope * margin + intercept))`; reads and writes up to the next multiple of two rows. */
export function sigmoidInto(
  margins: usize,
  rowCount: i32,
  slope: f64,
  intercept: f64,
  out: usize,
): void {
  for (let row = 0; row < rowCount; row += 2) {
    const margin = v128.load(margins + 8 * row);
    const x = f64x2.add(f64x2.mul(f64x2.splat(slope), margin), f64x2.splat(intercept));
    v128.store64_lane(out + 4 * row, toSingle(sigmoidOf(x)), 0);
  }
}

// @ts-ignore: decorator
@inline
export function sigmoidOf(x: v128): v128 {
  const e = expOf(f64x2.neg(f64x2.abs(x)));
  const one = f64x2.splat(1);
  const numerator = v128.bitselect(e, one, f64x2.lt(x, f64x2.splat(0)));
  return f64x2.div(numerator, f64x2.add(one, e));
}

// @ts-ignore: decorator
@inline
export function toSingle(x: v128): v128 {
  return f32x4.demote_f64x2_zero(x);
}
