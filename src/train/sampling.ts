import type { Random } from '../core/random.js';

/** Rows in and out of a sample, both ascending. */
export interface RowSample {
  chosen: Uint32Array;
  rest: Uint32Array;
}

/** Draws `size` of `count` without replacement, each set equally likely (Knuth's algorithm S: one pass, in order). */
export function sampleRows(count: number, size: number, random: Random): RowSample {
  const chosen = new Uint32Array(size);
  const rest = new Uint32Array(count - size);
  let taken = 0;
  for (let i = 0; i < count; i++) {
    const wanted = size - taken;
    // no draw is spent when all or nothing is left to take
    const take = wanted > 0 && (wanted === count - i || random.uniform() * (count - i) < wanted);
    if (take) chosen[taken++] = i;
    else rest[i - taken] = i;
  }
  return { chosen, rest };
}

/** Draws a share of a list without replacement, at least one, in order. */
export function sampleShare(items: Uint32Array, share: number, random: Random): Uint32Array {
  const size = Math.min(items.length, Math.max(1, Math.round(items.length * share)));
  if (size === items.length) return items;
  return sampleRows(items.length, size, random).chosen.map((i) => items[i]!);
}

/** How often each of `count` rows is drawn in `draws` draws with replacement. */
export function bootstrapCounts(count: number, draws: number, random: Random): Uint32Array {
  const times = new Uint32Array(count);
  for (let i = 0; i < draws; i++) times[random.integer(count)]!++;
  return times;
}
