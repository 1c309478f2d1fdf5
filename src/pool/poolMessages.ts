import type { SentError } from '../core/sentError.js';
import type { LoadOptions } from '../score/createLoader.js';

/** What a worker of a pool is sent first. */
export interface LoadRequest {
  kind: 'load';
  blob: Uint8Array;
  options: Pick<LoadOptions, 'kernel' | 'module'>;
}

/** Rows to score: a view of memory that all threads share, or of a buffer that goes over and comes back. */
export interface ScoreRequest {
  kind: 'score';
  id: number;
  rows: Float32Array;
  rowCount: number;
}

export type PoolRequest = LoadRequest | ScoreRequest;

/** What it answers; `returned` is the buffer that went over. */
export type PoolReply =
  | { kind: 'loaded' }
  | { kind: 'scored'; id: number; predictions: Float32Array; returned: ArrayBuffer | undefined }
  | { kind: 'failed'; error: SentError };
