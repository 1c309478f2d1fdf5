import { EXP_HIGH } from '../exponential';
import { expOf } from './elementary';
import { toSingle } from './link';

/** `out = float32(exp(margin))`; reads and writes up to the next multiple of two rows. */
export function expInto(margins: usize, rowCount: i32, out: usize): void {
  for (let row = 0; row < rowCount; row += 2) {
    const x = f64x2.min(v128.load(margins + 8 * row), f64x2.splat(EXP_HIGH));
    v128.store64_lane(out + 4 * row, toSingle(expOf(x)), 0);
  }
}
