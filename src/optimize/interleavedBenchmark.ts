import { checkInteger } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import type { Interval } from '../evaluate/index.js';
import { type LatencySummary, pairedRatio, summarizeLatency } from './latencySummary.js';
import { median } from './percentile.js';

/** A sample lasts at least this many steps of the clock, so that reading the clock adds about a percent. */
const CLOCK_STEPS_PER_SAMPLE = 100;
const LARGEST_REPETITION = 65_536;
/** Readings that the step of the clock is taken from. */
const CLOCK_READINGS = 200;

/** Something to time. */
export interface BenchmarkSubject {
  name: string;
  /** one call; a promise is awaited, and only a promise, so that synchronous code is not charged for it */
  run(): unknown;
  /** rows that a call scores, for the throughput */
  rowsPerCall: number;
}

export interface BenchmarkOptions {
  subjects: readonly BenchmarkSubject[];
  /** untimed calls of each subject beforehand, >= 0 */
  warmupCalls: number;
  /** >= 2, as the intervals are over rounds */
  rounds: number;
  /** timed samples of each subject in a round, >= 1 */
  callsPerRound: number;
  /** milliseconds from any origin, for example `() => performance.now()` */
  now: () => number;
  random: Random;
}

export interface SubjectLatency extends LatencySummary {
  name: string;
  rowsPerCall: number;
}

/** How many times longer a call of the peer takes than one of the subject. */
export interface LatencyRatio {
  subject: string;
  peer: string;
  ratio: Interval;
}

export interface BenchmarkResult {
  /** in the order they were given */
  subjects: SubjectLatency[];
  /** each subject against each that was given after it */
  ratios: LatencyRatio[];
}

/**
 * Times subjects side by side. In each round every subject has its turn, in an order drawn anew, so that heat, other
 * processes and garbage fall on all alike and a ratio is between neighbours in time.
 *
 * A call that the clock can hardly tell is timed in a sample of several, of which the mean counts: as many as make the sample
 * last 100 steps of the clock. A p99 is then one of such means, and `callsPerSample` says so.
 * @throws {ConfigError} on an option out of range.
 */
export async function interleavedBenchmark(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { subjects, warmupCalls, rounds, callsPerRound, now, random } = options;
  checkInteger('warmupCalls', warmupCalls, 0);
  checkInteger('rounds', rounds, 2);
  checkInteger('callsPerRound', callsPerRound, 1);
  if (subjects.length === 0) throw new ConfigError('"subjects" expected at least one, got none');

  const shortest = CLOCK_STEPS_PER_SAMPLE * clockStep(now);
  const contestants: Contestant[] = [];
  for (const subject of subjects) {
    for (let call = 0; call < warmupCalls; call++) await subject.run();
    const repetitions = await findRepetitions(subject, shortest, now);
    contestants.push({ subject, repetitions, rounds: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const contestant of random.shuffle([...contestants])) {
      const times = new Float64Array(callsPerRound);
      for (let call = 0; call < callsPerRound; call++) {
        times[call] = await timeCalls(contestant.subject, contestant.repetitions, now);
      }
      contestant.rounds.push(times);
    }
  }
  return {
    subjects: contestants.map((contestant) => summarize(contestant, random)),
    ratios: contestants.flatMap((contestant, i) =>
      contestants.slice(i + 1).map((peer) => ({
        subject: contestant.subject.name,
        peer: peer.subject.name,
        ratio: pairedRatio(contestant.rounds, peer.rounds, random),
      })),
    ),
  };
}

interface Contestant {
  subject: BenchmarkSubject;
  repetitions: number;
  /** milliseconds a call, a sample */
  rounds: Float64Array[];
}

function summarize({ subject, repetitions, rounds }: Contestant, random: Random): SubjectLatency {
  const { name, rowsPerCall } = subject;
  return { name, rowsPerCall, ...summarizeLatency(rounds, rowsPerCall, repetitions, random) };
}

/** The mean time of a call, in milliseconds. */
async function timeCalls(
  subject: BenchmarkSubject,
  repetitions: number,
  now: () => number,
): Promise<number> {
  const start = now();
  for (let i = 0; i < repetitions; i++) {
    const pending = subject.run();
    if (pending instanceof Promise) await pending;
  }
  return (now() - start) / repetitions;
}

/** Doubles the calls in a sample until it lasts long enough. */
async function findRepetitions(
  subject: BenchmarkSubject,
  shortest: number,
  now: () => number,
): Promise<number> {
  let repetitions = 1;
  while (repetitions < LARGEST_REPETITION) {
    const milliseconds = repetitions * (await timeCalls(subject, repetitions, now));
    if (milliseconds >= shortest) break;
    repetitions *= 2;
  }
  return repetitions;
}

/** The usual step between readings of the clock that differ, in milliseconds; 0 for a clock that stands still. */
function clockStep(now: () => number): number {
  const steps: number[] = [];
  let previous = now();
  for (let reading = 0; reading < CLOCK_READINGS; reading++) {
    const current = now();
    if (current > previous) steps.push(current - previous);
    previous = current;
  }
  return steps.length > 0 ? median(steps) : 0;
}
