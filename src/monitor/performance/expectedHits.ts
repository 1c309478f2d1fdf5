import {
  type CalibrationCounts,
  type CalibrationTable,
  correctionOf,
  PRIOR_ROWS,
} from '../reference/calibrationTable.js';

/** Rows, how many of them hit (positives, or right classes), and the variance of that number. */
export interface Hits {
  rows: number;
  hits: number;
  variance: number;
}

/** Rows by bins, and the sum of their probabilities. */
export interface Probabilities {
  rows: ArrayLike<number>;
  predicted: ArrayLike<number>;
}

type Table = Omit<CalibrationTable, 'edges'>;

// before training has shown anything probabilities are believed to be right, give or take this
const PRIOR_DEVIATION = 0.05;

/**
 * How many rows of some bins will turn out to be hits, by their probabilities alone (confidence-based performance estimation). Each
 * bin's probabilities are put right by what those of the training rows were worth. The variance is that of the labels, given
 * the probabilities, that of the training rows' own hits, and that of how unevenly probabilities are right: rows may come from where
 * they are worth more, or less, than on average.
 * @param table - the training rows by the same bins
 * @param from, to - the bins that count, `to` excluded
 */
export function expectedHits(
  table: Table,
  { rows, predicted }: Probabilities,
  from: number,
  to: number,
): Hits {
  const total: Hits = { rows: 0, hits: 0, variance: 0 };
  // of one cause, so it does not cancel out between bins
  let uneven = 0;
  for (let bin = from; bin < to; bin++) {
    const n = rows[bin]!;
    if (n === 0) continue;
    const m = table.rows[bin]!;
    const weight = 1 / (m + PRIOR_ROWS);
    const rate = Math.min(1, Math.max(0, predicted[bin]! / n + correctionOf(table, bin)));
    // half a hit and half a miss more, so that a bin of hits alone is not held for certain
    const shown = (table.hits[bin]! + 0.5) / (m + 1);
    const tableVariance =
      m * shown * (1 - shown) * weight * weight + (PRIOR_ROWS * PRIOR_DEVIATION * weight) ** 2;
    total.rows += n;
    total.hits += n * rate;
    total.variance += n * rate * (1 - rate) + n * n * tableVariance;
    uneven += n * table.unevenness[bin]!;
  }
  total.variance += uneven * uneven;
  return total;
}

/** Hits that were counted, with the variance of a share that was drawn. */
export function countedHits(table: CalibrationCounts, from: number, to: number): Hits {
  const total: Hits = { rows: 0, hits: 0, variance: 0 };
  for (let bin = from; bin < to; bin++) {
    total.rows += table.rows[bin]!;
    total.hits += table.hits[bin]!;
  }
  // two hits and two misses more (Agresti and Coull 1998), so that no share is held for certain
  const share = (total.hits + 2) / (total.rows + 4);
  return { ...total, variance: total.rows * share * (1 - share) };
}
