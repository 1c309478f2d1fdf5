import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FILES } from '../../lifecycle/index.js';

/**
 * Calls back when the lineage of a run's folder changes, or its blob where there is no lineage. Asks the file system now
 * and then, because a folder that is replaced takes every notification with it.
 * @param loaded - the folder's fingerprint before its model was loaded: what changed since then is new
 * @param onChange - says whether it is done with the change; else it is called again after a while, because a folder that is
 * copied file by file is not whole at once
 * @returns stops it.
 */
export function watchRun(
  directory: string,
  seconds: number,
  loaded: string | undefined,
  onChange: () => Promise<boolean>,
): () => void {
  let last = loaded;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const found = await fingerprintOfRun(directory);
    // a folder that is being replaced is not there for a moment
    if (found !== undefined && found !== last && (await onChange())) last = found;
    busy = false;
  };
  const timer = setInterval(look, seconds * 1000);
  timer.unref();
  return () => clearInterval(timer);
}

/** Changes when another run is in the folder; undefined while there is none. */
export async function fingerprintOfRun(directory: string): Promise<string | undefined> {
  for (const name of [FILES.lineage, FILES.blob]) {
    const found = await stat(join(directory, name)).catch(() => undefined);
    if (found) return `${name} ${found.ino} ${found.size} ${found.mtimeMs}`;
  }
  return undefined;
}
