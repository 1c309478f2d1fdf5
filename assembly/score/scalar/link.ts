import { exp, sigmoid } from './elementary';

/** `out = float32(sigmoid(slope * margin + intercept))`. */
export function sigmoidInto(
  margins: usize,
  rowCount: i32,
  slope: f64,
  intercept: f64,
  out: usize,
): void {
  for (const end = out + 4 * rowCount; out < end; out += 4) {
    store<f32>(out, <f32>sigmoid(slope * load<f64>(margins) + intercept));
    margins += 8;
  }
}

/** `out = float32(exp(margin))`. */
export function expInto(margins: usize, rowCount: i32, out: usize): void {
  for (const end = out + 4 * rowCount; out < end; out += 4) {
    store<f32>(out, <f32>exp(load<f64>(margins)));
    margins += 8;
  }
}
