/**
 * Training in one worker and in several over one shared memory: seconds, their ratio, and whether the models are the same. Beside it what
 * the machine gives: as many fits of one worker each at the same time, which share nothing, and LightGBM with as many threads.
 * usage: tsx bench/workers.ts [--rows 1000000] [--workers 2] [--rounds 5] [--trees 100]   (after npm run build)
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { canonicalJson } from '../src/core/json.js';
import { createRandom } from '../src/core/random.js';
import { pairedRatio } from '../src/optimize/latencySummary.js';
import { median } from '../src/optimize/percentile.js';
import { ContestantError } from './contestantProcess.js';
import { type Contestant, startPeer, TRAINING_OPTIONS, writeParts } from './training/contestant.js';
import { describeEnvironment } from './training/environment.js';
import { syntheticData } from './training/syntheticData.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    trees: { type: 'string', default: '100' },
  },
});
const workers = Number(values.workers);
const numTrees = Number(values.trees);
// a worker is a file of its own, which only the built package has
const { trainGbdtAsync }: typeof import('../src/train/index.js') = await import(
  new URL('../dist/train/index.js', import.meta.url).href
);
const synthetic = syntheticData('numeric', Number(values.rows));
const { train, featureCount } = synthetic;
const data = { ...train, featureCount };
const models = new Set<string>();

/** Something to time, and how many fits it is. */
interface Way {
  name: string;
  fits: number;
  run(): Promise<unknown>;
}

async function fit(count: number): Promise<void> {
  const model = await trainGbdtAsync(data, { workers: count, numTrees });
  models.add(createHash('sha256').update(canonicalJson(model)).digest('hex'));
}

const ours: Way[] = [
  { name: '1 worker', fits: 1, run: () => fit(1) },
  { name: `${workers} workers`, fits: 1, run: () => fit(workers) },
  {
    name: `${workers} fits of 1 worker at the same time`,
    fits: workers,
    run: () => Promise.all(Array.from({ length: workers }, () => fit(1))),
  },
];
const peers = await startLightgbm();
const ways = [...ours, ...peers.ways];

console.log(describeEnvironment());
console.log(
  `${train.rowCount} rows of ${featureCount} features, ${numTrees} trees of 31 leaves, binning included`,
);
const random = createRandom(1);
const seconds = new Map<Way, number[]>(ways.map((way) => [way, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const way of random.shuffle([...ways])) {
    const start = performance.now();
    await way.run();
    seconds.get(way)!.push((performance.now() - start) / 1000);
  }
}
peers.stop();

console.log('\n| | seconds a fit | times faster than one [95 %] |\n|---|---|---|');
report(ours);
report(peers.ways);
console.log(
  models.size === 1 ? 'all models are the same bytes' : `THE MODELS DIFFER: ${models.size} of them`,
);
process.exit(models.size === 1 ? 0 : 1);

/** A row each; the first way is what the others are compared with. */
function report(group: readonly Way[]): void {
  const perFit = (way: Way): number[] => seconds.get(way)!.map((total) => total / way.fits);
  for (const way of group) {
    const own = perFit(way);
    const { value, lower, upper } = pairedRatio(
      own.map((time) => Float64Array.of(time)),
      perFit(group[0]!).map((time) => Float64Array.of(time)),
      random,
    );
    const ratio = `${value.toFixed(2)} [${lower.toFixed(2)}, ${upper.toFixed(2)}]`;
    const isFirst = way === group[0];
    console.log(
      `| ${way.name} | ${median(Float64Array.from(own)).toFixed(2)} | ${isFirst ? '' : ratio} |`,
    );
  }
}

/** LightGBM in one thread and in several, where it is installed: see bench/peers. */
async function startLightgbm(): Promise<{ ways: Way[]; stop(): void }> {
  const started: Contestant[] = [];
  const { request, remove } = writeParts(synthetic);
  const options = { ...TRAINING_OPTIONS, numTrees };
  try {
    const found: Way[] = [];
    for (const threads of [1, workers]) {
      const contestant = await startPeer('lightgbm');
      started.push(contestant);
      await contestant.load({ ...request, options, threads });
      const name = `LightGBM, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
      found.push({ name, fits: 1, run: () => contestant.fit() });
    }
    const stop = (): void => {
      for (const contestant of started) contestant.stop();
    };
    return { ways: found, stop };
  } catch (error) {
    if (!(error instanceof ContestantError)) throw error;
    console.error(error.message);
    return { ways: [], stop: () => {} };
  } finally {
    remove();
  }
}
