/** How the prediction log is doing. */
export interface LogStatus {
  /** lines in the files */
  written: number;
  /** lines that were given up although their predictions were answered */
  dropped: number;
  /** lines that were not kept, and whose requests were therefore refused */
  refused: number;
  /** failed writes */
  errors: number;
  /** bytes that wait to be written */
  pendingBytes: number;
}

/** Where the lines of the prediction log go. */
export interface PredictionSink {
  /** False when nothing more fits and nothing may be lost: then nothing is predicted, and the client is told to come back. */
  readonly accepting: boolean;
  /** False when no answer has to wait for its lines: then `append` gives no promise, and lines may come after the answer. Default true. */
  readonly waits?: boolean;
  /**
   * Takes whole lines, newlines included. Must not throw and must not block.
   * @returns undefined when the answer need not wait for them, else a promise to wait for; it rejects when the lines were not
   * kept, and then they will not be.
   */
  append(lines: string, lineCount: number): Promise<void> | undefined;
  status(): LogStatus;
}
