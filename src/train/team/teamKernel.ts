import { checkInteger } from '../../core/check.js';
import { binningArguments } from '../bins/binRows.js';
import { createKernel } from '../kernel/createKernel.js';
import type { Kernel, KernelFactory, KernelInstance, Team } from '../kernel/kernel.js';
import { blockArguments, clearBlocks } from './blockSums.js';
import {
  type Control,
  call,
  controlOf,
  createControlMemory,
  MAX_WORKERS,
  workerCountOf,
} from './control.js';
import { countDivided, partitionArguments } from './dividedPartition.js';
import { isShared, learnBinsTogether, type SharedBinning } from './sharedBins.js';
import { compileSharedKernel, instantiateSharedKernel, type TeamMemory } from './sharedKernel.js';
import { SHARED, SHARED_NAMES, type SharedName } from './sharedWork.js';
import { ROW_LOOPS, type RowLoop, rowsOf } from './shares.js';
import { type TeamThread, teamThread } from './teamThread.js';

/** With fewer rows a loop of a few nanoseconds a row is as soon done alone. */
const WORTH_SHARING = 8192;

/** What the helpers are told, in this order. */
export interface Invitation {
  binning(binning: SharedBinning): void;
  team(memory: TeamMemory): void;
}

/**
 * Makes kernels whose long loops (binning, gradients, histograms, partitions and margins) are worked off by several threads over one
 * shared memory, with the same bits whatever their number, down to none. This thread must be one that may wait: not the main thread of a
 * page.
 * @param workerCount - threads, this one included
 * @param invite - tells the helpers, which join when they are ready
 * @returns undefined where the platform has no shared memory or no SIMD.
 */
export function createTeam(workerCount: number, invite: Invitation): KernelFactory | undefined {
  const control = createControlMemory();
  const module = compileSharedKernel();
  if (!control || !module) return undefined;
  return {
    workerCount,
    learnBins: (problem) => learnBinsTogether(problem, invite.binning),
    create(choice, byteLength, tileBytes, rows): KernelInstance {
      if (choice === 'javascript') return createKernel(choice, byteLength);
      const { kernel, memory } = instantiateSharedKernel(module, byteLength);
      const matrix = rows && isShared(rows) ? rows : undefined;
      invite.team({ control, module, memory, tileBytes, matrix });
      const views = controlOf(control);
      const thread = teamThread(kernel, memory.buffer, views.words, tileBytes, matrix);
      return { ...shareKernel(thread, views), buffer: memory.buffer };
    },
  };
}

/** A kernel whose long loops are called out to the team. */
function shareKernel(thread: TeamThread, control: Control): { kernel: Kernel; team: Team } {
  const { kernel } = thread;
  const args = control.arguments;
  const run = (name: SharedName, given: readonly number[]): void => {
    args.set(given);
    const own = SHARED[name];
    call(control, SHARED_NAMES.indexOf(name), own.jobs(args), (_, job, worker) =>
      own.run(thread, args, job, worker),
    );
  };
  const isWorthSharing = (rows: number): boolean =>
    rows >= WORTH_SHARING && workerCountOf(control) > 1;
  const team: Team = {
    get size() {
      return workerCountOf(control);
    },
    sharesMatrix: thread.matrix !== undefined,
    binRows: (binning) => run('binRows', binningArguments(binning)),
    buildBlocks(histogram) {
      clearBlocks(control.words, histogram.partialCount);
      run('buildBlocks', blockArguments(histogram));
    },
    partition(division) {
      const { bins, membership, indices, count, scratch } = division;
      if (!isWorthSharing(count)) {
        return kernel.partition(bins, membership, indices, count, scratch);
      }
      const given = partitionArguments(division);
      run('divide', given);
      run('gatherDivided', given);
      return countDivided(thread, division);
    },
  };
  const loops = ROW_LOOPS.map((loop): [RowLoop, unknown] => [
    loop,
    (...given: number[]) => {
      if (isWorthSharing(rowsOf(loop, given))) run(loop, given);
      else (kernel[loop] as (...all: number[]) => unknown)(...given);
    },
  ]);
  return { kernel: { ...kernel, ...Object.fromEntries(loops) }, team };
}

/** @throws {ConfigError} when a number of workers is not one that a team can have. */
export function checkWorkers(workers: number): void {
  checkInteger('workers', workers, 1, MAX_WORKERS);
}
