import { textHash } from './textHash.js';

/** Some levels that training has not seen, with their rows: those with the smallest hashes, so the sample has one outcome. */
export type LevelSample = Map<string, number>;

/** Levels that a sample keeps. */
export const LEVELS_KEPT = 8;

/** Characters of a level that are kept: it comes from outside. */
export const LONGEST_LEVEL = 60;

/** Counts a level, or `rows` of them. Mutates `sample`. A level that was given up once never comes back, so counts are whole. */
export function addLevel(sample: LevelSample, level: string, rows = 1): void {
  const name = level.length > LONGEST_LEVEL ? `${level.slice(0, LONGEST_LEVEL - 3)}...` : level;
  const known = sample.get(name);
  if (known !== undefined) {
    sample.set(name, known + rows);
    return;
  }
  if (sample.size < LEVELS_KEPT) {
    sample.set(name, rows);
    return;
  }
  const last = lastOf(sample);
  if (!isBefore(name, last)) return;
  sample.delete(last);
  sample.set(name, rows);
}

function lastOf(sample: LevelSample): string {
  let last: string | undefined;
  for (const name of sample.keys()) {
    if (last === undefined || isBefore(last, name)) last = name;
  }
  return last!;
}

function isBefore(a: string, b: string): boolean {
  const difference = textHash(a) - textHash(b);
  return difference === 0 ? a < b : difference < 0;
}
