/** An engine with a model loaded, which scores row-major float32 rows to probabilities. */
export interface ScoringEngine {
  name: string;
  /** the model file */
  file: Uint8Array;
  /** what a fresh process is asked for, where the time to the first score is of interest */
  fresh?: 'simd' | 'portable' | 'javascript' | 'onnx';
  /** it takes a row a call, and is left out of batches */
  onlyOneRow?: boolean;
  predict(matrix: Float32Array): Promise<ArrayLike<number>>;
  /**
   * A call to be timed: it scores one window, and the next one at the next call. Inputs are made here, beforehand.
   * @param windows - row-major, rowCount rows each
   */
  prepare(windows: readonly Float32Array[], rowCount: number): () => unknown;
  release(): Promise<void>;
}

/** Scores one input a call, in turn, so that no engine learns a single path by heart. */
export function inTurn<Input>(
  inputs: readonly Input[],
  score: (input: Input) => unknown,
): () => unknown {
  let next = 0;
  return () => {
    const input = inputs[next]!;
    next = next + 1 === inputs.length ? 0 : next + 1;
    return score(input);
  };
}
