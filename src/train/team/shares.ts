import { type Kernel, MEMBERSHIP_BYTES, RECORD_BYTES } from '../kernel/kernel.js';

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
  'softmaxNormalizers',
  'softmaxGradients',
  'buildHistogram',
  'findNumericSplits',
  'findBoundedSplits',
  'partition',
  'addToMargins',
];

export type SharedFunction = keyof Kernel &
  (
    | 'logisticGradients'
    | 'softmaxNormalizers'
    | 'softmaxGradients'
    | 'buildHistogram'
    | 'findNumericSplits'
    | 'findBoundedSplits'
    | 'partition'
    | 'addToMargins'
  );

/** Rows two at a time, as the kernels take them. */
const ROW_UNIT = 2;

/**
 * How each function is cut: by rows where rows are worked on one by one, by columns where sums run over rows. So every sum is
 * added up by one thread in one order, and the bits do not depend on the number of threads.
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
  buildHistogram(args, worker, workerCount, tileBytes) {
    const { from, to } = rangeOf(args[7]!, worker, workerCount);
    args[6]! += 4 * from;
    args[7] = to - from;
    args[8]! += worker * tileBytes;
  },
  findNumericSplits(args, worker, workerCount) {
    const { from, to } = rangeOf(args[3]!, worker, workerCount);
    args[2]! += 4 * from;
    args[3] = to - from;
    args[9]! += RECORD_BYTES * from;
  },
  findBoundedSplits(args, worker, workerCount) {
    const { from, to } = rangeOf(args[3]!, worker, workerCount);
    args[2]! += 4 * from;
    args[3] = to - from;
    args[11]! += RECORD_BYTES * from;
  },
  partition(args, worker, workerCount) {
    const { from, to } = rangeOf(args[3]!, worker, workerCount);
    args[1]! += MEMBERSHIP_BYTES * worker;
    args[2]! += 4 * from;
    args[3] = to - from;
    args[4]! += 4 * from;
  },
  addToMargins(args, worker, workerCount) {
    const { from, to } = rangeOf(args[2]!, worker, workerCount);
    args[1]! += 4 * from;
    args[2] = to - from;
  },
};

/** A thread's share of a call, done. @returns what the kernel's function returns, 0 for nothing */
export function doShare(
  kernel: Kernel,
  name: SharedFunction,
  given: Float64Array,
  worker: number,
  workerCount: number,
  tileBytes: number,
): number {
  const args = given.slice();
  SHARES[name](args, worker, workerCount, tileBytes);
  const run = kernel[name] as (...args: number[]) => number | undefined;
  return run(...args) ?? 0;
}
