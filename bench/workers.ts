// Training in one worker and in several over one shared memory: seconds, their ratio, and whether the models are the same.
// usage: tsx bench/workers.ts [--rows 1000000] [--workers 2] [--rounds 5]   (after npm run build)
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { canonicalJson } from '../src/core/json.js';
import { createRandom } from '../src/core/random.js';
import { pairedRatio } from '../src/optimize/latencySummary.js';
import { median } from '../src/optimize/percentile.js';
import { describeEnvironment } from './training/environment.js';
import { syntheticData } from './training/syntheticData.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
  },
});
const workers = Number(values.workers);
// a worker is a file of its own, which only the built package has
const { trainGbdtAsync }: typeof import('../src/train/index.js') = await import(
  new URL('../dist/train/index.js', import.meta.url).href
);
const { train, featureCount } = syntheticData('numeric', Number(values.rows));
const data = { ...train, featureCount };

console.log(describeEnvironment());
console.log(
  `${train.rowCount} rows of ${featureCount} features, 100 trees of 31 leaves, binning included`,
);
const random = createRandom(1);
const one: number[] = [];
const several: number[] = [];
const models = new Set<string>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const count of random.shuffle([1, workers])) {
    const start = performance.now();
    const model = await trainGbdtAsync(data, { workers: count });
    (count === 1 ? one : several).push((performance.now() - start) / 1000);
    models.add(createHash('sha256').update(canonicalJson(model)).digest('hex'));
  }
}
const { value, lower, upper } = pairedRatio(
  several.map((seconds) => Float64Array.of(seconds)),
  one.map((seconds) => Float64Array.of(seconds)),
  random,
);
console.log(`1 worker   ${median(Float64Array.from(one)).toFixed(2)} s`);
console.log(`${workers} workers  ${median(Float64Array.from(several)).toFixed(2)} s`);
console.log(`times faster: ${value.toFixed(2)} [${lower.toFixed(2)}, ${upper.toFixed(2)}]`);
console.log(
  models.size === 1 ? 'all models are the same bytes' : `THE MODELS DIFFER: ${models.size} of them`,
);
process.exit(models.size === 1 ? 0 : 1);
