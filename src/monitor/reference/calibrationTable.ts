import { floor32, nextDown32 } from '../../core/float.js';
import { binOf, quantileEdges } from './quantileBins.js';
import { unevenness } from './unevenness.js';

/** Rows by bins of probability, what was predicted for them and what became of them. */
export interface CalibrationCounts {
  /** rows a bin */
  rows: number[];
  /** rows a bin that hit */
  hits: number[];
  /** sum of the probabilities a bin */
  predicted: number[];
}

/**
 * What became of the training rows, by what was predicted for them: in each bin of probability how many rows there were, how
 * many of them hit, and what was predicted. A hit is a positive label (binary) or a right class (multiclass, by the greatest
 * probability). It is what a probability is worth, so it turns later probabilities into expected hits.
 */
export interface CalibrationTable extends CalibrationCounts {
  /** ascending float32; bin i holds `edges[i - 1] < p <= edges[i]`; rows, hits and predicted have edges.length + 1 entries */
  edges: number[];
  /**
   * how far off the share of hits is in parts of the training rows, one standard deviation beyond chance: of the rows that are called
   * positive, of those that are not (binary), or of all (multiclass); the same for all bins of a side
   */
  unevenness: number[];
}

/** Most bins on each side of the threshold. */
const MAX_BINS_A_SIDE = 10;

/** Rows a bin should have, so that its share of hits says something. */
const ROWS_A_BIN = 100;

// rows as firmly as which probabilities are believed before training has shown anything
export const PRIOR_ROWS = 10;

/**
 * Counts out-of-fold probabilities and what became of them. No bin lies on both sides of the threshold. O(rows log rows + rows *
 * parts).
 * @param probabilities - float32, in [0, 1], one a row
 * @param isHit - one a row, 1 or 0
 * @param parts - rows that belong together, 1 or 0 a row each
 * @param threshold - the probability from which on a row is called positive; undefined when there is none
 */
export function calibrationTable(
  probabilities: Float32Array,
  isHit: ArrayLike<number>,
  parts: readonly Uint8Array[],
  threshold?: number,
): CalibrationTable {
  const sorted = probabilities.slice().sort();
  const edges = threshold === undefined ? edgesOf(sorted) : edgesAround(sorted, threshold);
  const zeros = (): number[] => new Array<number>(edges.length + 1).fill(0);
  const counts: CalibrationCounts = { rows: zeros(), hits: zeros(), predicted: zeros() };
  const bins = Uint8Array.from(probabilities, (p) => binOf(edges, p));
  for (let row = 0; row < bins.length; row++) {
    const bin = bins[row]!;
    counts.rows[bin]!++;
    counts.hits[bin]! += isHit[row]!;
    counts.predicted[bin]! += probabilities[row]!;
  }
  const cut = threshold === undefined ? 0 : binOf(edges, threshold);
  const corrections = zeros().map((_, bin) => correctionOf(counts, bin));
  const side = (isPositive: boolean): number => {
    const length = bins.length;
    const residuals = new Float64Array(length);
    const variances = new Float64Array(length);
    const weights = new Float64Array(length);
    for (let row = 0; row < length; row++) {
      const bin = bins[row]!;
      if (bin >= cut !== isPositive) continue;
      const rate = Math.min(1, Math.max(0, probabilities[row]! + corrections[bin]!));
      residuals[row] = isHit[row]! - rate;
      variances[row] = rate * (1 - rate);
      weights[row] = 1;
    }
    return unevenness(parts, { bins, residuals, variances, weights });
  };
  const [negative, positive] = [cut > 0 ? side(false) : 0, side(true)];
  return {
    edges,
    ...counts,
    unevenness: zeros().map((_, bin) => (bin >= cut ? positive : negative)),
  };
}

/** What is added to the probabilities of a bin, so that they are worth what they turned out to be. */
export function correctionOf({ rows, hits, predicted }: CalibrationCounts, bin: number): number {
  return (hits[bin]! - predicted[bin]!) / (rows[bin]! + PRIOR_ROWS);
}

/** The first bin whose rows are called positive; 0 when all are. */
export function firstPositiveBin({ edges }: CalibrationTable, threshold: number): number {
  return binOf(edges, threshold);
}

function edgesAround(sorted: Float32Array, threshold: number): number[] {
  // the greatest float32 that is not called positive
  const last = floor32(threshold) === threshold ? nextDown32(threshold) : floor32(threshold);
  const negative = sorted.filter((p) => p <= last);
  const below = edgesOf(negative);
  // nothing is called negative at a threshold of 0, and then there is no edge to draw
  return [...below, ...(last >= 0 ? [last] : []), ...edgesOf(sorted.subarray(negative.length))];
}

function edgesOf(sorted: Float32Array): number[] {
  const maxBins = Math.min(MAX_BINS_A_SIDE, Math.floor(sorted.length / ROWS_A_BIN));
  return quantileEdges(sorted, Math.max(1, maxBins));
}
