/** Points in (0, 1), ascending, and their weights, which add up to 1. */
export interface Quadrature {
  points: Float64Array;
  weights: Float64Array;
}

/**
 * Gauss-Legendre quadrature on [0, 1]: exact for polynomials of degree `2 * pointCount - 1`, and every weight is positive.
 *
 * The roots of the Legendre polynomial by Newton's method from Tricomi's estimate (Abramowitz and Stegun 25.4.29, 22.16.6).
 * Only `+ - * /` are used, so every engine computes the same bits. O(pointCount²).
 * @param pointCount - >= 1
 */
export function gaussLegendre(pointCount: number): Quadrature {
  const points = new Float64Array(pointCount);
  const weights = new Float64Array(pointCount);
  for (let i = 0; i < pointCount - i; i++) {
    const mirrored = pointCount - 1 - i;
    let x = mirrored === i ? 0 : cosine((Math.PI * (i + 0.75)) / (pointCount + 0.5));
    let slope = legendre(pointCount, x).slope;
    for (let step = 0; step < 100; step++) {
      const { value } = legendre(pointCount, x);
      const next = x - value / slope;
      slope = legendre(pointCount, next).slope;
      const isDone = Math.abs(next - x) <= Number.EPSILON;
      x = next;
      if (isDone) break;
    }
    points[i] = (1 - x) / 2;
    points[mirrored] = (1 + x) / 2;
    weights[i] = weights[mirrored] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}

/** The Legendre polynomial and its derivative at `x` in (-1, 1), by Bonnet's recurrence. */
function legendre(degree: number, x: number): { value: number; slope: number } {
  let previous = 1;
  let value = x;
  for (let k = 2; k <= degree; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * previous) / k;
    previous = value;
    value = next;
  }
  return { value, slope: (degree * (previous - x * value)) / (1 - x * x) };
}

/** cos of an angle in [0, π/2] by its Taylor series: near enough for Newton to start from. */
function cosine(angle: number): number {
  const square = angle * angle;
  let term = 1;
  let sum = 1;
  for (let k = 2; k <= 20; k += 2) {
    term *= -square / ((k - 1) * k);
    sum += term;
  }
  return sum;
}
