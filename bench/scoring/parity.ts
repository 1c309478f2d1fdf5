/** How far predictions are from the reference. */
export interface Parity {
  maxDelta: number;
  meanDelta: number;
}

/** @param exact - of the float64 reference (IN) @param found - as many, of an engine (IN) */
export function compareProbabilities(exact: ArrayLike<number>, found: ArrayLike<number>): Parity {
  if (found.length !== exact.length) {
    throw new RangeError(`${found.length} predictions of ${exact.length} rows`);
  }
  let maxDelta = 0;
  let sum = 0;
  for (let i = 0; i < exact.length; i++) {
    const delta = Math.abs(found[i]! - exact[i]!);
    // NaN must not pass for a small difference
    if (!(delta <= maxDelta)) maxDelta = delta;
    sum += delta;
  }
  return { maxDelta, meanDelta: exact.length > 0 ? sum / exact.length : 0 };
}
