/**
 * How the threads of a team tell each other what to do: a few words of shared memory. One thread calls. The others, the helpers, watch
 * for calls. The work of a call is cut into jobs, and every thread takes the next one until there are none: a helper that wakes late, or
 * that the system has put aside, is waited for only where it has begun a job.
 */
const CALL = 0;
const ACTIVE = 1;
const JOINED = 2;
const FUNCTION = 3;
const NEXT = 4;
const JOBS = 5;
/** The first of the words that functions may use as they like: see `blockSums.ts`, `dividedPartition.ts`. */
export const FREE_WORDS = 16;
const WORDS = FREE_WORDS + 128;

/** Most threads of a team. */
export const MAX_WORKERS = 32;
const MAX_ARGUMENTS = 24;
const CONTROL_BYTES = 4 * WORDS + 8 * MAX_ARGUMENTS;
/**
 * Rounds of looking before a thread sleeps, some 10 ns each. Between calls of a fit lie 0.1 ms or so, and to wake a thread costs the one that
 * calls as much again (0.25 ms on a virtual machine): half a millisecond is watched through, as OpenMP does.
 */
const SPINS = 50_000;

/** Views of the shared words. */
export interface Control {
  words: Int32Array;
  /** of the call */
  arguments: Float64Array;
}

/** Fresh shared memory for a team, or undefined where the platform has none. */
export function createControlMemory(): SharedArrayBuffer | undefined {
  return typeof SharedArrayBuffer === 'function' ? new SharedArrayBuffer(CONTROL_BYTES) : undefined;
}

export function controlOf(memory: SharedArrayBuffer): Control {
  return {
    words: new Int32Array(memory, 0, WORDS),
    arguments: new Float64Array(memory, 4 * WORDS, MAX_ARGUMENTS),
  };
}

/** Does one job of a call. @param worker - the thread that does it; 0 is the one that calls */
export type Work = (functionIndex: number, job: number, worker: number) => void;

/** Threads that watch for calls now, the calling one included. */
export function workerCountOf({ words }: Control): number {
  return 1 + Atomics.load(words, JOINED);
}

/**
 * Has the jobs of a call done by all threads that come for them, this one included; they are done when it returns. The arguments have
 * been written.
 */
export function call(control: Control, functionIndex: number, jobCount: number, work: Work): void {
  const { words } = control;
  words[FUNCTION] = functionIndex;
  words[JOBS] = jobCount;
  Atomics.store(words, NEXT, 0);
  // odd while jobs may be taken
  Atomics.add(words, CALL, 1);
  Atomics.notify(words, CALL);
  takeJobs(words, 0, work);
  // who has not begun by now finds the call closed; who has is counted
  Atomics.add(words, CALL, 1);
  waitUntil(words, ACTIVE, (active) => active === 0);
}

/** Joins a team and takes part in its calls; never returns: the thread is ended from outside. */
export function serve(control: Control, work: Work): never {
  const { words } = control;
  const worker = 1 + Atomics.add(words, JOINED, 1);
  let seen = 0;
  for (;;) {
    const last = seen;
    waitUntil(words, CALL, (now) => isOpen(now) && now !== last);
    seen = takePart(words, worker, work);
  }
}

/** Takes part in the first call of a team, which is about to be made; returns at once where it is over. */
export function helpOnce(control: Control, work: Work): void {
  const { words } = control;
  const worker = 1 + Atomics.add(words, JOINED, 1);
  waitUntil(words, CALL, (now) => now !== 0);
  takePart(words, worker, work);
}

/** @returns the call */
function takePart(words: Int32Array, worker: number, work: Work): number {
  // counted first and looked at then: the caller closes first and counts then
  Atomics.add(words, ACTIVE, 1);
  const now = Atomics.load(words, CALL);
  if (isOpen(now)) takeJobs(words, worker, work);
  if (Atomics.sub(words, ACTIVE, 1) === 1) Atomics.notify(words, ACTIVE);
  return now;
}

function isOpen(callNumber: number): boolean {
  return (callNumber & 1) === 1;
}

function takeJobs(words: Int32Array, worker: number, work: Work): void {
  const functionIndex = words[FUNCTION]!;
  const jobCount = words[JOBS]!;
  for (;;) {
    const job = Atomics.add(words, NEXT, 1);
    if (job >= jobCount) return;
    work(functionIndex, job, worker);
  }
}

/** Waits for a word that is as wanted; who changes it notifies. */
export function waitUntil(
  words: Int32Array,
  at: number,
  isWanted: (value: number) => boolean,
): void {
  for (let spin = 0; spin < SPINS; spin++) if (isWanted(Atomics.load(words, at))) return;
  for (;;) {
    const value = Atomics.load(words, at);
    if (isWanted(value)) return;
    Atomics.wait(words, at, value);
  }
}
