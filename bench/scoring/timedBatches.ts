import type { Random } from '../../src/core/random.js';
import {
  type BenchmarkSubject,
  interleavedBenchmark,
  type LatencyRatio,
  type SubjectLatency,
} from '../../src/optimize/interleavedBenchmark.js';
import { FEATURE_COUNT, repeatRows } from './benchModels.js';
import { CLOCKS, type Clock } from './clock.js';
import type { ScoringEngine } from './scoringEngine.js';

/** Inputs that calls of a small batch take turns on. */
const MOST_WINDOWS = 256;
/** Every call is repeated for so long beforehand, that its code is compiled for good. */
const WARM_UP_MS = 150;
/** Timed samples of an engine in a round, by the least rows of a batch. */
const CALLS_A_ROUND = [
  { from: 50_000, calls: 1 },
  { from: 2048, calls: 2 },
  { from: 128, calls: 8 },
  { from: 2, calls: 20 },
  { from: 1, calls: 50 },
];
/** Beyond so many rows a call takes seconds: a third of the rounds must do. */
const LONG_BATCH = 50_000;

/** Times of all engines on batches of one size. */
export interface TimedBatch {
  batch: number;
  rounds: number;
  subjects: SubjectLatency[];
  ratios: LatencyRatio[];
}

/** Times every engine on batches of `batch` rows, in turn, in drawn order. */
export async function timedBatch(
  engines: readonly { name: string; engine: ScoringEngine }[],
  rows: Float32Array,
  batch: number,
  rounds: number,
  clock: Clock,
  random: Random,
): Promise<TimedBatch> {
  const windows = windowsOf(rows, batch);
  const subjects: BenchmarkSubject[] = engines
    .filter(({ engine }) => batch === 1 || !engine.onlyOneRow)
    .map(({ name, engine }) => ({
      name,
      run: engine.prepare(windows, batch),
      rowsPerCall: batch,
    }));
  for (const { run } of subjects) await warmUp(run);
  const chosenRounds = batch >= LONG_BATCH ? Math.max(2, Math.ceil(rounds / 3)) : rounds;
  const result = await interleavedBenchmark({
    subjects,
    warmupCalls: 0,
    rounds: chosenRounds,
    callsPerRound: CALLS_A_ROUND.find(({ from }) => batch >= from)!.calls,
    now: CLOCKS[clock],
    random,
  });
  return { batch, rounds: chosenRounds, ...result };
}

/** Row-major batches of `batch` rows: of those that there are, or of all of them repeated. */
export function windowsOf(rows: Float32Array, batch: number): Float32Array[] {
  const length = batch * FEATURE_COUNT;
  if (length >= rows.length) return [repeatRows(rows, batch)];
  const count = Math.min(MOST_WINDOWS, Math.floor(rows.length / length));
  return Array.from({ length: count }, (_, i) => rows.slice(i * length, (i + 1) * length));
}

async function warmUp(run: () => unknown): Promise<void> {
  const start = performance.now();
  do await run();
  while (performance.now() - start < WARM_UP_MS);
}
