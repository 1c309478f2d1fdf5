import { open, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from '../core/errors.js';

/** The locks this process holds: its own id in a lock file otherwise means an earlier process that had the same id. */
const held = new Set<string>();

/**
 * Makes this process the only one to write a file, by a `<path>.lock` beside it that holds the process id and, where the
 * system tells, when the process began. The lock of a process that is gone is taken over, also when another has its id now.
 * @returns releases the lock.
 * @throws {ConfigError} when a running process holds it.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lockPath = `${resolve(path)}.lock`;
  if (held.has(lockPath)) throw new ConfigError(`${path} is being written by this process already`);
  held.add(lockPath);
  try {
    if (!(await createLock(lockPath))) {
      const [owner, begun] = await readLock(lockPath);
      if (owner !== process.pid && isRunning(owner) && (await isThatProcess(owner, begun))) {
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
    await handle.writeFile(`${process.pid} ${await beginningOf(process.pid)}\n`);
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readLock(lockPath: string): Promise<[pid: number, begun: string]> {
  const [pid = '', begun = ''] = (await readFile(lockPath, 'utf8').catch(() => ''))
    .trim()
    .split(' ');
  return [Number.parseInt(pid, 10), begun];
}

/** Whether the running process of an id is the one that wrote the lock, as far as that can be told. */
async function isThatProcess(pid: number, begun: string): Promise<boolean> {
  const now = await beginningOf(pid);
  return begun === '' || now === '' || begun === now;
}

/** When a process began, in ticks since the system did; empty where there is no /proc. */
async function beginningOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // the name of the program, in parentheses, may hold blanks; the time is the 20th field behind it
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
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
