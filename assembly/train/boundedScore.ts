/**
 * What two children take away together, `-(2 G w + (H + l2) w² + 2 l1 |w|)` each at its best value w within [lower, upper];
 * -Infinity where `direction` times the right value less the left one is negative. A division a lane.
 */
// @ts-ignore: decorator
@inline
export function boundedScore(
  leftG: v128,
  leftH: v128,
  g: v128,
  h: v128,
  l1: v128,
  l2: v128,
  lower: v128,
  upper: v128,
  direction: v128,
): v128 {
  const rightG = f64x2.sub(g, leftG);
  const leftD = f64x2.add(leftH, l2);
  const rightD = f64x2.add(f64x2.sub(h, leftH), l2);
  const left = clamp(f64x2.div(f64x2.neg(soft(leftG, l1)), leftD), lower, upper);
  const right = clamp(f64x2.div(f64x2.neg(soft(rightG, l1)), rightD), lower, upper);
  const allowed = f64x2.ge(f64x2.mul(direction, f64x2.sub(right, left)), f64x2.splat(0));
  const score = f64x2.neg(f64x2.add(loss(left, leftG, leftD, l1), loss(right, rightG, rightD, l1)));
  return v128.bitselect(score, f64x2.splat(-Infinity), allowed);
}

/** `2 G w + D w² + 2 l1 |w|` */
// @ts-ignore: decorator
@inline
function loss(w: v128, g: v128, d: v128, l1: v128): v128 {
  const two = f64x2.splat(2);
  const quadratic = f64x2.mul(w, f64x2.add(f64x2.mul(two, g), f64x2.mul(d, w)));
  return f64x2.add(quadratic, f64x2.mul(f64x2.mul(two, l1), f64x2.abs(w)));
}

/** The soft threshold, sign and all. */
// @ts-ignore: decorator
@inline
function soft(g: v128, l1: v128): v128 {
  return f64x2.sub(g, clamp(g, f64x2.neg(l1), l1));
}

// @ts-ignore: decorator
@inline
function clamp(x: v128, lower: v128, upper: v128): v128 {
  return f64x2.pmax(lower, f64x2.pmin(upper, x));
}
