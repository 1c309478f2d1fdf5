/**
 * How far the test AUC of a library moves when next to nothing changes: each trains every binary set with a few numbers of bins just below
 * 255. What differs between libraries by less than that says nothing of them. The last column holds each library against the better of
 * the other two, as a library is the best of three by luck alone in a third of all cases.
 * usage: npm run bench:quality:noise -- [--sets adult,telco_churn] [--bins 255,251,247,243,239] [--dist]
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startContenders } from './training/contenders.js';
import { type Contestant, TRAINING_OPTIONS, writeParts } from './training/contestant.js';
import { describeEnvironment } from './training/environment.js';
import { scorePredictions } from './training/predictionMetrics.js';
import { readManifest, readRealData } from './training/realData.js';
import type { SplitData } from './training/splitData.js';

const { values } = parseArgs({
  options: {
    sets: { type: 'string' },
    bins: { type: 'string', default: '255,251,247,243,239' },
    dist: { type: 'boolean', default: false },
  },
});
if (values.dist && !existsSync('dist/train/index.js')) {
  throw new Error('--dist needs a build: run npm run build first');
}
const binCounts = values.bins.split(',').map(Number);
const names = values.sets?.split(',');
const datasets = readManifest().filter(
  ({ name, task }) => task === 'binary' && (names?.includes(name) ?? true),
);
const folder = mkdtempSync(join(tmpdir(), 'coppice-noise-'));
/** per library: per set the mean over the numbers of bins */
const means = new Map<string, number[]>();

console.log(describeEnvironment());
console.log(`${JSON.stringify(TRAINING_OPTIONS)}, bins ${binCounts.join(', ')}`);
console.log(
  '\n| set | library | test AUC, mean | standard deviation | least, most |\n|---|---|---|---|---|',
);
for (const dataset of datasets) {
  const data = await readRealData(dataset);
  const { coppice, peers, stop } = await startContenders(
    values.dist ? 'dist' : 'src',
    ['lightgbm', 'sklearn'],
    (message) => console.error(message),
  );
  for (const contestant of [coppice, ...peers]) {
    const aucs: number[] = [];
    for (const maxBins of binCounts) aucs.push(await aucOf(contestant, data, maxBins));
    const mean = meanOf(aucs);
    const spread = Math.sqrt(meanOf(aucs.map((auc) => (auc - mean) ** 2)));
    const range = `${Math.min(...aucs).toFixed(4)}, ${Math.max(...aucs).toFixed(4)}`;
    console.log(
      `| ${dataset.name} | ${contestant.name} | ${mean.toFixed(5)} | ${spread.toFixed(5)} | ${range} |`,
    );
    means.set(contestant.name, [...(means.get(contestant.name) ?? []), mean]);
  }
  stop();
}
rmSync(folder, { recursive: true });

console.log(
  '\n| library | mean over the sets | against the better of the others, mean over the sets |\n|---|---|---|',
);
for (const [name, own] of means) {
  const others = [...means].filter(([other]) => other !== name).map(([, aucs]) => aucs);
  const against = own.map((auc, set) => auc - Math.max(...others.map((aucs) => aucs[set]!)));
  const sign = meanOf(against) < 0 ? '' : '+';
  console.log(
    `| ${name} | ${meanOf(own).toFixed(5)} | ${others.length > 0 ? sign + meanOf(against).toFixed(5) : ''} |`,
  );
}

async function aucOf(contestant: Contestant, data: SplitData, maxBins: number): Promise<number> {
  const { request, remove } = writeParts(data);
  try {
    await contestant.load({ ...request, options: { ...TRAINING_OPTIONS, maxBins } });
    await contestant.fit();
    const out = join(folder, 'predictions');
    await contestant.predict(out);
    const predictions = new Float64Array(new Uint8Array(readFileSync(out)).buffer);
    return scorePredictions(data.task, data.classCount, data.test, predictions).auc!;
  } finally {
    remove();
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
