/**
 * A fresh process that loads a model and scores one row, then some batches; prints one line of JSON.
 * usage: node firstScoreProcess.mjs simd|portable|javascript|onnx <model file> <rows file> <feature count> wall|cpu (built by firstScore.ts)
 */
import { readFileSync } from 'node:fs';
import { CLOCKS, type Clock } from './clock.js';
import type { FirstScore } from './firstScore.js';

const BATCHES = 20;

const [engine, modelFile, rowsFile, width, clock] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  Clock,
];
const now = CLOCKS[clock];
const featureCount = Number(width);
const bytes = new Uint8Array(readFileSync(modelFile));
const rows = new Float32Array(new Uint8Array(readFileSync(rowsFile)).buffer);
const rowCount = rows.length / featureCount;
const before = process.memoryUsage().rss;

const score = engine === 'onnx' ? await timeOnnx() : await timeCoppice(engine);
process.stdout.write(`${JSON.stringify(score)}\n`);

async function timeCoppice(kernel: string): Promise<FirstScore> {
  const start = now();
  const { loadScorer } = await import('../../src/score/index.js');
  const imported = now();
  const scorer = await loadScorer(bytes, { kernel: kernel as 'simd' });
  const out = new Float32Array(rowCount);
  scorer.predictInto(rows.subarray(0, featureCount), 1, out);
  const scored = now();
  for (let i = 0; i < BATCHES; i++) scorer.predictInto(rows, rowCount, out);
  return summary(start, imported, scored);
}

async function timeOnnx(): Promise<FirstScore> {
  const start = now();
  const ort = await import('onnxruntime-web/wasm');
  const imported = now();
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const feedsOf = (matrix: Float32Array): Record<string, InstanceType<typeof ort.Tensor>> => {
    const count = matrix.length / featureCount;
    const { inputNames } = session;
    if (inputNames.length === 1) {
      return { [inputNames[0]!]: new ort.Tensor('float32', matrix, [count, featureCount]) };
    }
    return Object.fromEntries(
      inputNames.map((name, index) => {
        const column = Float32Array.from(
          { length: count },
          (_, row) => matrix[row * featureCount + index]!,
        );
        return [name, new ort.Tensor('float32', column, [count, 1])];
      }),
    );
  };
  const output = session.outputNames.at(-1)!;
  await session.run(feedsOf(rows.subarray(0, featureCount)), [output]);
  const scored = now();
  const feeds = feedsOf(rows);
  for (let i = 0; i < BATCHES; i++) await session.run(feeds, [output]);
  return summary(start, imported, scored);
}

function summary(start: number, imported: number, scored: number): FirstScore {
  return {
    importMs: imported - start,
    firstScoreMs: scored - imported,
    addedBytes: process.memoryUsage().rss - before,
  };
}
