import { floor32, nextDown32 } from '../../core/float.js';
import { binOf, quantileEdges } from './quantileBins.js';

/**
 * What became of the training rows, by what was predicted for them: in each bin of probability how many rows there were, how
 * many of them hit, and what was predicted. A hit is a positive label (binary) or a right class (multiclass, by the greatest
 * probability). It is what a probability is worth, so it turns later probabilities into expected hits.
 */
export interface CalibrationTable {
  /** ascending float32; bin i holds `edges[i - 1] < p <= edges[i]` */
  edges: number[];
  /** training rows a bin, length edges.length + 1 */
  rows: number[];
  /** training rows a bin that hit */
  hits: number[];
  /** sum of the probabilities a bin */
  predicted: number[];
}

/** Most bins on each side of the threshold. */
const MAX_BINS_A_SIDE = 10;

/** Rows a bin should have, so that its share of hits says something. */
const ROWS_A_BIN = 100;

/**
 * Counts out-of-fold probabilities and what became of them. No bin lies on both sides of the threshold. O(rows log rows).
 * @param probabilities - float32, in [0, 1], one a row
 * @param isHit - one a row, 1 or 0
 * @param threshold - the probability from which on a row is called positive; undefined when there is none
 */
export function calibrationTable(
  probabilities: Float32Array,
  isHit: ArrayLike<number>,
  threshold?: number,
): CalibrationTable {
  const sorted = probabilities.slice().sort();
  const edges = threshold === undefined ? edgesOf(sorted) : edgesAround(sorted, threshold);
  const zeros = (): number[] => new Array<number>(edges.length + 1).fill(0);
  const table: CalibrationTable = { edges, rows: zeros(), hits: zeros(), predicted: zeros() };
  for (let row = 0; row < probabilities.length; row++) {
    const p = probabilities[row]!;
    const bin = binOf(edges, p);
    table.rows[bin]!++;
    table.hits[bin]! += isHit[row]!;
    table.predicted[bin]! += p;
  }
  return table;
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
