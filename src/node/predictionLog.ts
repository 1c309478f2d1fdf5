import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkInteger, withDefaults } from '../core/check.js';
import type { LogStatus, PredictionEntry } from '../serve/index.js';
import { lockFile } from './fileLock.js';
import { repairLog } from './repairLog.js';

export interface PredictionLogOptions {
  /** bytes that may wait for the disk; lines beyond are dropped and counted */
  maxPendingBytes: number;
}

export const DEFAULT_LOG_OPTIONS: Readonly<PredictionLogOptions> = Object.freeze({
  maxPendingBytes: 64 * 1024 * 1024,
});

/** The only writer of a file of JSON lines. */
export interface PredictionLog {
  /** Queues entries and returns at once; never throws. */
  write(entries: readonly PredictionEntry[]): void;
  status(): LogStatus;
  /** Resolves when everything queued so far is in the file or was given up. */
  flush(): Promise<void>;
  /** Flushes, syncs to the disk and closes; later entries are dropped. */
  close(): Promise<void>;
}

/** What a log needs of its file; narrow, so that tests can put a failing disk behind it. */
export interface LogFile {
  /** Writes all bytes at the end of the file, or none of them and throws. */
  append(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a prediction log for appending; makes the file and its folder when there are none. A torn last line is repaired
 * (see `repairLog`), and the file is locked against a second writer until `close`.
 * @throws {ConfigError} when another process writes the file.
 */
export async function openPredictionLog(
  path: string,
  options?: Partial<PredictionLogOptions>,
): Promise<PredictionLog> {
  const { maxPendingBytes } = withDefaults('log option', DEFAULT_LOG_OPTIONS, options);
  checkInteger('maxPendingBytes', maxPendingBytes, 1);
  await mkdir(dirname(path), { recursive: true });
  const unlock = await lockFile(path);
  try {
    await repairLog(path);
    const handle = await open(path, 'a');
    const file: LogFile = {
      append: (bytes) => appendAll(handle, bytes),
      async close() {
        try {
          await handle.sync();
        } finally {
          await handle.close();
          await unlock();
        }
      },
    };
    return createLogWriter(file, maxPendingBytes);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function appendAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  try {
    while (done < bytes.length) {
      done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
    }
  } catch (error) {
    // a full disk takes a part of a line; without it the same bytes can be written again
    if (done > 0) await handle.truncate((await handle.stat()).size - done);
    throw error;
  }
}

/**
 * Writes batches one after another: what is queued during a write goes out with the next one. A batch that could not be
 * written is tried again with the next entries and once more on flush, and is given up on close.
 */
export function createLogWriter(file: LogFile, maxPendingBytes: number): PredictionLog {
  const encoder = new TextEncoder();
  const counts = { written: 0, dropped: 0, errors: 0 };
  let queue: string[] = [];
  let queuedBytes = 0;
  let writing: Promise<void> | undefined;
  let closed = false;

  /** Writes until nothing is left or a write fails; then the batch waits at the head of the queue. */
  async function drain(): Promise<void> {
    // entries of the same turn go out together, and none makes its request wait
    await Promise.resolve();
    while (queue.length > 0) {
      const lines = queue;
      const bytes = encoder.encode(lines.join(''));
      queue = [];
      try {
        await file.append(bytes);
      } catch {
        counts.errors++;
        queue = lines.concat(queue);
        return;
      }
      queuedBytes -= bytes.length;
      counts.written += lines.length;
    }
  }

  function start(): Promise<void> {
    writing ??= drain().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function flush(): Promise<void> {
    await writing;
    if (queue.length > 0) await start();
  }

  return {
    write(entries) {
      for (const entry of entries) {
        const line = `${JSON.stringify(entry)}\n`;
        const bytes = Buffer.byteLength(line);
        if (closed || queuedBytes + bytes > maxPendingBytes) {
          counts.dropped++;
          continue;
        }
        queue.push(line);
        queuedBytes += bytes;
      }
      if (queue.length > 0) void start();
    },
    status: () => ({ ...counts, pendingBytes: queuedBytes }),
    flush,
    async close() {
      if (closed) return;
      closed = true;
      await flush();
      counts.dropped += queue.length;
      queue = [];
      queuedBytes = 0;
      await file.close();
    },
  };
}
