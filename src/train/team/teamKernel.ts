import { ConfigError } from '../../core/errors.js';
import { createKernel } from '../kernel/createKernel.js';
import {
  type Kernel,
  type KernelFactory,
  type KernelInstance,
  MEMBERSHIP_BYTES,
} from '../kernel/kernel.js';
import { type Control, call, controlOf, createControlMemory, workerCountOf } from './control.js';
import { compileSharedKernel, instantiateSharedKernel, type TeamMemory } from './sharedKernel.js';
import { doShare, rangeOf, SHARED_FUNCTIONS, type SharedFunction } from './shares.js';

/** Below this much work, in additions or so, a call is not worth telling others of it. */
const WORTH_SHARING = 20_000;

/**
 * Makes kernels whose long loops are worked off by several threads over one shared memory, with the same bits whatever their
 * number, down to none. This thread must be one that may wait: not the main thread of a page.
 * @param workerCount - threads, this one included
 * @param invite - hands the shared memory to the helpers, which join when they are ready
 * @returns undefined where the platform has no shared memory or no SIMD.
 */
export function createTeam(
  workerCount: number,
  invite: (memory: TeamMemory) => void,
): KernelFactory | undefined {
  const control = createControlMemory();
  const module = compileSharedKernel();
  if (!control || !module) return undefined;
  return {
    workerCount,
    create(choice, byteLength, tileBytes): KernelInstance {
      if (choice === 'javascript') return createKernel(choice, byteLength);
      const memory = { control, module, tileBytes, memory: undefined };
      const instance = instantiateSharedKernel(module, byteLength);
      invite({ ...memory, memory: instance.memory });
      const { kernel } = instance;
      const buffer = instance.memory.buffer;
      return { kernel: shareKernel(kernel, buffer, controlOf(control), tileBytes), buffer };
    },
  };
}

/** A kernel whose long loops are called out to the team. */
function shareKernel(
  kernel: Kernel,
  buffer: ArrayBufferLike,
  control: Control,
  tileBytes: number,
): Kernel {
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);
  const args = control.arguments;
  const run = (name: SharedFunction, workerCount: number, given: readonly number[]): void => {
    args.set(given);
    call(control, SHARED_FUNCTIONS.indexOf(name), workerCount, (_, worker) =>
      doShare(kernel, name, args, worker, workerCount, tileBytes),
    );
  };
  /** The function, shared out when `work` of its arguments is worth it. */
  const shared = <N extends SharedFunction>(
    name: N,
    work: (given: number[]) => number,
  ): Kernel[N] =>
    ((...given: number[]) => {
      const workerCount = workerCountOf(control);
      if (workerCount > 1 && work(given) >= WORTH_SHARING) run(name, workerCount, given);
      else (kernel[name] as (...all: number[]) => unknown)(...given);
    }) as Kernel[N];
  const buildShared = shared(
    'buildHistogram',
    ([, , , count, , , , groups]) => 8 * count! * groups!,
  );

  return {
    ...kernel,
    logisticGradients: shared('logisticGradients', ([, , , rowCount]) => 20 * rowCount!),
    softmaxNormalizers: shared(
      'softmaxNormalizers',
      ([, , rows, classes]) => 20 * rows! * classes!,
    ),
    softmaxGradients: shared('softmaxGradients', ([, , , , , , rowCount]) => 20 * rowCount!),
    findNumericSplits: shared('findNumericSplits', ([, , , columnCount]) => 500 * columnCount!),
    findBoundedSplits: shared('findBoundedSplits', ([, , , columnCount]) => 500 * columnCount!),
    addToMargins: shared('addToMargins', ([, , count]) => 2 * count!),

    buildHistogram(...given) {
      // cleared here, once and for all threads
      const [histogram, histogramBytes, bundleSums, bundleSumsBytes] = given.slice(10) as number[];
      bytes.fill(0, histogram, histogram! + histogramBytes!);
      bytes.fill(0, bundleSums, bundleSums! + bundleSumsBytes!);
      given[11] = 0;
      given[13] = 0;
      buildShared(...given);
    },

    partition(bins, membership, indices, count, scratch) {
      const workerCount = workerCountOf(control);
      if (workerCount === 1 || 4 * count < WORTH_SHARING) {
        return kernel.partition(bins, membership, indices, count, scratch);
      }
      for (let worker = 1; worker < workerCount; worker++) {
        const copy = membership + worker * MEMBERSHIP_BYTES;
        bytes.copyWithin(copy, membership, membership + MEMBERSHIP_BYTES);
      }
      run('partition', workerCount, [bins, membership, indices, count, scratch]);
      // each part is divided: the left ones are moved together, then the right ones, which are in the scratch memory still
      const first = indices / 4;
      let end = 0;
      let missing = 0;
      for (let worker = 0; worker < workerCount; worker++) {
        const { from } = rangeOf(count, worker, workerCount);
        const left = control.results[worker]!;
        if (worker > 0) words.copyWithin(first + end, first + from, first + from + left);
        end += left;
        missing += words[(membership + worker * MEMBERSHIP_BYTES) / 4 + 64]!;
      }
      const leftCount = end;
      for (let worker = 0; worker < workerCount; worker++) {
        const { from, to } = rangeOf(count, worker, workerCount);
        const right = to - from - control.results[worker]!;
        words.set(words.subarray(scratch / 4 + from, scratch / 4 + from + right), first + end);
        end += right;
      }
      words[membership / 4 + 64] = missing;
      return leftCount;
    },
  };
}

/** @throws {ConfigError} when a number of workers is not one that a team can have. */
export function checkWorkers(workers: number): void {
  if (Number.isInteger(workers) && workers >= 1 && workers <= 32) return;
  throw new ConfigError(`"workers" expected an integer in [1, 32], got ${workers}`);
}
