import { expOf } from './elementary';
import { sigmoidOf, toSingle } from './link';

/** e to the distance from the greatest margin, which is at most 0 */
export const SOFTMAX: i32 = 0;
/** the logistic function of each margin; any other link clamps the margins at 0 */
export const ONE_VS_ALL: i32 = 1;

/**
 * Probabilities of classes from margins: what the link makes of each, divided by their sum, with the operations of
 * `classProbabilities` in their order. Reads and writes up to the next multiple of two rows.
 * @param margins - f64 a row for each class, `stride` bytes apart; overwritten
 * @param scale - what softmax and one-vs-all multiply margins by, > 0
 * @param out - f32, row-major
 */
export function classesInto(
  margins: usize,
  stride: usize,
  rowCount: i32,
  classCount: i32,
  link: i32,
  scale: f64,
  out: usize,
): void {
  const end = margins + stride * <usize>classCount;
  const rowBytes = <usize>classCount << 2;
  const factor = f64x2.splat(scale);
  const zero = f64x2.splat(0);
  const equal = f64x2.splat(1 / <f64>classCount);
  for (let row = 0; row < rowCount; row += 2) {
    const first = margins + 8 * row;
    const last = end + 8 * row;
    let greatest = f64x2.splat(-Infinity);
    if (link == SOFTMAX) {
      for (let at = first; at < last; at += stride) greatest = f64x2.max(greatest, v128.load(at));
    }
    let sum = zero;
    for (let at = first; at < last; at += stride) {
      const margin = v128.load(at);
      let value = f64x2.max(zero, margin);
      if (link == SOFTMAX) value = expOf(f64x2.mul(factor, f64x2.sub(margin, greatest)));
      else if (link == ONE_VS_ALL) value = sigmoidOf(f64x2.mul(factor, margin));
      v128.store(at, value);
      sum = f64x2.add(sum, value);
    }
    const isPositive = f64x2.gt(sum, zero);
    for (let at = first; at < last; at += stride) {
      const share = v128.bitselect(f64x2.div(v128.load(at), sum), equal, isPositive);
      const single = toSingle(share);
      v128.store32_lane(out, single, 0);
      v128.store32_lane(out + rowBytes, single, 1);
      out += 4;
    }
    out += rowBytes;
  }
}
