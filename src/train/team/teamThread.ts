import type { Kernel } from '../kernel/kernel.js';

/** What each thread of a team works with: a kernel of its own and views of its own over the memory that all share. */
export interface TeamThread {
  kernel: Kernel;
  words: Uint32Array;
  floats: Float32Array;
  /** those of the team's control */
  controlWords: Int32Array;
  /** scratch memory of a thread */
  tileBytes: number;
  /** the rows as they came, where threads share them */
  matrix: Float32Array | undefined;
}

export function teamThread(
  kernel: Kernel,
  buffer: ArrayBufferLike,
  controlWords: Int32Array,
  tileBytes: number,
  matrix: Float32Array | undefined,
): TeamThread {
  return {
    kernel,
    words: new Uint32Array(buffer),
    floats: new Float32Array(buffer),
    controlWords,
    tileBytes,
    matrix,
  };
}
