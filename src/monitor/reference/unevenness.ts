import { type Column, columnNamed, type Table } from '../../core/table.js';
import type { Schema } from '../../model/schema.js';

/** Rows with what became of them and what was to be expected; those that do not count have a weight of 0. */
export interface Deviations {
  /** of each row, the bin whose rows together are off by nothing */
  bins: ArrayLike<number>;
  /** what became of a row less what was expected of it */
  residuals: Float64Array;
  /** variance of a residual */
  variances: Float64Array;
  /** what a residual is a share of: 1 where it is a hit too many or too few, the expected error of a regression */
  weights: Float64Array;
}

/** A part of the rows, as 1 or 0 a row; the others are its other side. */
type Part = Uint8Array;

// more than a table of calibration or of errors has
const BINS = 256;

/**
 * How far off expectations are when all rows come from one side of a part, beyond what chance explains: one standard deviation, as a
 * share of the weights. Expectations are right of all training rows together, and may be wrong of those that a field tells apart.
 * When later rows come mostly from there, no number of them makes up for it.
 *
 * The two sides of a part differ by some contrast; rows of one side differ from rows of both by half of it. The mean square of the
 * contrasts, less what chance makes of it, is the moment estimate of a random effect (DerSimonian and Laird 1986). O(rows * parts).
 * @returns 0 where chance explains everything
 */
export function unevenness(
  parts: readonly Part[],
  { bins, residuals, variances, weights }: Deviations,
): number {
  const all = new Float64Array(BINS);
  const own = new Float64Array(BINS);
  let allWeight = 0;
  for (let row = 0; row < residuals.length; row++) {
    all[bins[row]!]! += variances[row]!;
    allWeight += weights[row]!;
  }
  let excess = 0;
  let precision = 0;
  for (const part of parts) {
    own.fill(0);
    let residual = 0;
    let weight = 0;
    for (let row = 0; row < part.length; row++) {
      if (part[row] === 0) continue;
      own[bins[row]!]! += variances[row]!;
      residual += residuals[row]!;
      weight += weights[row]!;
    }
    const scale = 1 / weight + 1 / (allWeight - weight);
    // the residuals of a bin add up to nothing: what one side has too much the other one lacks, and it varies the less the fewer
    // rows that is
    let variance = 0;
    for (let bin = 0; bin < BINS; bin++) {
      if (own[bin]! > 0) variance += own[bin]! * (1 - own[bin]! / all[bin]!);
    }
    variance *= scale * scale;
    // one side has no rows, or chance has no part in them
    if (!(variance > 0 && scale < Infinity)) continue;
    const contrast = residual * scale;
    excess += (contrast * contrast) / variance - 1;
    precision += 1 / variance;
  }
  return precision === 0 ? 0 : Math.sqrt(Math.max(0, excess / precision)) / 2;
}

/**
 * The parts that fields tell apart, one a field: of numbers those above the median, of categories those of the commonest level.
 * O(rows log rows) a field.
 */
export function partsOf({ fields }: Schema, table: Table): Part[] {
  return fields.map(({ name }) => partOf(columnNamed(table, name)));
}

function partOf(column: Column): Part {
  if (column.kind === 'number') {
    const present = column.values.filter((x) => x === x).sort();
    const median = present[Math.floor(present.length / 2)] ?? 0;
    // more than half of the values may be the median, and the greatest one too
    const isTop = median === present[present.length - 1];
    return Uint8Array.from(column.values, (x) => Number(isTop ? x >= median : x > median));
  }
  const counts = new Float64Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) counts[code]!++;
  const commonest = counts.indexOf(Math.max(...counts));
  return Uint8Array.from(column.codes, (code) => Number(code >= 0 && code === commonest));
}
