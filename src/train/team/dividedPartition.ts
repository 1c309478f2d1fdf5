import { MEMBERSHIP_BYTES } from '../kernel/kernel.js';
import { FREE_WORDS } from './control.js';
import { rangeOf, rowsOfJob } from './shares.js';
import type { TeamThread } from './teamThread.js';

/** What threads tell of a part takes two words. */
const MOST_PARTS = 64;

/** A partition in parts, each with a copy of the membership table in the memory of the thread that divides it. */
export interface DividedPartition {
  bins: number;
  membership: number;
  indices: number;
  count: number;
  scratch: number;
  /** scratch memory of the threads */
  tile: number;
}

/** As the arguments of a call. */
export function partitionArguments(division: DividedPartition): number[] {
  const { bins, membership, indices, count, scratch, tile } = division;
  return [bins, membership, indices, count, scratch, tile];
}

export function partCount(args: Float64Array): number {
  return partsOf(args[3]!);
}

function partsOf(rows: number): number {
  return Math.min(MOST_PARTS, Math.ceil(rows / rowsOfJob(rows)));
}

/** Divides one part: its left rows first, its right ones in `scratch` too. */
export function dividePart(
  { kernel, words, controlWords, tileBytes }: TeamThread,
  args: Float64Array,
  part: number,
  worker: number,
): void {
  const [bins, membership, indices, count, scratch, tile] = args as unknown as number[];
  const { from, to } = rangeOf(count!, part, partsOf(count!));
  const table = tile! + worker * tileBytes;
  kernel.copyBytes(table, membership!, MEMBERSHIP_BYTES);
  kernel.partition(bins!, table, indices! + 4 * from, to - from, scratch! + 4 * from);
  controlWords[FREE_WORDS + 2 * part] = words[table / 4 + 64]!;
  controlWords[FREE_WORDS + 2 * part + 1] = words[table / 4 + 65]!;
}

/**
 * Joins parts that were each divided, [left right left right], to [left left right right]: the order that one thread leaves. The right
 * ones of a part are still in `scratch`. Writes the missing rows of all parts, as `partition` does.
 * @returns how many go left
 */
export function joinPartitions(
  { kernel, words, controlWords }: TeamThread,
  { membership, indices, count, scratch }: DividedPartition,
): number {
  const partTotal = partsOf(count);
  const parts = Array.from({ length: partTotal }, (_, part) => ({
    ...rangeOf(count, part, partTotal),
    missing: controlWords[FREE_WORDS + 2 * part]!,
    left: controlWords[FREE_WORDS + 2 * part + 1]!,
  }));
  let end = indices;
  let missing = 0;
  for (const part of parts) {
    const first = indices + 4 * part.from;
    kernel.copyBytes(end, first, 4 * part.left);
    end += 4 * part.left;
    missing += part.missing;
  }
  const leftCount = (end - indices) / 4;
  for (const { from, to, left } of parts) {
    const right = to - from - left;
    kernel.copyBytes(end, scratch + 4 * from, 4 * right);
    end += 4 * right;
  }
  words[membership / 4 + 64] = missing;
  words[membership / 4 + 65] = leftCount;
  return leftCount;
}
