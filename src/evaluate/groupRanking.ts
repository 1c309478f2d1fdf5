import { checkInteger, checkKnownKeys, checkOneOf } from '../core/check.js';
import { log } from '../core/elementary.js';
import { DataError, ShapeError } from '../core/errors.js';
import { checkRows } from './checkRows.js';
import { averagePrecision } from './ranking.js';

/** Sums of 2^relevance stay within a double. */
const MAX_RELEVANCE = 1000;

/** Scores of items that compete within groups, such as the documents of a query. */
export interface RankedGroups {
  /** how relevant each row is, in [0, 1000]; 0 is not at all */
  relevance: ArrayLike<number>;
  /** one a row; the greatest of a group comes first */
  scores: ArrayLike<number>;
  /** rows of each group, in order: the rows of a group stand together; one group when absent */
  groups?: ArrayLike<number> | undefined;
}

export interface NdcgOptions {
  /** only the first so many ranks count; all when absent */
  k?: number | undefined;
  /** what a relevance is worth: `2^relevance - 1` (the default, for grades) or the relevance itself */
  gain?: 'exponential' | 'linear' | undefined;
}

/**
 * Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002): Σ gain / log2(rank + 1) over its greatest value, in
 * [0, 1], the mean of the groups. Rows of equal score share the mean gain of their ranks (McSherry and Najork 2008), so the
 * order of the rows never matters. Groups without anything relevant say nothing and are left out; NaN when all are such.
 * O(rows log rows).
 * @throws {ShapeError} when lengths differ. @throws {DataError} without rows, on a relevance out of range or a value that is
 * not finite.
 */
export function ndcg(input: RankedGroups, options: NdcgOptions = {}): number {
  const { k = Number.MAX_SAFE_INTEGER, gain = 'exponential' } = options;
  checkKnownKeys('ndcg option', options, ['k', 'gain']);
  checkInteger('k', k, 1);
  checkOneOf('gain', gain, ['exponential', 'linear']);
  const { relevance, scores } = input;
  return meanOfGroups(input, (start, end) => {
    const gains = Float64Array.from({ length: end - start }, (_, i) =>
      gain === 'linear' ? relevance[start + i]! : 2 ** relevance[start + i]! - 1,
    );
    const ideal = discountedGain(gains, gains, k);
    return discountedGain(gains, slice(scores, start, end), k) / ideal;
  });
}

/**
 * Mean average precision: `averagePrecision` within each group, a row with a relevance above 0 being positive; the mean of
 * the groups that have one, NaN when none has. @throws as {@link ndcg}
 */
export function meanAveragePrecision(input: RankedGroups): number {
  const { relevance, scores } = input;
  return meanOfGroups(input, (start, end) =>
    averagePrecision(
      Uint8Array.from(slice(relevance, start, end), (value) => (value > 0 ? 1 : 0)),
      slice(scores, start, end),
    ),
  );
}

/** The mean over the groups that hold something relevant. */
function meanOfGroups(
  { relevance, scores, groups = [relevance.length] }: RankedGroups,
  valueAt: (start: number, end: number) => number,
): number {
  checkRows({ relevances: relevance, scores }, undefined);
  checkGroups(relevance, groups);
  let sum = 0;
  let count = 0;
  let start = 0;
  for (let group = 0; group < groups.length; group++) {
    const end = start + groups[group]!;
    let isRelevant = false;
    for (let row = start; row < end; row++) isRelevant ||= relevance[row]! > 0;
    if (isRelevant) {
      sum += valueAt(start, end);
      count++;
    }
    start = end;
  }
  return sum / count;
}

/** Σ gain / log2(rank + 1) of the first k ranks, by falling score. */
function discountedGain(gains: Float64Array, scores: Float64Array, k: number): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  let total = 0;
  for (let from = 0; from < order.length && from < k; ) {
    let to = from;
    let gain = 0;
    let discount = 0;
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) {
      gain += gains[order[to]!]!;
      if (to < k) discount += Math.LN2 / log(to + 2);
    }
    total += (gain / (to - from)) * discount;
    from = to;
  }
  return total;
}

function slice(values: ArrayLike<number>, start: number, end: number): Float64Array {
  return Float64Array.from({ length: end - start }, (_, i) => values[start + i]!);
}

function checkGroups(relevance: ArrayLike<number>, groups: ArrayLike<number>): void {
  let rowCount = 0;
  for (let group = 0; group < groups.length; group++) {
    const count = groups[group]!;
    if (!Number.isInteger(count) || count < 0) {
      throw new DataError(`group ${group}: expected a number of rows, got ${count}`);
    }
    rowCount += count;
  }
  if (rowCount !== relevance.length) {
    throw new ShapeError(`${relevance.length} rows, but the groups hold ${rowCount}`);
  }
  for (let row = 0; row < relevance.length; row++) {
    if (relevance[row]! < 0 || relevance[row]! > MAX_RELEVANCE) {
      throw new DataError(
        `row ${row}: expected a relevance in [0, ${MAX_RELEVANCE}], got ${relevance[row]}`,
      );
    }
  }
}
