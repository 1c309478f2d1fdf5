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

/** Lines that were given at one time. */
interface Entry {
  bytes: Buffer;
  count: number;
  /** of those who wait for it */
  waiting: { kept: () => void; lost: (error: Error) => void } | undefined;
}

// what is written at once, in bytes: more would hold up the requests between
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
  let pendingLines = 0;
  /** entries that were queued, and those of them that are written or given up */
  let enqueued = 0;
  let settled = 0;
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
    while (end < queue.length && (end === 0 || length + queue[end]!.bytes.length <= PIECE)) {
      length += queue[end++]!.bytes.length;
    }
    return queue.splice(0, end);
  }

  /** What became of entries is certain. */
  function settle(entries: Entry[], length: number, count: number): void {
    settled += entries.length;
    pending -= length;
    pendingLines -= count;
  }

  async function writePiece(entries: Entry[]): Promise<boolean> {
    const [first, ...more] = entries.map((entry) => entry.bytes);
    const bytes = more.length === 0 ? first! : Buffer.concat([first!, ...more]);
    const count = entries.reduce((sum, entry) => sum + entry.count, 0);
    try {
      await file.append(bytes, acknowledge === 'synced');
    } catch (error) {
      counts.errors++;
      if (!waits) {
        queue = entries.concat(queue);
        return false;
      }
      counts.refused += count;
      settle(entries, bytes.length, count);
      for (const { waiting } of entries) waiting?.lost(error as Error);
      return true;
    }
    counts.written += count;
    settle(entries, bytes.length, count);
    for (const { waiting } of entries) waiting?.kept();
    return true;
  }

  /** Writes what is queued by now, or until a write fails. */
  async function drain(): Promise<void> {
    failing = false;
    for (const end = enqueued; settled < end; ) {
      if (await writePiece(takePiece())) continue;
      failing = true;
      scheduleFlush(options.retrySeconds * 1000);
      return;
    }
    if (queue.length > 0) schedule();
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

  /** Sees to it that what is queued is written, soon or after a while. */
  function schedule(): void {
    // the requests of this turn share a write
    if (waits || pending >= ENOUGH) startSoon ??= setImmediate(() => void start());
    else scheduleFlush(flushMilliseconds);
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
    enqueued++;
    pendingLines += entry.count;
    pending += entry.bytes.length;
    // a disk that fails is asked again after a while, not at every request
    if (!writing && !failing) schedule();
  }

  /** Everything that is queued by now, though more may come all the time. */
  async function flush(): Promise<void> {
    const end = enqueued;
    do await start();
    while (settled < end && !failing);
  }

  return {
    get accepting() {
      return !closed && (pending < maxPendingBytes || (!waits && whenFull === 'drop'));
    },
    waits,
    append(lines, count) {
      const bytes = encodeLines(lines);
      const isFull = pending + bytes.length > maxPendingBytes && pending > 0;
      if (waits) {
        if (closed || isFull) {
          counts.refused += count;
          return Promise.reject(new Error('the log takes no more'));
        }
        return new Promise((kept, lost) => push({ bytes, count, waiting: { kept, lost } }));
      }
      // a request that was let in while there was room may go a little over
      if (closed || (isFull && whenFull === 'drop')) counts.dropped += count;
      else push({ bytes, count, waiting: undefined });
      return undefined;
    },
    status: (): LogStatus => ({ ...counts, pendingBytes: pending }),
    flush,
    async close() {
      if (closed) return;
      closed = true;
      const isDone = await within(options.closeSeconds, flush());
      clearTimeout(flushTimer);
      clearTimeout(syncTimer);
      counts.dropped += pendingLines;
      pendingLines = 0;
      queue = [];
      pending = 0;
      // a disk that hangs would hold up the end for good
      if (isDone) await within(options.closeSeconds, file.close());
    },
  };
}

/** UTF-8; text that is ASCII, as most is, by a shorter way. */
export function encodeLines(text: string): Buffer {
  return Buffer.byteLength(text) === text.length ? Buffer.from(text, 'latin1') : Buffer.from(text);
}

/** Whether something is done in time. @throws what it throws. */
async function within(seconds: number, work: Promise<void>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  try {
    return await Promise.race([work.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
