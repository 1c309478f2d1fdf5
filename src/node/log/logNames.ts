import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A finished file of a log: `predictions.jsonl.000017`, the greatest number the newest. */
export interface FinishedFile {
  path: string;
  number: number;
}

/** The finished files of a log, the oldest first. A compressed one may have a `.gz` behind. */
export async function finishedFiles(path: string): Promise<FinishedFile[]> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith(start))
    .flatMap((name) => {
      const digits = /^(\d{6,})(\.gz)?$/.exec(name.slice(start.length))?.[1];
      return digits === undefined ? [] : [{ path: join(folder, name), number: Number(digits) }];
    })
    .sort((a, b) => a.number - b.number);
}

/** The name that comes after those there are. It counts and does not tell the time: clocks go back. */
export async function nextFinishedName(path: string): Promise<string> {
  const last = (await finishedFiles(path)).at(-1)?.number ?? 0;
  return `${path}.${String(last + 1).padStart(6, '0')}`;
}
