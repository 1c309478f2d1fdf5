// The thread of fuzzBlobs.ts: mutates and exercises blobs, and tells which one it is at.
import { parentPort, workerData } from 'node:worker_threads';
import { createRandom } from '../../../src/core/random.js';
import { compileKernels, exerciseBlob } from './exerciseBlob.js';
import { mutateBlob } from './mutateBlob.js';
import { seedBlobs } from './seedBlobs.js';

export interface FuzzJob {
  first: number;
  end: number;
  /** one word of shared memory: the blob that is being worked at */
  at: SharedArrayBuffer;
}

/** What the thread tells of every blob in a batch. */
export interface FuzzNote {
  index: number;
  strategy: string;
  seed: string;
  byteLength: number;
  accepted: boolean;
  milliseconds: number;
  kernelBytes: number;
  failure?: string;
}

const BATCH = 500;

const { first, end, at } = workerData as FuzzJob;
const place = new Int32Array(at);
const seeds = seedBlobs();
const kernels = await compileKernels();
let notes: FuzzNote[] = [];

for (let index = first; index < end; index++) {
  Atomics.store(place, 0, index);
  // each blob has a generator of its own, so that it can be had again by its number
  const random = createRandom(Math.imul(index + 1, 0x9e3779b1));
  const { bytes, strategy, seed } = mutateBlob(seeds, random);
  const start = performance.now();
  const note = { index, strategy, seed, byteLength: bytes.length };
  try {
    const { refusal, kernelBytes } = await exerciseBlob(bytes, random, kernels);
    const milliseconds = performance.now() - start;
    notes.push({ ...note, accepted: refusal === undefined, milliseconds, kernelBytes });
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    notes.push({ ...note, accepted: false, milliseconds: 0, kernelBytes: 0, failure });
  }
  if (notes.length === BATCH || index === end - 1) {
    parentPort?.postMessage(notes);
    notes = [];
  }
}
