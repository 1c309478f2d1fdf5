import { binOf } from './quantileBins.js';
import type { ErrorTable, NumericReference } from './reference.js';
import { unevenness } from './unevenness.js';

/**
 * Counts how far off out-of-fold predictions were, by the bins of the predictions. O(rows * parts).
 * @param predicted - float32, NaN where there is none
 * @param parts - rows that belong together, 1 or 0 a row each
 */
export function errorTable(
  { edges, counts }: NumericReference,
  predicted: Float32Array,
  target: ArrayLike<number>,
  parts: readonly Uint8Array[],
): ErrorTable {
  const zeros = (): number[] => new Array<number>(counts.length).fill(0);
  const [absolute, squared, fourth] = [zeros(), zeros(), zeros()];
  const bins = new Uint8Array(predicted.length);
  const errors = new Float64Array(predicted.length);
  for (let row = 0; row < predicted.length; row++) {
    const p = predicted[row]!;
    errors[row] = p === p ? Math.abs(target[row]! - p) : NaN;
    if (p !== p) continue;
    const bin = binOf(edges, p);
    bins[row] = bin;
    absolute[bin]! += errors[row]!;
    squared[bin]! += errors[row]! ** 2;
    fourth[bin]! += errors[row]! ** 4;
  }
  const powers = { bins, counts, errors };
  return {
    absolute,
    squared,
    fourth,
    unevenness: {
      absolute: powerUnevenness(parts, powers, 1, absolute, squared),
      squared: powerUnevenness(parts, powers, 2, squared, fourth),
    },
  };
}

/** {@link unevenness} of a power of the errors, of which the bins' means are what is expected. */
function powerUnevenness(
  parts: readonly Uint8Array[],
  { bins, counts, errors }: { bins: Uint8Array; counts: readonly number[]; errors: Float64Array },
  power: number,
  sums: readonly number[],
  sumsOfSquares: readonly number[],
): number {
  const means = sums.map((sum, bin) => sum / (counts[bin]! || 1));
  const spreads = sumsOfSquares.map((sum, bin) =>
    Math.max(0, sum / (counts[bin]! || 1) - means[bin]! ** 2),
  );
  const of = (value: (row: number) => number): Float64Array =>
    errors.map((error, row) => (Number.isNaN(error) ? 0 : value(row)));
  return unevenness(parts, {
    bins,
    residuals: of((row) => errors[row]! ** power - means[bins[row]!]!),
    variances: of((row) => spreads[bins[row]!]!),
    weights: of((row) => means[bins[row]!]!),
  });
}
