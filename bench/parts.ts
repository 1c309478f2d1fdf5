/**
 * Where the time of scoring goes, with tinybench: the kernels, calibrations and ways in, on models of our own. For comparisons with
 * others, which must interleave, see score.ts.
 * usage: npm run bench:parts
 */
import { Bench } from 'tinybench';
import { createRandom } from '../src/core/random.js';
import type { Calibrator } from '../src/model/calibrator.js';
import type { Model } from '../src/model/model.js';
import { encodeBlob } from '../src/quantize/index.js';
import { loadScorer } from '../src/score/index.js';
import { trainGbdt, trainLogistic } from '../src/train/index.js';

const ROW_COUNT = 4096;
const FEATURE_COUNT = 20;
const KERNELS = ['simd', 'portable', 'javascript'] as const;

const random = createRandom(1);
const matrix = Float32Array.from({ length: ROW_COUNT * FEATURE_COUNT }, () => random.normal());
const target = Uint8Array.from({ length: ROW_COUNT }, (_, row) => {
  const [a, b, c] = matrix.subarray(row * FEATURE_COUNT) as unknown as [number, number, number];
  return a * b + c + random.normal() > 0 ? 1 : 0;
});
const problem = { matrix, rowCount: ROW_COUNT, featureCount: FEATURE_COUNT, target };
const forest = trainGbdt(problem);
const knots = Array.from({ length: 50 }, (_, i) => i / 50);
const calibrators: Record<string, Calibrator> = {
  forest: { kind: 'none' },
  'forest, beta': { kind: 'beta', a: 0.9, b: 1.2, c: 0.1 },
  'forest, isotonic': { kind: 'isotonic', x: knots.map((y) => 8 * y - 4), y: knots },
};
const models: Record<string, Model> = { linear: trainLogistic(problem) };
for (const [name, calibrator] of Object.entries(calibrators)) {
  models[name] = { ...forest, calibrator } as Model;
}

const out = new Float32Array(ROW_COUNT);
const row = matrix.slice(0, FEATURE_COUNT);
const record = Object.fromEntries(forest.schema.fields.map(({ name }, i) => [name, row[i]!]));

const bench = new Bench({ time: 500, warmupTime: 300 });
for (const [name, model] of Object.entries(models)) {
  const blob = encodeBlob(model);
  for (const kernel of KERNELS) {
    const scorer = await loadScorer(blob, { kernel });
    bench.add(`${name}: load, ${kernel}`, async () => void (await loadScorer(blob, { kernel })));
    bench.add(`${name}: ${ROW_COUNT} rows, ${kernel}`, () =>
      scorer.predictInto(matrix, ROW_COUNT, out),
    );
    bench.add(`${name}: one row, ${kernel}`, () => void scorer.predictRow(row));
  }
}
const scorer = await loadScorer(encodeBlob(forest));
bench.add('forest: one record, simd', () => void scorer.predict([record]));
await bench.run();
console.table(
  bench.tasks.map(({ name, result }) => {
    const { latency } = result as { latency: { p50: number; p75: number } };
    return { name, 'p50 (µs)': micro(latency.p50), 'p75 (µs)': micro(latency.p75) };
  }),
);

function micro(milliseconds: number): number {
  return Math.round(1e5 * milliseconds) / 100;
}
