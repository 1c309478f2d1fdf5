import { checkInteger } from '../../core/check.js';
import { createKernel } from '../kernel/createKernel.js';
import type { Kernel, KernelFactory, KernelInstance, Team } from '../kernel/kernel.js';
import {
  type Control,
  call,
  controlOf,
  createControlMemory,
  MAX_WORKERS,
  workerCountOf,
} from './control.js';
import { copyMembership, joinPartitions } from './dividedPartition.js';
import { compileSharedKernel, instantiateSharedKernel, type TeamMemory } from './sharedKernel.js';
import { doShare, SHARED_FUNCTIONS, type SharedFunction } from './shares.js';

/** With fewer rows a call is not worth telling others of it. */
const WORTH_SHARING = 2048;
/** The same for loops of a nanosecond a row: where others use the processors too, each call may wait for a helper that has none. */
const LONG = 65_536;

/**
 * Makes kernels whose long loops (gradients, histograms, long partitions and margins) are worked off by several threads over one shared
 * memory, with the same bits whatever their number, down to none. This thread must be one that may wait: not the main thread of a page.
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
      const { buffer } = instance.memory;
      return { ...shareKernel(kernel, controlOf(control), tileBytes, buffer), buffer };
    },
  };
}

/** A kernel whose long loops are called out to the team. */
function shareKernel(
  kernel: Kernel,
  control: Control,
  tileBytes: number,
  buffer: ArrayBufferLike,
): { kernel: Kernel; team: Team } {
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);
  const args = control.arguments;
  const run = (name: SharedFunction, workerCount: number, given: readonly number[]): void => {
    args.set(given);
    call(control, SHARED_FUNCTIONS.indexOf(name), workerCount, (_, worker) =>
      doShare(kernel, name, args, worker, workerCount, tileBytes),
    );
  };
  /** The function, shared out when there are rows enough. @param rowCountAt - which argument is their number */
  const shared = <N extends SharedFunction & keyof Kernel>(
    name: N,
    rowCountAt: number,
    least: number = WORTH_SHARING,
  ): Kernel[N] =>
    ((...given: number[]) => {
      const workerCount = workerCountOf(control);
      if (workerCount > 1 && given[rowCountAt]! >= least) run(name, workerCount, given);
      else (kernel[name] as (...all: number[]) => unknown)(...given);
    }) as Kernel[N];

  const team: Team = {
    get size() {
      return workerCountOf(control);
    },
    buildBlocks(given, blockRows, partialBytes, size) {
      run('buildBlocks', size, [...given, blockRows, partialBytes]);
    },
    partition(given, tile) {
      const [bins, membership, indices, count, scratch] = given;
      const workerCount = workerCountOf(control);
      if (workerCount === 1 || count < LONG) return kernel.partition(...given);
      const division = { membership, indices, count, scratch, tile, tileBytes, workerCount };
      copyMembership(bytes, division);
      run('partition', workerCount, [bins, tile, indices, count, scratch]);
      return joinPartitions(bytes, words, division);
    },
  };
  const sharing: Kernel = {
    ...kernel,
    logisticGradients: shared('logisticGradients', 3),
    roundGradients: shared('roundGradients', 1),
    softmaxNormalizers: shared('softmaxNormalizers', 2),
    softmaxGradients: shared('softmaxGradients', 6),
    addToMargins: shared('addToMargins', 2, LONG),
  };
  return { kernel: sharing, team };
}

/** @throws {ConfigError} when a number of workers is not one that a team can have. */
export function checkWorkers(workers: number): void {
  checkInteger('workers', workers, 1, MAX_WORKERS);
}
