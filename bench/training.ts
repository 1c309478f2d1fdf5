/**
 * Wall time of training, binning included, one thread: coppice in turn with the peers that are installed (see bench/peers).
 * usage: npm run bench:train -- [--sets numeric_40k,adult] [--peers lightgbm,sklearn] [--rounds 5] [--scaling] [--dist] [--json out.json]
 */
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/core/random.js';
import { median } from '../src/optimize/percentile.js';
import { startContenders } from './training/contenders.js';
import { PEERS, TRAINING_OPTIONS } from './training/contestant.js';
import { describeEnvironment } from './training/environment.js';
import { dataDirectory, readManifest, readRealData } from './training/realData.js';
import { fitGrowth } from './training/scaling.js';
import type { SplitData } from './training/splitData.js';
import { firstRows, syntheticData } from './training/syntheticData.js';
import { type ContestantResult, timedRounds } from './training/timedRounds.js';
import { trainingHeader, trainingRows } from './training/trainingTable.js';

const SYNTHETIC: Readonly<Record<string, number>> = { numeric_40k: 40_000, numeric_1m: 1_000_000 };
const REAL = [
  'hotel_bookings',
  'adult',
  'kddcup99_10pct',
  'california_housing',
  'covtype_20k',
  'letter',
];
const SCALING_ROWS = [10_000, 30_000, 100_000, 300_000, 1_000_000];

const { values } = parseArgs({
  options: {
    sets: { type: 'string' },
    peers: { type: 'string', default: PEERS.join(',') },
    rounds: { type: 'string', default: '5' },
    scaling: { type: 'boolean', default: false },
    dist: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 2) {
  throw new RangeError(`--rounds expected an integer >= 2, got ${values.rounds}`);
}
const libraries = values.peers.split(',').filter((name) => name !== '');
const unknown = libraries.find((name) => !(PEERS as readonly string[]).includes(name));
if (unknown !== undefined) {
  throw new RangeError(`--peers expected some of ${PEERS.join(', ')}, got ${unknown}`);
}
const build = values.dist ? 'dist' : 'src';
if (values.dist && !existsSync('dist/train/index.js')) {
  throw new Error('--dist needs a build: run npm run build first');
}

const manifest = new Map(readManifest().map((dataset) => [dataset.name, dataset]));
const reports: { set: string; rows: number; results: ContestantResult[] }[] = [];
const environment = describeEnvironment();
const told = new Set<string>();

console.log(environment);
console.log(
  `${JSON.stringify(TRAINING_OPTIONS)}, one thread, ${rounds} rounds, coppice from ${build}`,
);
await tellVersions();
console.log(`\n${trainingHeader()}`);
if (values.scaling) await measureGrowth();
else for await (const data of chosenSets()) await measure(data);
if (values.json) {
  writeFileSync(
    values.json,
    `${JSON.stringify({ environment, rounds, build, reports }, null, 2)}\n`,
  );
}

async function tellVersions(): Promise<void> {
  const { coppice, peers, stop } = await startContenders(build, libraries, tellOnce);
  console.log([coppice, ...peers].map(({ name, version }) => `${name} ${version}`).join(', '));
  stop();
}

async function* chosenSets(): AsyncGenerator<SplitData> {
  const names = values.sets?.split(',') ?? [...Object.keys(SYNTHETIC), ...REAL];
  for (const name of names) {
    const rowCount = SYNTHETIC[name];
    const dataset = manifest.get(name);
    if (rowCount !== undefined) yield syntheticData(name, rowCount);
    else if (dataset) yield await readRealData(dataset);
    else console.error(`skipped ${name}: not among the sets of ${dataDirectory()}`);
  }
}

async function measure(data: SplitData): Promise<ContestantResult[]> {
  process.stderr.write(`${data.name}: ${data.train.rowCount} rows\n`);
  const { coppice, peers, stop } = await startContenders(build, libraries, tellOnce);
  try {
    const results = await timedRounds(data, coppice, peers, rounds, createRandom(1));
    console.log(trainingRows(data, results));
    reports.push({ set: data.name, rows: data.train.rowCount, results });
    return results;
  } finally {
    stop();
  }
}

async function measureGrowth(): Promise<void> {
  const whole = syntheticData('numeric', SCALING_ROWS.at(-1)!);
  const seconds = new Map<string, number[]>();
  for (const rowCount of SCALING_ROWS) {
    for (const result of await measure(firstRows(whole, `numeric_${rowCount}`, rowCount))) {
      if (result.failure !== undefined) continue;
      seconds.set(result.name, [...(seconds.get(result.name) ?? []), median(result.cpuSeconds)]);
    }
  }
  console.log('\n| library | CPU seconds ~ rows^ | furthest from the line |\n|---|---|---|');
  for (const [name, times] of seconds) {
    if (times.length < SCALING_ROWS.length) continue;
    const { exponent, largestDeviation } = fitGrowth(SCALING_ROWS, times);
    console.log(`| ${name} | ${exponent.toFixed(2)} | ×${largestDeviation.toFixed(2)} |`);
  }
}

function tellOnce(message: string): void {
  if (told.has(message)) return;
  told.add(message);
  console.error(message);
}
