import type { Kernel } from '../kernel/kernel.js';

/** From, up to but without: what one of several threads has to do. */
export interface Range {
  from: number;
  to: number;
}

/** The part of `count` things that one of `workerCount` threads takes; multiples of `unit` where the cut lies. */
export function rangeOf(count: number, worker: number, workerCount: number, unit = 1): Range {
  const cut = (index: number): number =>
    index === workerCount ? count : Math.floor((count * index) / workerCount / unit) * unit;
  return { from: cut(worker), to: cut(worker + 1) };
}

/** Turns the arguments of a call into those of one thread's share. */
type Share = (args: Float64Array, worker: number, workerCount: number, tileBytes: number) => void;

/** Functions of the kernel that threads share, in a fixed order: their numbers in a call. */
export const SHARED_FUNCTIONS: readonly SharedFunction[] = [
  'logisticGradients',
  'roundGradients',
  'softmaxNormalizers',
  'softmaxGradients',
  'buildBlocks',
  'partition',
  'addToMargins',
];

export type SharedFunction =
  /** `buildHistogram` for blocks of rows, with two arguments more: rows a block, bytes from sums to sums */
  | 'buildBlocks'
  | (keyof Kernel &
      (
        | 'logisticGradients'
        | 'roundGradients'
        | 'softmaxNormalizers'
        | 'softmaxGradients'
        | 'partition'
        | 'addToMargins'
      ));

/** Rows two at a time, as the kernels take them. */
const ROW_UNIT = 2;

/**
 * How each function is cut: by rows. Where sums run over rows, by the blocks that one thread would add up one after the
 * other, so that the bits do not depend on the number of threads.
 */
export const SHARES: Readonly<Record<SharedFunction, Share>> = {
  logisticGradients(args, worker, workerCount) {
    const { from, to } = rangeOf(args[3]!, worker, workerCount, ROW_UNIT);
    args[0]! += 8 * from;
    args[1]! += 4 * from;
    args[2]! += 4 * from;
    args[3] = to - from;
    args[4]! += 8 * from;
  },
  roundGradients(args, worker, workerCount) {
    const { from, to } = rangeOf(args[1]!, worker, workerCount, ROW_UNIT);
    args[0]! += 8 * from;
    args[1] = to - from;
    args[2]! += 2 * from;
  },
  softmaxNormalizers(args, worker, workerCount) {
    const { from, to } = rangeOf(args[2]!, worker, workerCount, ROW_UNIT);
    args[0]! += 8 * from;
    args[2] = to - from;
    args[4]! += 8 * from;
    args[5]! += 8 * from;
  },
  softmaxGradients(args, worker, workerCount) {
    const { from, to } = rangeOf(args[6]!, worker, workerCount, ROW_UNIT);
    args[0]! += 8 * from;
    args[1]! += 8 * from;
    args[2]! += 8 * from;
    args[3]! += 4 * from;
    args[5]! += 4 * from;
    args[6] = to - from;
    args[8]! += 8 * from;
  },
  // the membership table is in the scratch memory of each thread: see dividedPartition.ts
  partition(args, worker, workerCount, tileBytes) {
    const { from, to } = rangeOf(args[3]!, worker, workerCount);
    args[1]! += worker * tileBytes;
    args[2]! += 4 * from;
    args[3] = to - from;
    args[4]! += 4 * from;
  },
  addToMargins(args, worker, workerCount) {
    const { from, to } = rangeOf(args[2]!, worker, workerCount);
    args[1]! += 4 * from;
    args[2] = to - from;
  },
  buildBlocks(args, worker, _, tileBytes) {
    const blockRows = args[14]!;
    const partialBytes = args[15]!;
    const from = worker * blockRows;
    args[2]! += 4 * from;
    args[3] = Math.max(0, Math.min(blockRows, args[3]! - from));
    args[8]! += worker * tileBytes;
    args[10]! += worker * partialBytes;
    args[12]! += worker * partialBytes;
  },
};

/** Does a thread's share of a call. */
export function doShare(
  kernel: Kernel,
  name: SharedFunction,
  given: Float64Array,
  worker: number,
  workerCount: number,
  tileBytes: number,
): void {
  const args = given.slice();
  SHARES[name](args, worker, workerCount, tileBytes);
  const own = name === 'buildBlocks' ? 'buildHistogram' : name;
  (kernel[own] as (...all: number[]) => void)(...args);
}
