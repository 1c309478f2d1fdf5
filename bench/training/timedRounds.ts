import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../src/core/random.js';
import type { Interval } from '../../src/evaluate/index.js';
import { pairedRatio } from '../../src/optimize/latencySummary.js';
import { median } from '../../src/optimize/percentile.js';
import { ContestantError } from '../contestantProcess.js';
import { type Contestant, type FitReply, writeParts } from './contestant.js';
import { type MetricName, scorePredictions } from './predictionMetrics.js';
import type { SplitData } from './splitData.js';

/** What a library did on a set. */
export interface ContestantResult {
  name: string;
  /** of each round, fits of coppice in the order they were run; empty when it failed */
  seconds: number[];
  /** the same fits in processor time */
  cpuSeconds: number[];
  medianSeconds: number;
  /** coppice over this library: the median over rounds of the ratio of two fits run one after the other, and its 95 % bootstrap interval */
  ratio?: Interval;
  /** the same ratio of processor times */
  cpuRatio?: Interval;
  metrics: Partial<Record<MetricName, number>>;
  /** of the process during its first fit, runtime and data included */
  peakBytes: number | null;
  /** what that fit added to what was resident before */
  addedBytes: number | null;
  /** why there are no numbers */
  failure?: string;
}

/**
 * Trains coppice and each peer on a set in turn: coppice, LightGBM, coppice, XGBoost and so on, `rounds` times over, after an
 * untimed fit of each. A library that fails is out, with its reason.
 */
export async function timedRounds(
  data: SplitData,
  coppice: Contestant,
  peers: readonly Contestant[],
  rounds: number,
  random: Random,
): Promise<ContestantResult[]> {
  const { request, remove } = writeParts(data);
  try {
    const entries: Entry[] = [];
    for (const contestant of [coppice, ...peers]) {
      entries.push(await firstFit(contestant, data, request));
    }
    const [ours, ...theirs] = entries as [Entry, ...Entry[]];
    const able = theirs.filter((peer) => !peer.failure);
    for (let round = 0; round < rounds; round++) {
      if (!ours.failure && able.length === 0) await timedFit(ours);
      for (const peer of able) {
        // who goes first is drawn, so that neither always finds the caches as the other left them
        const pair = ours.failure ? [peer] : random.shuffle([ours, peer]);
        for (const entry of pair) await timedFit(entry);
        if (!ours.failure) peer.coppiceFits.push(ours.fits.at(-1)!);
      }
    }
    return entries.map((entry) => summarize(entry, random));
  } finally {
    remove();
  }
}

/** A contestant while the rounds run. */
interface Entry {
  contestant: Contestant;
  fits: FitReply[];
  /** coppice's fit beside each fit of a peer */
  coppiceFits: FitReply[];
  first: FitReply | undefined;
  metrics: Partial<Record<MetricName, number>>;
  failure?: string;
}

/** The untimed fit: warms up, is measured for memory, and gives the predictions. */
async function firstFit(
  contestant: Contestant,
  data: SplitData,
  request: Parameters<Contestant['load']>[0],
): Promise<Entry> {
  const entry = { contestant, fits: [], coppiceFits: [], first: undefined, metrics: {} };
  try {
    await contestant.load(request);
    const first = await contestant.fit();
    const out = join(request.train.matrix, '..', `${contestant.name}.predictions`);
    await contestant.predict(out);
    const predictions = new Float64Array(new Uint8Array(readFileSync(out)).buffer);
    const metrics = scorePredictions(data.task, data.classCount, data.test, predictions);
    return { ...entry, first, metrics };
  } catch (error) {
    if (error instanceof ContestantError) return { ...entry, failure: error.message };
    throw error;
  }
}

async function timedFit(entry: Entry): Promise<void> {
  entry.fits.push(await entry.contestant.fit());
}

function summarize(entry: Entry, random: Random): ContestantResult {
  const { contestant, fits, coppiceFits, first, metrics, failure } = entry;
  const peakBytes = first?.peakBytes ?? null;
  const beforeBytes = first?.beforeBytes ?? null;
  const seconds = fits.map((fit) => fit.seconds);
  // pairedRatio divides the second by the first
  const ratioOf = (clock: 'seconds' | 'cpuSeconds'): Interval => {
    const [theirs, ours] = [fits, coppiceFits].map((replies) =>
      replies.map((fit) => Float64Array.of(fit[clock])),
    );
    return pairedRatio(theirs!, ours!, random);
  };
  return {
    name: contestant.name,
    seconds,
    cpuSeconds: fits.map((fit) => fit.cpuSeconds),
    medianSeconds: median(seconds),
    ...(coppiceFits.length > 0
      ? { ratio: ratioOf('seconds'), cpuRatio: ratioOf('cpuSeconds') }
      : {}),
    metrics,
    peakBytes,
    addedBytes: peakBytes !== null && beforeBytes !== null ? peakBytes - beforeBytes : null,
    ...(failure === undefined ? {} : { failure }),
  };
}
