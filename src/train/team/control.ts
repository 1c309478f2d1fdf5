/**
 * How the threads of a team tell each other what to do: a few words of shared memory. One thread calls, the others, the helpers,
 * wait for calls and work off their share of each.
 */
const CALL = 0;
const PENDING = 1;
const JOINED = 2;
const FUNCTION = 3;
const WORDS = 16;

/** Most threads of a team. */
export const MAX_WORKERS = 32;
const MAX_ARGUMENTS = 16;
const CONTROL_BYTES = 4 * WORDS + 8 * (MAX_ARGUMENTS + MAX_WORKERS);
/** Rounds of looking before a thread sleeps: a call is often followed by another within microseconds. */
const SPINS = 4000;

/** Views of the shared words. */
export interface Control {
  words: Int32Array;
  /** of the call */
  arguments: Float64Array;
  /** what each thread's share returned */
  results: Float64Array;
}

/** Fresh shared memory for a team, or undefined where the platform has none. */
export function createControlMemory(): SharedArrayBuffer | undefined {
  return typeof SharedArrayBuffer === 'function' ? new SharedArrayBuffer(CONTROL_BYTES) : undefined;
}

export function controlOf(memory: SharedArrayBuffer): Control {
  return {
    words: new Int32Array(memory, 0, WORDS),
    arguments: new Float64Array(memory, 4 * WORDS, MAX_ARGUMENTS),
    results: new Float64Array(memory, 4 * WORDS + 8 * MAX_ARGUMENTS, MAX_WORKERS),
  };
}

/** Does one thread's share of a call. @returns what goes into `results` */
export type Work = (functionIndex: number, worker: number, workerCount: number) => number;

/** Threads that would take part in a call now. */
export function workerCountOf({ words }: Control): number {
  return 1 + Atomics.load(words, JOINED);
}

/**
 * Has a call worked off by all threads that have joined, this one included, and waits for the last. The arguments have been
 * written. Who joins later takes part from the next call on.
 */
export function call(
  control: Control,
  functionIndex: number,
  workerCount: number,
  work: Work,
): void {
  const { words, results } = control;
  words[FUNCTION] = functionIndex;
  Atomics.store(words, PENDING, workerCount - 1);
  // the number of threads travels in the same word as the call's number: a helper sees both or neither
  const number = (Atomics.load(words, CALL) >>> 6) + 1;
  Atomics.store(words, CALL, (number << 6) | workerCount);
  Atomics.notify(words, CALL);
  results[0] = work(functionIndex, 0, workerCount);
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, PENDING) === 0) return;
  for (;;) {
    const pending = Atomics.load(words, PENDING);
    if (pending === 0) return;
    Atomics.wait(words, PENDING, pending);
  }
}

/** Joins a team and works off its calls; never returns: the thread is ended from outside. */
export function serve(control: Control, work: Work): never {
  const { words, results } = control;
  let seen = Atomics.load(words, CALL);
  const worker = 1 + Atomics.add(words, JOINED, 1);
  for (;;) {
    seen = nextCall(words, seen);
    const workerCount = seen & 63;
    if (worker >= workerCount) continue;
    results[worker] = work(words[FUNCTION]!, worker, workerCount);
    if (Atomics.sub(words, PENDING, 1) === 1) Atomics.notify(words, PENDING);
  }
}

function nextCall(words: Int32Array, seen: number): number {
  for (let spin = 0; spin < SPINS; spin++) {
    const now = Atomics.load(words, CALL);
    if (now !== seen) return now;
  }
  for (;;) {
    Atomics.wait(words, CALL, seen);
    const now = Atomics.load(words, CALL);
    if (now !== seen) return now;
  }
}
