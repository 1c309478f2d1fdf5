import { binRows, rowChunkCount } from '../bins/binRows.js';
import { blockCount, buildBlock } from './blockSums.js';
import { dividePart, gatherPart, partCount } from './dividedPartition.js';
import { jobsOf, ROW_LOOPS, type RowLoop, runRows } from './shares.js';
import type { TeamThread } from './teamThread.js';

/** How a function is cut into jobs, and what one job is. */
interface SharedFunction {
  jobs(args: Float64Array): number;
  run(thread: TeamThread, args: Float64Array, job: number, worker: number): void;
}

export type SharedName = RowLoop | 'buildBlocks' | 'divide' | 'gatherDivided' | 'binRows';

const rowLoops = Object.fromEntries(
  ROW_LOOPS.map((loop): [RowLoop, SharedFunction] => [
    loop,
    {
      jobs: (args) => jobsOf(loop, args),
      run: ({ kernel }, args, job) => runRows(kernel, loop, args, job),
    },
  ]),
) as Record<RowLoop, SharedFunction>;

/** Functions that threads share; where sums run over rows they keep the order of one thread, so that the bits do not depend on their number. */
export const SHARED: Readonly<Record<SharedName, SharedFunction>> = {
  ...rowLoops,
  buildBlocks: { jobs: blockCount, run: buildBlock },
  divide: { jobs: partCount, run: dividePart },
  gatherDivided: { jobs: partCount, run: gatherPart },
  binRows: {
    jobs: rowChunkCount,
    run: (thread, args, job, worker) => binRows(thread, thread.matrix!, args, job, worker),
  },
};

/** Their numbers in a call. */
export const SHARED_NAMES = Object.keys(SHARED) as readonly SharedName[];
