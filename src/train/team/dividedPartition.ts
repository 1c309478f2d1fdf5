import { MEMBERSHIP_BYTES } from '../kernel/kernel.js';
import { rangeOf } from './shares.js';

/** What each of several threads is to divide: its own part of the rows, by a copy of the membership table in its own memory. */
export interface DividedPartition {
  membership: number;
  indices: number;
  count: number;
  scratch: number;
  /** scratch memory of the threads, `tileBytes` each; holds the copies */
  tile: number;
  tileBytes: number;
  workerCount: number;
}

/** Gives every thread its copy of the membership table. */
export function copyMembership(bytes: Uint8Array, division: DividedPartition): void {
  const { membership, tile, tileBytes, workerCount } = division;
  for (let worker = 0; worker < workerCount; worker++) {
    bytes.copyWithin(tile + worker * tileBytes, membership, membership + MEMBERSHIP_BYTES);
  }
}

/**
 * Joins parts that were each divided, [left right left right], to [left left right right]: the order that one thread leaves. The right
 * ones of a part are still in `scratch`. Writes the missing rows of all parts, as `partition` does.
 * @returns how many go left
 */
export function joinPartitions(
  bytes: Uint8Array,
  words: Uint32Array,
  { membership, indices, count, scratch, tile, tileBytes, workerCount }: DividedPartition,
): number {
  const parts = Array.from({ length: workerCount }, (_, worker) => {
    const { from, to } = rangeOf(count, worker, workerCount);
    const table = (tile + worker * tileBytes) / 4;
    return { from, to, missing: words[table + 64]!, left: words[table + 65]! };
  });
  let end = indices;
  let missing = 0;
  for (const part of parts) {
    const first = indices + 4 * part.from;
    bytes.copyWithin(end, first, first + 4 * part.left);
    end += 4 * part.left;
    missing += part.missing;
  }
  const leftCount = (end - indices) / 4;
  for (const { from, to, left } of parts) {
    const right = to - from - left;
    bytes.copyWithin(end, scratch + 4 * from, scratch + 4 * (from + right));
    end += 4 * right;
  }
  words[membership / 4 + 64] = missing;
  words[membership / 4 + 65] = leftCount;
  return leftCount;
}
