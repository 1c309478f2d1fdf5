/** What a run tells while it works, and where it takes the time from. */
export interface RunEnvironment {
  /** one line of progress: the stage, and what it does or found */
  onProgress: (stage: StageName, message: string) => void;
  /** milliseconds, from a clock that only goes forward */
  now: () => number;
}

/** The stages, in order; `compare` is of retraining. */
export type StageName = 'data' | 'train' | 'optimize' | 'deploy' | 'compare' | 'monitor';
