// A batch in the calling thread and in workers: microseconds a thousand rows, and how many times faster the workers are.
// usage: tsx bench/pool.ts [--workers 2] [--rounds 15]   (after npm run build)
import { parseArgs } from 'node:util';
import { createRandom } from '../src/core/random.js';
import { pairedRatio } from '../src/optimize/latencySummary.js';
import { median } from '../src/optimize/percentile.js';
import { encodeBlob } from '../src/quantize/index.js';
import { trainGbdt } from '../src/train/index.js';
import { describeEnvironment } from './training/environment.js';
import { syntheticData } from './training/syntheticData.js';

const ROW_COUNTS = [1000, 4096, 16_384, 65_536, 262_144, 1_000_000];

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '15' },
  },
});
const workers = Number(values.workers);
// a worker is a file of its own, which only the built package has
const { createScorerPool }: typeof import('../src/pool/index.js') = await import(
  new URL('../dist/pool/index.js', import.meta.url).href
);
const { train, featureCount } = syntheticData('numeric', 40_000);
const blob = encodeBlob(trainGbdt({ ...train, featureCount }));
const pool = await createScorerPool(blob, { workers });
const random = createRandom(1);
let areSame = true;

console.log(describeEnvironment());
console.log(
  `100 trees of 31 leaves, ${featureCount} features, ${workers} workers; µs for 1,000 rows`,
);
console.log('rows        one thread    copied to workers         over shared memory');
for (const rowCount of ROW_COUNTS) {
  const copied = repeated(train.matrix, rowCount * featureCount);
  const shared = pool.createMatrix(rowCount);
  shared.set(copied);
  const out = new Float32Array(rowCount * pool.scorer.outputCount);
  const ways = {
    alone: async () => {
      pool.scorer.predictInto(copied, rowCount, out);
      return out;
    },
    copied: () => pool.predict(copied, rowCount),
    shared: () => pool.predict(shared, rowCount),
  };
  const times: Record<keyof typeof ways, Float64Array[]> = { alone: [], copied: [], shared: [] };
  const expected = pool.scorer.predict(copied);
  // small batches are measured several in a row
  const repeats = Math.max(1, Math.round(100_000 / rowCount));
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const name of random.shuffle(Object.keys(ways) as (keyof typeof ways)[])) {
      const start = performance.now();
      for (let repeat = 0; repeat < repeats; repeat++) {
        const predictions = await ways[name]();
        if (predictions[rowCount - 1] !== expected[rowCount - 1]) areSame = false;
      }
      const microseconds = ((performance.now() - start) * 1000) / repeats;
      // the first round warms up
      if (round >= 0) times[name].push(Float64Array.of(microseconds / (rowCount / 1000)));
      else if (Buffer.compare(bytesOf(await ways[name]()), bytesOf(expected)) !== 0)
        areSame = false;
    }
  }
  const cell = (name: 'copied' | 'shared'): string => {
    const { value, lower, upper } = pairedRatio(times[name], times.alone, random);
    return `${middle(times[name])}  ${value.toFixed(2)}x [${lower.toFixed(2)}, ${upper.toFixed(2)}]`;
  };
  console.log(
    `${String(rowCount).padEnd(10)} ${middle(times.alone)}    ${cell('copied')}   ${cell('shared')}`,
  );
}
pool.close();
console.log(areSame ? 'all predictions are the same bytes' : 'THE PREDICTIONS DIFFER');
process.exitCode = areSame ? 0 : 1;

function repeated(values: Float32Array, length: number): Float32Array {
  const out = new Float32Array(length);
  for (let at = 0; at < length; at += values.length) {
    out.set(values.subarray(0, Math.min(values.length, length - at)), at);
  }
  return out;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function middle(rounds: Float64Array[]): string {
  return median(Float64Array.from(rounds, ([time]) => time!))
    .toFixed(1)
    .padStart(8);
}
