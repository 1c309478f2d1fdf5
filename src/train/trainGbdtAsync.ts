import { revivedError } from '../core/sentError.js';
import { nextTask, type Thread, threadStarter } from '../core/thread.js';
import { bareModel } from '../model/bareModel.js';
import type { Model } from '../model/model.js';
import { boostRounds, type GbdtFit } from './gbdt.js';
import type { GbdtOptions } from './gbdtOptions.js';
import { resolveGbdtOptions } from './gbdtOptions.js';
import { hasSharedMemory, isShared } from './team/sharedBins.js';
import { checkWorkers } from './team/teamKernel.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import type { TrainingReply, TrainingRequest } from './trainingMessages.js';
import type { TreeProgress } from './treeOptions.js';

/** How far a fit is, and how long it will go on. */
export interface TimedProgress extends TreeProgress {
  elapsedSeconds: number;
  /** at the pace so far, all rounds included; early stopping may come before */
  remainingSeconds: number;
}

/** Options of {@link trainGbdtAsync} besides those of the fit. */
export interface AsyncOptions {
  /** ends the fit: the promise is rejected with the signal's reason, and nothing of the fit is left running */
  signal?: AbortSignal;
  onProgress?: (progress: TimedProgress) => void;
  /**
   * Starts the worker that runs `coppice/train/worker`, for bundlers that do not follow `new URL(…, import.meta.url)`; false
   * stays in the calling thread. Absent: a worker where the platform has them.
   */
  createWorker?: (() => Thread) | false;
  /**
   * threads that work on the fit over one shared memory, in [1, 32]; 1 when absent. The model does not depend on it. Where a
   * platform shares no memory (a page without cross-origin isolation) one works alone.
   */
  workers?: number;
}

/** Options of {@link trainGbdtAsync}. */
export type GbdtAsyncOptions = Partial<Omit<GbdtOptions, 'onProgress'>> & AsyncOptions;

/** The calling thread is given back after this many milliseconds of training in it. */
const SLICE_MILLISECONDS = 12;

/**
 * `trainGbdt` that leaves the calling thread free: in a worker (a thread in Node), with the same model to the last bit.
 *
 * The data is copied to the worker; nothing of the caller's is changed. Where there are no workers, and with an objective or a
 * metric of functions, which no worker can be sent, the fit runs in the calling thread and gives way between rounds: binning
 * and a single round are then the longest that the thread is held.
 * @throws (rejects) as `trainGbdt`; with the reason of `signal` when it is aborted.
 * @example
 * const model = await trainGbdtAsync(data, { numTrees: 500, signal: AbortSignal.timeout(60_000) });
 */
export async function trainGbdtAsync(
  data: TrainingMatrix,
  options: GbdtAsyncOptions = {},
): Promise<Model> {
  const { signal, onProgress, createWorker, workers = 1, ...rest } = options;
  checkWorkers(workers);
  // wrong options are told before a worker is started
  resolveGbdtOptions(rest);
  signal?.throwIfAborted();
  const report = onProgress && timed(onProgress);
  const hasFunctions = typeof rest.objective === 'object' || typeof rest.metric === 'object';
  const start = createWorker === false || hasFunctions ? undefined : workerStarter(createWorker);
  const { forest, task } = start
    ? await fitInThreads(start, workers, data, rest, report, signal)
    : await fitHere(data, rest, report, signal);
  return bareModel(data, forest, 'gbdt', task);
}

/** Built files lie one folder deep, and so does this one: the address is right from all of them. */
function workerStarter(createWorker?: () => Thread): (() => Thread) | undefined {
  return threadStarter(
    new URL('../train/trainWorker.js', import.meta.url),
    () => new Worker(new URL('../train/trainWorker.js', import.meta.url), { type: 'module' }),
    createWorker,
  );
}

/** One thread leads the fit; the others start up beside it, and hear from it when there is memory to share. */
function fitInThreads(
  start: () => Thread,
  workers: number,
  data: TrainingMatrix,
  options: Partial<GbdtOptions>,
  report: ((progress: TreeProgress) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<GbdtFit> {
  const threads: Thread[] = [];
  return new Promise<GbdtFit>((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    const startThread = (onReply: (reply: TrainingReply) => void): Thread => {
      const thread = start();
      threads.push(thread);
      thread.listen((message) => onReply(message as TrainingReply), reject);
      return thread;
    };
    const onReply = (reply: TrainingReply): void => {
      if (reply.kind === 'progress') report?.(reply.progress);
      else if (reply.kind === 'done') resolve(reply.fit);
      else if (reply.kind === 'failed') reject(revivedError(reply.error));
      else for (const helper of threads.slice(1)) helper.post(reply);
    };
    const wantsProgress = report !== undefined;
    const request: TrainingRequest = {
      kind: 'fit',
      data: { ...data, matrix: workers > 1 ? sharedMatrix(data.matrix) : data.matrix },
      options,
      wantsProgress,
      workers,
    };
    startThread(onReply).post(request);
    const helpers = hasSharedMemory() ? workers - 1 : 0;
    for (let helper = 0; helper < helpers; helper++) startThread(() => {});
  }).finally(() => {
    for (const thread of threads) thread.terminate();
  });
}

/** A copy in memory that threads share, which is then not copied again; the matrix itself where there is none such. */
function sharedMatrix(matrix: Float32Array): Float32Array {
  // what is no matrix is told by the fit
  if (!hasSharedMemory() || !(matrix instanceof Float32Array) || isShared(matrix)) return matrix;
  const copy = new Float32Array(new SharedArrayBuffer(matrix.byteLength));
  copy.set(matrix);
  return copy;
}

/** In the calling thread, a slice at a time. */
async function fitHere(
  data: TrainingMatrix,
  options: Partial<GbdtOptions>,
  report: ((progress: TreeProgress) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<GbdtFit> {
  await nextTask();
  const rounds = boostRounds(data, options);
  let sliceStart = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = rounds.next();
    if (done) return value;
    report?.(value);
    if (performance.now() - sliceStart < SLICE_MILLISECONDS) continue;
    await nextTask();
    sliceStart = performance.now();
  }
}

function timed(onProgress: (progress: TimedProgress) => void): (progress: TreeProgress) => void {
  const start = performance.now();
  return (progress) => {
    const elapsedSeconds = (performance.now() - start) / 1000;
    const remainingSeconds = (elapsedSeconds / progress.tree) * (progress.numTrees - progress.tree);
    onProgress({ ...progress, elapsedSeconds, remainingSeconds });
  };
}
