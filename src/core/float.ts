/**
 * The float policy, in one place.
 *
 * - Raw numbers become float32 once, at the edge (`Math.fround`), in training and in scoring alike.
 * - Derived features are computed in float32, one rounding an operation, as ONNX Runtime does.
 * - Thresholds are float32; `x <= threshold` goes left, so every engine takes the same branch.
 * - Gradients are float32; histogram sums, gains, leaf values and margins are float64, because
 *   subtracting large float32 sums (parent - sibling) cancels.
 * - The probability handed out is float32.
 */

const floatView = new Float32Array(1);
const intView = new Int32Array(floatView.buffer);

/** The next float32 above `x`; -0 counts as +0, Infinity and NaN stay. */
export function nextUp32(x: number): number {
  if (x !== x || x === Infinity) return x;
  floatView[0] = x;
  if (floatView[0] === 0) intView[0] = 1;
  else intView[0]! += floatView[0]! > 0 ? 1 : -1;
  return floatView[0]!;
}

/** The next float32 below `x`. */
export function nextDown32(x: number): number {
  return -nextUp32(-x);
}

/** The largest float32 that is not above `x`: for a float32 v, `v <= x` and `v <= floor32(x)` agree. */
export function floor32(x: number): number {
  const rounded = Math.fround(x);
  return rounded > x ? nextDown32(rounded) : rounded;
}

/** The number with the fewest digits that is `x` when rounded to float32; `x` itself when it is no float32. */
export function shortest32(x: number): number {
  for (let digits = 6; digits < 10; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short;
  }
  return x;
}
