import { EXP_UNDERFLOW, expInRange } from '../exponential';

/** e^x for x <= 0; what is below the range is taken away afterwards. */
// @ts-ignore: decorator
@inline
export function expNegative(x: v128): v128 {
  return v128.andnot(expInRange(x), f64x2.lt(x, f64x2.splat(EXP_UNDERFLOW)));
}
