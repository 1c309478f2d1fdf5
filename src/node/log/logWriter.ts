import type { LogStatus, PredictionSink } from '../../serve/index.js';
import type { LogFile } from './logFile.js';
import type { PredictionLogOptions } from './logOptions.js';

/** The only writer of a log of JSON lines. */
export interface PredictionLog extends PredictionSink {
  /** Resolves when everything queued so far is in the file or was given up. */
  flush(): Promise<void>;
  /** Flushes, syncs to the disk and closes; later lines are dropped. */
  close(): Promise<void>;
}

/** Lines of one request. */
interface Entry {
  lines: string;
  count: number;
  /** of those who wait for it */
  settle: { kept: () => void; lost: (error: Error) => void } | undefined;
}

// what is encoded and written at once, in characters: more would hold up the requests between
const PIECE = 1 << 20;
// waiting for more lines gains nothing beyond
const ENOUGH = 1 << 17;

/**
 * Writes batches one after another: what is queued during a write goes out with the next one.
 *
 * Lines that nobody waits for are tried again after a while when they could not be written, and given up on close. Those that someone waits for are given up at once, for their request is refused.
 */
export function createLogWriter(
  file: LogFile,
  options: Omit<PredictionLogOptions, 'rotateBytes' | 'rotateHours' | 'keepFiles'>,
): PredictionLog {
  const { acknowledge, maxPendingBytes, whenFull, flushMilliseconds, syncSeconds } = options;
  const waits = acknowledge !== 'queued';
  const counts = { written: 0, dropped: 0, refused: 0, errors: 0 };
  let queue: Entry[] = [];
  let pending = 0;
  let writing: Promise<void> | undefined;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let startSoon: ReturnType<typeof setImmediate> | undefined;
  let syncTimer: ReturnType<typeof setTimeout> | undefined;
  let failing = false;
  let closed = false;

  /** The oldest entries, up to a piece. */
  function takePiece(): Entry[] {
    let length = 0;
    let end = 0;
    while (end < queue.length && (end === 0 || length + queue[end]!.lines.length <= PIECE)) {
      length += queue[end++]!.lines.length;
    }
    return queue.splice(0, end);
  }

  async function writePiece(entries: Entry[]): Promise<boolean> {
    const text = entries.map(({ lines }) => lines).join('');
    const count = entries.reduce((sum, entry) => sum + entry.count, 0);
    try {
      await file.append(Buffer.from(text), acknowledge === 'synced');
    } catch (error) {
      counts.errors++;
      if (!waits) {
        queue = entries.concat(queue);
        return false;
      }
      counts.refused += count;
      pending -= text.length;
      for (const { settle } of entries) settle?.lost(error as Error);
      return true;
    }
    counts.written += count;
    pending -= text.length;
    for (const { settle } of entries) settle?.kept();
    return true;
  }

  /** Writes until nothing is left or a write fails. */
  async function drain(): Promise<void> {
    failing = false;
    while (queue.length > 0) {
      if (await writePiece(takePiece())) continue;
      failing = true;
      scheduleFlush(options.retrySeconds * 1000);
      return;
    }
    scheduleSync();
  }

  function start(): Promise<void> {
    clearTimeout(flushTimer);
    clearImmediate(startSoon);
    flushTimer = undefined;
    startSoon = undefined;
    writing ??= drain().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  function scheduleFlush(milliseconds: number): void {
    if (closed) return;
    flushTimer ??= setTimeout(() => void start(), milliseconds).unref();
  }

  function scheduleSync(): void {
    if (syncSeconds === 0 || acknowledge === 'synced' || closed) return;
    syncTimer ??= setTimeout(() => {
      syncTimer = undefined;
      file.sync().catch(() => {
        counts.errors++;
      });
    }, syncSeconds * 1000).unref();
  }

  function push(entry: Entry): void {
    queue.push(entry);
    pending += entry.lines.length;
    // a disk that fails is asked again after a while, not at every request
    if (writing || failing) return;
    if (waits || pending >= ENOUGH) {
      // the requests of this turn share a write
      startSoon ??= setImmediate(() => void start());
    } else scheduleFlush(flushMilliseconds);
  }

  async function flush(): Promise<void> {
    await writing;
    if (queue.length > 0) await start();
  }

  return {
    get accepting() {
      return !closed && (pending < maxPendingBytes || (!waits && whenFull === 'drop'));
    },
    append(lines, count) {
      const isFull = pending + lines.length > maxPendingBytes && pending > 0;
      if (waits) {
        if (closed || isFull) {
          counts.refused += count;
          return Promise.reject(new Error('the log takes no more'));
        }
        return new Promise((kept, lost) => push({ lines, count, settle: { kept, lost } }));
      }
      // a request that was let in while there was room may go a little over
      if (closed || (isFull && whenFull === 'drop')) counts.dropped += count;
      else push({ lines, count, settle: undefined });
      return undefined;
    },
    status: (): LogStatus => ({ ...counts, pendingBytes: pending }),
    flush,
    async close() {
      if (closed) return;
      closed = true;
      await flush();
      clearTimeout(flushTimer);
      clearTimeout(syncTimer);
      counts.dropped += queue.reduce((sum, { count }) => sum + count, 0);
      queue = [];
      pending = 0;
      await file.close();
    },
  };
}
