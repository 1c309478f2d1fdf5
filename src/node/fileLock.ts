import { open, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from '../core/errors.js';

/** The locks this process holds: its own id in a lock file otherwise means an earlier process that had the same id. */
const held = new Set<string>();

/**
 * Makes this process the only one to write a file, by a `<path>.lock` beside it that holds the process id. The lock of a
 * process that is gone is taken over.
 * @returns releases the lock.
 * @throws {ConfigError} when a running process holds it.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lockPath = `${resolve(path)}.lock`;
  if (held.has(lockPath)) throw new ConfigError(`${path} is being written by this process already`);
  held.add(lockPath);
  try {
    if (!(await createLock(lockPath))) {
      const owner = Number.parseInt(await readFile(lockPath, 'utf8').catch(() => ''), 10);
      if (owner !== process.pid && isRunning(owner)) {
        throw new ConfigError(
          `${path} is being written by process ${owner}; give each server a log of its own`,
        );
      }
      await rm(lockPath, { force: true });
      if (!(await createLock(lockPath))) {
        throw new ConfigError(`${path} is being opened by another process`);
      }
    }
  } catch (error) {
    held.delete(lockPath);
    throw error;
  }
  return async () => {
    await rm(lockPath, { force: true });
    held.delete(lockPath);
  };
}

/** Whether the lock was free. */
async function createLock(lockPath: string): Promise<boolean> {
  try {
    const handle = await open(lockPath, 'wx');
    await handle.writeFile(`${process.pid}\n`);
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // a process of another user may not be signalled, but it is there
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
