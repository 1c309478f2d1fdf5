import type { Kernel } from '../kernel/kernel.js';
import { FREE_WORDS, waitUntil } from './control.js';
import type { TeamThread } from './teamThread.js';

const LOCK = FREE_WORDS;
/** blocks whose sums are in the histogram */
const SUMMED = FREE_WORDS + 1;
/** for each partial histogram: 1 + the block that it holds, 0 for none */
const READY = FREE_WORDS + 2;

/**
 * Partial histograms of a thread: while the sums of one wait for those of an earlier block, it builds the next. Two threads that take turns
 * need few; more would not stay in the cache.
 */
export const PARTIALS_OF_THREAD = 3;

/** A histogram of many rows: the sums of its blocks, added up in their order. */
export interface BlockedHistogram {
  /** of all rows, into the first of the partial histograms */
  build: Parameters<Kernel['buildHistogram']>;
  blockRows: number;
  /** from one partial histogram to the next */
  partialBytes: number;
  /** how many of those there are */
  partialCount: number;
  /** histogram and bundle sums, cleared */
  target: number;
  bundleTarget: number;
}

/** As the arguments of a call. */
export function blockArguments(histogram: BlockedHistogram): number[] {
  const { build, blockRows, partialBytes, partialCount, target, bundleTarget } = histogram;
  return [...build, blockRows, partialBytes, partialCount, target, bundleTarget];
}

/** Clears what threads tell each other of blocks; before a call. */
export function clearBlocks(controlWords: Int32Array, partialCount: number): void {
  controlWords.fill(0, LOCK, READY + partialCount);
}

export function blockCount(args: Float64Array): number {
  return Math.ceil(args[3]! / args[14]!);
}

/** Builds one block of rows, and adds to the histogram what is next. */
export function buildBlock(
  thread: TeamThread,
  args: Float64Array,
  block: number,
  worker: number,
): void {
  const { kernel, controlWords, tileBytes } = thread;
  const blockRows = args[14]!;
  const partialBytes = args[15]!;
  const partialCount = args[16]!;
  // the earliest block that is not summed up waits for nothing: there is always one thread that goes on
  waitUntil(controlWords, SUMMED, (summed) => summed > block - partialCount);
  const own = args.slice(0, 14);
  const at = block % partialCount;
  const from = block * blockRows;
  own[2]! += 4 * from;
  own[3] = Math.min(blockRows, own[3]! - from);
  own[8]! += worker * tileBytes;
  own[10]! += at * partialBytes;
  own[12]! += at * partialBytes;
  (kernel.buildHistogram as (...all: number[]) => void)(...own);
  Atomics.store(controlWords, READY + at, block + 1);
  sumUp(kernel, controlWords, args, partialBytes, partialCount);
}

/** Adds up blocks that are next and ready, unless another thread is at it, which then does. */
function sumUp(
  kernel: Kernel,
  controlWords: Int32Array,
  args: Float64Array,
  partialBytes: number,
  partialCount: number,
): void {
  const [histogram, histogramBytes, bundleSums, bundleBytes] = args.subarray(10, 14);
  const isReady = (block: number): boolean =>
    Atomics.load(controlWords, READY + (block % partialCount)) === block + 1;
  for (;;) {
    if (Atomics.compareExchange(controlWords, LOCK, 0, 1) !== 0) return;
    let block = Atomics.load(controlWords, SUMMED);
    for (; isReady(block); block++) {
      const offset = (block % partialCount) * partialBytes;
      kernel.addHistogram(args[17]!, histogram! + offset, histogramBytes!);
      kernel.addHistogram(args[18]!, bundleSums! + offset, bundleBytes!);
      Atomics.store(controlWords, SUMMED, block + 1);
    }
    Atomics.store(controlWords, LOCK, 0);
    Atomics.notify(controlWords, SUMMED);
    // one that became ready while this thread let go was left to it
    if (!isReady(block)) return;
  }
}
