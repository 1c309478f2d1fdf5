import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FILES } from '../../lifecycle/index.js';

/**
 * Calls back when the lineage of a run's folder changes, or its blob where there is no lineage. Asks the file system now
 * and then, because a folder that is replaced takes every notification with it.
 * @param onChange - says whether it is done with the change; else it is called again after a while, because a folder that is
 * copied file by file is not whole at once
 * @returns stops it.
 */
export function watchRun(
  directory: string,
  seconds: number,
  onChange: () => Promise<boolean>,
): () => void {
  let last: string | undefined;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const found = await fingerprint(directory);
    // a folder that is being replaced is not there for a moment
    const isNew = found !== undefined && last !== undefined && found !== last;
    if (!isNew || (await onChange())) last = found ?? last;
    busy = false;
  };
  void look();
  const timer = setInterval(look, seconds * 1000);
  timer.unref();
  return () => clearInterval(timer);
}

async function fingerprint(directory: string): Promise<string | undefined> {
  for (const name of [FILES.lineage, FILES.blob]) {
    const found = await stat(join(directory, name)).catch(() => undefined);
    if (found) return `${name} ${found.ino} ${found.size} ${found.mtimeMs}`;
  }
  return undefined;
}
