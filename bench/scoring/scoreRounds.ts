import { readFileSync } from 'node:fs';
import type { Random } from '../../src/core/random.js';
import type { Interval } from '../../src/evaluate/index.js';
import { pairedRatio } from '../../src/optimize/latencySummary.js';
import { median } from '../../src/optimize/percentile.js';
import { ContestantError } from '../contestantProcess.js';
import type { Clock } from './clock.js';
import type { ModelFiles } from './modelFiles.js';
import { compareProbabilities, type Parity } from './parity.js';
import type { ScoreContestant } from './scoreContestant.js';

/** About how long a contestant is timed at a turn; it takes two samples at least. */
const TURN_MS = 100;

/** What is timed, and how. */
export interface ScorePlan {
  batches: readonly number[];
  /** at least 2 */
  rounds: number;
  clock: Clock;
}

/** A peer beside coppice, on batches of one size. */
export interface PeerTime {
  batch: number;
  /** median microseconds of a call */
  micros: number;
  coppiceMicros: number;
  /** how many times longer a call of the peer takes: median over rounds of neighbouring turns, and its 95 % bootstrap interval */
  ratio: Interval;
}

/** What a library did with a model. */
export interface PeerResult {
  name: string;
  version: string;
  /** it trained a model of its own of that shape, so its probabilities are others */
  own: boolean;
  /** to load, compile or train it; much less when it lay in the cache */
  loadSeconds: number;
  parity?: Parity;
  times: PeerTime[];
  /** why there are no numbers */
  failure?: string;
}

/**
 * Scores with coppice and a peer in turn, `rounds` times over, who goes first is drawn; then with the next peer. Both processes
 * live on, so that a ratio is of neighbours in time.
 */
export async function scoreRounds(
  coppice: ScoreContestant,
  peer: ScoreContestant,
  files: ModelFiles,
  plan: ScorePlan,
  random: Random,
): Promise<PeerResult> {
  const { name, version } = peer;
  try {
    const { own, seconds } = await peer.load(files.request);
    const parity = own ? undefined : await parityOf(peer, files);
    const times: PeerTime[] = [];
    for (const batch of plan.batches) {
      times.push(await timeBatch(coppice, peer, batch, plan, random));
    }
    return { name, version, own, loadSeconds: seconds, ...(parity ? { parity } : {}), times };
  } catch (error) {
    if (!(error instanceof ContestantError)) throw error;
    return { name, version, own: false, loadSeconds: NaN, times: [], failure: error.message };
  }
}

/** How far the probabilities of a contestant are from the float64 reference. */
export async function parityOf(
  contestant: ScoreContestant,
  { exact, path }: ModelFiles,
): Promise<Parity> {
  const out = path(`${contestant.name}.predictions`);
  await contestant.predict(out);
  return compareProbabilities(exact, new Float64Array(new Uint8Array(readFileSync(out)).buffer));
}

async function timeBatch(
  coppice: ScoreContestant,
  peer: ScoreContestant,
  batch: number,
  { rounds, clock }: ScorePlan,
  random: Random,
): Promise<PeerTime> {
  const turns = new Map<ScoreContestant, Float64Array[]>([
    [coppice, []],
    [peer, []],
  ]);
  // the first round warms up: compilers, caches, and what a library makes at its first call
  for (let round = -1; round < rounds; round++) {
    for (const contestant of random.shuffle([coppice, peer])) {
      const micros = await contestant.time({ batch, clock, milliseconds: TURN_MS });
      if (round >= 0) turns.get(contestant)!.push(micros);
    }
  }
  const [ours, theirs] = [turns.get(coppice)!, turns.get(peer)!];
  return {
    batch,
    micros: median(theirs.map(median)),
    coppiceMicros: median(ours.map(median)),
    ratio: pairedRatio(ours, theirs, random),
  };
}
