import { checkInteger, checkKnownKeys } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import { type Thread, threadStarter } from '../core/thread.js';
import type { LoadOptions } from '../score/createLoader.js';
import { compileKernel } from '../score/kernelModule.js';
import { loadScorer } from '../score/loadScorer.js';
import type { Scorer } from '../score/scorer.js';
import { type Lane, localLane, workerLane } from './lane.js';
import type { LoadRequest } from './poolMessages.js';

export interface PoolOptions extends Pick<LoadOptions, 'kernel' | 'module'> {
  /** threads that score, in [1, 64]; as many as there are cores to spare. 2 when absent. */
  workers?: number;
  /**
   * Starts the worker that runs `coppice/pool/worker`, for bundlers that do not follow `new URL(…, import.meta.url)`; false
   * stays in the calling thread. Absent: workers where the platform has them.
   */
  createWorker?: (() => Thread) | false;
}

export interface PredictOptions {
  /** ends the prediction: the promise is rejected with the signal's reason; the pool stays as it is */
  signal?: AbortSignal;
}

/** Workers that have one model loaded, for batches that take one thread too long. */
export interface ScorerPool {
  /** the model in the calling thread: for names and labels, records, and batches that are not worth sharing */
  readonly scorer: Scorer;
  /** threads that score, besides the calling one; 0 where the platform has no workers, and the calling thread scores */
  readonly workers: number;
  /**
   * A matrix of zeros for so many rows, to be filled and predicted: over memory that threads share where there is any (in a page
   * with cross-origin isolation), so that nothing needs to be copied.
   */
  createMatrix(rowCount: number): Float32Array;
  /**
   * Predictions of a row-major feature matrix, with the bytes of `scorer.predictInto` whatever the number of workers. A matrix
   * over shared memory is read in place and must be left alone until the promise is settled; any other is copied piece by piece.
   * Predictions may overlap.
   * @returns row-major, rowCount * scorer.outputCount.
   * @throws (rejects) {ShapeError} when the matrix is too short; with the reason of `signal` when it is aborted; with what went
   *   wrong when a worker fails, which closes the pool.
   */
  predict(matrix: Float32Array, rowCount: number, options?: PredictOptions): Promise<Float32Array>;
  /** Ends the workers; predictions that are under way are rejected. */
  close(): void;
}

/** rows of a piece are a multiple of the rows of a tile, and about as many as fit the second cache */
const ROW_UNIT = 256;
const PIECE_BYTES = 1 << 19;
/** pieces a worker is sent ahead, so that it never waits for this thread */
const AHEAD = 2;

/**
 * Loads a blob into several workers. Worth it from some ten thousand rows on; a page stays awake meanwhile.
 * @throws as `loadScorer`; {ConfigError} on a wrong option; with what went wrong when a worker cannot be started.
 * @example
 * const pool = await createScorerPool(blob, { workers: navigator.hardwareConcurrency - 1 });
 * const matrix = pool.createMatrix(rowCount); // to be filled
 * const predictions = await pool.predict(matrix, rowCount);
 * pool.close();
 */
export async function createScorerPool(
  blob: Uint8Array,
  options: PoolOptions = {},
): Promise<ScorerPool> {
  checkKnownKeys('option', options, ['kernel', 'module', 'workers', 'createWorker']);
  const { kernel = 'auto', createWorker, workers = 2 } = options;
  checkInteger('workers', workers, 1, 64);
  const wantsSimd = kernel === 'auto' || kernel === 'simd';
  const module = options.module ?? (wantsSimd ? await tryCompile() : undefined);
  const load = { kernel, ...(module && { module }) };
  // a blob that is refused, and wrong options, are told before a worker is started
  const scorer = await loadScorer(blob, load);
  const start = createWorker === false ? undefined : workerStarter(createWorker);
  const lanes = start
    ? await startLanes(start, workers, { kind: 'load', blob, options: load })
    : [localLane(scorer)];
  return poolOf(scorer, lanes, start ? workers : 0);
}

/** Built files lie one folder deep, and so does this one: the address is right from all of them. */
function workerStarter(createWorker?: () => Thread): (() => Thread) | undefined {
  return threadStarter(
    new URL('../pool/poolWorker.js', import.meta.url),
    () => new Worker(new URL('../pool/poolWorker.js', import.meta.url), { type: 'module' }),
    createWorker,
  );
}

/** One module for all threads. Where none can be compiled each does without. */
async function tryCompile(): Promise<WebAssembly.Module | undefined> {
  try {
    return await compileKernel();
  } catch {
    return undefined;
  }
}

/** All or none: when one fails the others are ended. */
async function startLanes(
  start: () => Thread,
  workers: number,
  request: LoadRequest,
): Promise<Lane[]> {
  const lanes: Lane[] = [];
  let failure: Error | undefined;
  const closeAll = (error: Error): void => {
    failure ??= error;
    for (const lane of lanes) lane.close(failure);
  };
  const started = await Promise.allSettled(
    Array.from({ length: workers }, async () => {
      const lane = await workerLane(start(), request, closeAll);
      lanes.push(lane);
      if (failure) lane.close(failure);
    }),
  );
  const refused = started.find(({ status }) => status === 'rejected');
  if (refused) {
    closeAll((refused as PromiseRejectedResult).reason as Error);
    throw failure;
  }
  return lanes;
}

function poolOf(scorer: Scorer, lanes: readonly Lane[], workers: number): ScorerPool {
  const featureCount = scorer.features.length;
  const { outputCount } = scorer;
  const bytesARow = 4 * Math.max(1, featureCount);
  const mostRows = Math.max(1, Math.floor(PIECE_BYTES / bytesARow / ROW_UNIT)) * ROW_UNIT;

  /** Rows of a piece: several for each worker, as long as they are not too small. */
  function pieceRowsOf(rowCount: number): number {
    const share = Math.ceil(rowCount / (lanes.length * AHEAD) / ROW_UNIT) * ROW_UNIT;
    return Math.min(mostRows, Math.max(4 * ROW_UNIT, share));
  }

  return {
    scorer,
    workers,
    createMatrix(rowCount) {
      const length = checkInteger('rowCount', rowCount, 0) * featureCount;
      if (typeof SharedArrayBuffer !== 'function') return new Float32Array(length);
      return new Float32Array(new SharedArrayBuffer(4 * length));
    },
    async predict(matrix, rowCount, { signal } = {}) {
      checkMatrix(matrix, rowCount, featureCount);
      signal?.throwIfAborted();
      const out = new Float32Array(rowCount * outputCount);
      const pieceRows = pieceRowsOf(rowCount);
      let next = 0;
      /** Takes pieces until there are none left. */
      async function work(lane: Lane): Promise<void> {
        while (next < rowCount) {
          const first = next;
          next = Math.min(rowCount, first + pieceRows);
          const rows = matrix.subarray(first * featureCount, next * featureCount);
          out.set(await lane.score(rows, next - first), first * outputCount);
        }
      }
      const works = Array.from({ length: AHEAD }, () => lanes.map(work)).flat();
      try {
        await unlessAborted(Promise.all(works), signal);
      } finally {
        next = rowCount;
      }
      return out;
    },
    close() {
      for (const lane of lanes) lane.close(new Error('the pool is closed'));
    },
  };
}

function checkMatrix(matrix: Float32Array, rowCount: number, featureCount: number): void {
  if (!(matrix instanceof Float32Array)) throw new ShapeError('"matrix" expected a Float32Array');
  if (!Number.isInteger(rowCount) || rowCount < 0) {
    throw new ShapeError(`"rowCount" expected an integer from 0, got ${rowCount}`);
  }
  if (matrix.length >= rowCount * featureCount) return;
  throw new ShapeError(
    `a matrix of ${matrix.length} values, ${rowCount} rows of ${featureCount} features need ${rowCount * featureCount}`,
  );
}

/** Waits for work, or for the signal; its listener is taken off again. */
function unlessAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
