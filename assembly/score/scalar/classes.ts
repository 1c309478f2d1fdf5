import { ONE_VS_ALL, SOFTMAX } from '../classes';
import { exp, sigmoid } from './elementary';

/** The scalar twin of ../classes.ts: one row at a time. */
export function classesInto(
  margins: usize,
  stride: usize,
  rowCount: i32,
  classCount: i32,
  link: i32,
  scale: f64,
  out: usize,
): void {
  const length = stride * <usize>classCount;
  for (const lastRow = margins + 8 * rowCount; margins < lastRow; margins += 8) {
    const end = margins + length;
    let greatest: f64 = -Infinity;
    if (link == SOFTMAX) {
      for (let at = margins; at < end; at += stride) greatest = max(greatest, load<f64>(at));
    }
    let sum: f64 = 0;
    for (let at = margins; at < end; at += stride) {
      const margin = load<f64>(at);
      let value: f64;
      if (link == SOFTMAX) value = exp(scale * (margin - greatest));
      else if (link == ONE_VS_ALL) value = sigmoid(scale * margin);
      else value = max<f64>(0, margin);
      store<f64>(at, value);
      sum += value;
    }
    for (let at = margins; at < end; at += stride) {
      store<f32>(out, <f32>(sum > 0 ? load<f64>(at) / sum : 1 / <f64>classCount));
      out += 4;
    }
  }
}
