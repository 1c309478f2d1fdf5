import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finishedFiles, nextFinishedName } from './logNames.js';
import type { PredictionLogOptions } from './logOptions.js';

/** What a log needs of its file; narrow, so that tests can put a failing disk behind it. */
export interface LogFile {
  /** Writes all bytes at the end, and syncs them when asked to; or leaves none of them and throws. */
  append(bytes: Uint8Array, sync: boolean): Promise<void>;
  /** Syncs what was appended. */
  sync(): Promise<void>;
  /** Syncs and closes. */
  close(): Promise<void>;
}

type Rotation = Pick<PredictionLogOptions, 'rotateBytes' | 'rotateHours' | 'keepFiles'>;

const MS_PER_HOUR = 3_600_000;
const MS_BETWEEN_ATTEMPTS = 60_000;

/**
 * Opens a file for appending that is finished and begun anew as it grows large or old. What is not a regular file (a
 * pipe, a device) is written to and nothing more.
 */
export async function openLogFile(path: string, rotation: Rotation): Promise<LogFile> {
  const handle = await open(path, 'a');
  const found = await handle.stat();
  if (!found.isFile()) return new PlainFile(handle);
  const { size, birthtimeMs } = found;
  // the wall clock is asked once: what it does later neither hastens nor delays a rotation
  const age = size > 0 ? Math.max(0, Date.now() - birthtimeMs) : 0;
  return new RotatingFile(path, handle, size, age, rotation);
}

class PlainFile implements LogFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#handle, bytes, () => undefined);
  }

  async sync(): Promise<void> {}

  close(): Promise<void> {
    return this.#handle.close();
  }
}

class RotatingFile implements LogFile {
  readonly #path: string;
  readonly #rotation: Rotation;
  #handle: FileHandle;
  /** bytes of whole lines */
  #size: number;
  /** on the clock of `performance.now` */
  #begunAt: number;
  /** when to try again to begin another file, after that has failed */
  #notBefore = 0;
  /** bytes of a line that is torn, behind the whole ones */
  #torn = 0;
  #syncing: Promise<void> | undefined;

  constructor(path: string, handle: FileHandle, size: number, age: number, rotation: Rotation) {
    this.#path = path;
    this.#handle = handle;
    this.#size = size;
    this.#begunAt = performance.now() - age;
    this.#rotation = rotation;
  }

  async append(bytes: Uint8Array, sync: boolean): Promise<void> {
    await this.#cutTorn();
    if (this.#isFinished(bytes.length)) {
      // lines go on into the file there is when no other can be begun
      await this.#rotate().catch(() => {
        this.#notBefore = performance.now() + MS_BETWEEN_ATTEMPTS;
      });
    }
    try {
      await writeAll(this.#handle, bytes, (length) => {
        this.#torn += length;
      });
      if (sync) await this.#handle.datasync();
    } catch (error) {
      // a full disk takes a part of a line; without it the same bytes can be written again
      await this.#cutTorn().catch(() => undefined);
      throw error;
    }
    this.#torn = 0;
    this.#size += bytes.length;
  }

  async sync(): Promise<void> {
    this.#syncing ??= this.#handle.datasync().finally(() => {
      this.#syncing = undefined;
    });
    await this.#syncing;
  }

  async close(): Promise<void> {
    try {
      await this.#syncing?.catch(() => undefined);
      await this.#handle.sync();
    } finally {
      await this.#handle.close();
    }
  }

  async #cutTorn(): Promise<void> {
    if (this.#torn === 0) return;
    // someone else may have cut the file meanwhile (logrotate's copytruncate)
    const { size } = await this.#handle.stat();
    await this.#handle.truncate(Math.max(0, size - this.#torn));
    this.#torn = 0;
  }

  #isFinished(more: number): boolean {
    if (this.#size === 0 || performance.now() < this.#notBefore) return false;
    const { rotateBytes, rotateHours } = this.#rotation;
    if (rotateBytes > 0 && this.#size + more > rotateBytes) return true;
    return rotateHours > 0 && performance.now() - this.#begunAt > rotateHours * MS_PER_HOUR;
  }

  /** At every step there is a file to write to, and a crash between two of them loses nothing. */
  async #rotate(): Promise<void> {
    const finished = await nextFinishedName(this.#path);
    await rename(this.#path, finished);
    let next: FileHandle;
    try {
      next = await open(this.#path, 'a');
    } catch (error) {
      await rename(finished, this.#path);
      throw error;
    }
    const old = this.#handle;
    this.#handle = next;
    this.#size = 0;
    this.#begunAt = performance.now();
    await this.#syncing?.catch(() => undefined);
    await old.sync();
    await old.close();
    await syncFolder(dirname(this.#path));
    await this.#removeOldest();
  }

  async #removeOldest(): Promise<void> {
    const { keepFiles } = this.#rotation;
    if (keepFiles === 0) return;
    const finished = await finishedFiles(this.#path);
    for (const { path } of finished.slice(0, -keepFiles)) await rm(path, { force: true });
  }
}

/** @param onWritten - is told the bytes of each piece that was taken. */
async function writeAll(
  handle: FileHandle,
  bytes: Uint8Array,
  onWritten: (length: number) => void,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
    onWritten(bytesWritten);
    done += bytesWritten;
  }
}

/** Makes a renaming last. Not every system can sync a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
