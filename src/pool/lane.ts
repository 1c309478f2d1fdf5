import { revivedError } from '../core/sentError.js';
import { nextTask, type Thread } from '../core/thread.js';
import type { Scorer } from '../score/scorer.js';
import type { LoadRequest, PoolReply, ScoreRequest } from './poolMessages.js';

/** What scores rows one batch after the other: a worker, or the calling thread. */
export interface Lane {
  /** Predictions of rows that may be shared memory, and are copied when they are not. */
  score(rows: Float32Array, rowCount: number): Promise<Float32Array>;
  /** Rejects what is under way, and whatever comes later. */
  close(reason: Error): void;
}

/** The calling thread is given back after this many milliseconds of scoring in it. */
const SLICE_MILLISECONDS = 12;

/** In the calling thread, a slice of time after the other. */
export function localLane(scorer: Scorer): Lane {
  let sliceStart = -Infinity;
  let failure: Error | undefined;
  return {
    async score(rows, rowCount) {
      if (performance.now() - sliceStart > SLICE_MILLISECONDS) {
        await nextTask();
        sliceStart = performance.now();
      }
      if (failure) throw failure;
      const predictions = new Float32Array(rowCount * scorer.outputCount);
      scorer.predictInto(rows, rowCount, predictions);
      return predictions;
    },
    close(reason) {
      failure ??= reason;
    },
  };
}

interface Pending {
  resolve(predictions: Float32Array): void;
  reject(reason: Error): void;
}

/**
 * In a worker, which is sent several batches ahead. Buffers that carry rows over are used again when they come back.
 * @param onFailure - when the worker has failed, or could not load; what waits for it has been rejected by then
 * @returns the lane once the worker has loaded the model.
 */
export function workerLane(
  thread: Thread,
  request: LoadRequest,
  onFailure: (error: Error) => void,
): Promise<Lane> {
  const pending = new Map<number, Pending>();
  const buffers: ArrayBuffer[] = [];
  let failure: Error | undefined;
  let sent = 0;

  function fail(error: Error): void {
    if (failure) return;
    failure = error;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    thread.terminate();
    onFailure(error);
  }

  /** Rows as they go over. */
  function parcel(rows: Float32Array): [Float32Array, ArrayBuffer[]] {
    if (!(rows.buffer instanceof ArrayBuffer)) return [rows, []];
    const last = buffers.pop();
    const buffer =
      last && last.byteLength >= rows.byteLength ? last : new ArrayBuffer(rows.byteLength);
    const copy = new Float32Array(buffer, 0, rows.length);
    copy.set(rows);
    return [copy, [buffer]];
  }

  const lane: Lane = {
    score(rows, rowCount) {
      return new Promise((resolve, reject) => {
        if (failure) {
          reject(failure);
          return;
        }
        const id = sent++;
        pending.set(id, { resolve, reject });
        const [parcelled, transfer] = parcel(rows);
        const message: ScoreRequest = { kind: 'score', id, rows: parcelled, rowCount };
        thread.post(message, transfer);
      });
    },
    close: fail,
  };
  return new Promise((resolve, reject) => {
    pending.set(-1, { resolve: () => resolve(lane), reject });
    thread.listen((message) => {
      const reply = message as PoolReply;
      if (reply.kind === 'failed') {
        fail(revivedError(reply.error));
        return;
      }
      const id = reply.kind === 'loaded' ? -1 : reply.id;
      const waiting = pending.get(id);
      pending.delete(id);
      if (reply.kind === 'loaded') waiting?.resolve(new Float32Array(0));
      else {
        if (reply.returned) buffers.push(reply.returned);
        waiting?.resolve(reply.predictions);
      }
    }, fail);
    try {
      thread.post(request);
    } catch (error) {
      fail(error as Error);
    }
  });
}
