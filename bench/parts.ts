/**
 * Where the time of scoring goes, with tinybench: the ways in and the kernels, on one model of our own. For comparisons with
 * others, which must interleave, see score.ts.
 * usage: npm run bench:parts
 */
import { Bench } from 'tinybench';
import { createRandom } from '../src/core/random.js';
import { encodeBlob } from '../src/quantize/index.js';
import { loadScorer } from '../src/score/index.js';
import { trainGbdt } from '../src/train/index.js';

const ROW_COUNT = 4096;
const FEATURE_COUNT = 20;

const random = createRandom(1);
const matrix = Float32Array.from({ length: ROW_COUNT * FEATURE_COUNT }, () => random.normal());
const target = Uint8Array.from({ length: ROW_COUNT }, (_, row) => {
  const [a, b, c] = matrix.subarray(row * FEATURE_COUNT) as unknown as [number, number, number];
  return a * b + c + random.normal() > 0 ? 1 : 0;
});
const model = trainGbdt({ matrix, rowCount: ROW_COUNT, featureCount: FEATURE_COUNT, target });
const blob = encodeBlob(model);
const simd = await loadScorer(blob, { kernel: 'simd' });
const javascript = await loadScorer(blob, { kernel: 'javascript' });

const out = new Float32Array(ROW_COUNT);
const row = matrix.slice(0, FEATURE_COUNT);
const record = Object.fromEntries(simd.schema.fields.map(({ name }, i) => [name, row[i]!]));

const bench = new Bench({ time: 1000, warmupTime: 300 })
  .add('load a blob', async () => void (await loadScorer(blob)))
  .add(`${ROW_COUNT} rows, SIMD`, () => simd.predictInto(matrix, ROW_COUNT, out))
  .add(`${ROW_COUNT} rows, JavaScript`, () => javascript.predictInto(matrix, ROW_COUNT, out))
  .add('one row, SIMD', () => void simd.predictRow(row))
  .add('one row, JavaScript', () => void javascript.predictRow(row))
  .add('one record, SIMD', () => void simd.predict([record]));
await bench.run();
console.table(bench.table());
