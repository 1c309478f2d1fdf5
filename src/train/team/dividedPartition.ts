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

/** Divides one part, within `scratch`. */
export function dividePart(
  { kernel, words, controlWords, tileBytes }: TeamThread,
  args: Float64Array,
  part: number,
  worker: number,
): void {
  const [bins, membership, indices, count, scratch, tile] = args as unknown as number[];
  const { from, to } = rangeOf(count!, part, partsOf(count!));
  const table = tile! + worker * tileBytes;
  // word by word: a copy within shared memory is slower
  for (let at = 0; at < MEMBERSHIP_BYTES / 4; at++) {
    words[table / 4 + at] = words[membership! / 4 + at]!;
  }
  kernel.divide(bins!, table, indices! + 4 * from, to - from, scratch! + 4 * from);
  controlWords[FREE_WORDS + 2 * part] = words[table / 4 + 64]!;
  controlWords[FREE_WORDS + 2 * part + 1] = words[table / 4 + 65]!;
}

/** Puts the rows of one part where they belong, once all are divided: the left ones of all parts, then the right ones, as one thread leaves them. */
export function gatherPart(
  { kernel, controlWords }: TeamThread,
  args: Float64Array,
  part: number,
): void {
  const [, , indices, count, scratch] = args as unknown as number[];
  const { from, to } = rangeOf(count!, part, partsOf(count!));
  const { left: before } = rowsOfParts(controlWords, part);
  const { left: all } = rowsOfParts(controlWords, partsOf(count!));
  const left = rowsOfParts(controlWords, part + 1).left - before;
  const right = all + from - before;
  kernel.gatherDivided(
    scratch! + 4 * from,
    to - from,
    left,
    indices! + 4 * before,
    indices! + 4 * right,
  );
}

/**
 * Writes what all parts have of missing and of left rows, as `partition` does.
 * @returns how many go left
 */
export function countDivided(
  { words, controlWords }: TeamThread,
  { membership, count }: DividedPartition,
): number {
  const { missing, left } = rowsOfParts(controlWords, partsOf(count));
  words[membership / 4 + 64] = missing;
  words[membership / 4 + 65] = left;
  return left;
}

/** Rows of the first parts that are missing, and that go left. */
function rowsOfParts(controlWords: Int32Array, parts: number): { missing: number; left: number } {
  let missing = 0;
  let left = 0;
  for (let part = 0; part < parts; part++) {
    missing += controlWords[FREE_WORDS + 2 * part]!;
    left += controlWords[FREE_WORDS + 2 * part + 1]!;
  }
  return { missing, left };
}
