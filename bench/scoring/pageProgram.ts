/** What `bench/page.ts` runs in the browser: /plan.json says what is asked for, and the answer is `globalThis.report`. */
import { createRandom } from '../../src/core/random.js';
import {
  type BenchmarkResult,
  interleavedBenchmark,
} from '../../src/optimize/interleavedBenchmark.js';
import { openOnnx } from './onnxSession.js';
import { inTurn, type ScoringEngine } from './scoringEngine.js';

export type PageEngine = 'coppice' | 'onnxruntime-web';

/** One score of one engine in a fresh page, or both engines side by side. */
export type PagePlan = { fieldNames: string[] } & (
  | { task: 'start'; engine: PageEngine }
  | { task: 'speed'; batch: number; rounds: number; callsPerRound: number }
);

/** Milliseconds to the first probability: from the start of the navigation, and from the bytes of the model in hand. */
export interface PageStart {
  sinceNavigation: number;
  sinceBytes: number;
}

export interface PageSpeed extends BenchmarkResult {
  /** of all rows, as each engine has them */
  predictions: Record<PageEngine, number[]>;
}

/** A model that is loaded. */
type Loaded = Pick<ScoringEngine, 'predict' | 'prepare'>;

type Load = (file: Uint8Array) => Promise<Loaded>;

const MOST_WINDOWS = 256;
const WARM_UP_MS = 500;

/** Imports the runtime of an engine. */
async function importRuntime(engine: PageEngine, fieldNames: string[]): Promise<Load> {
  const path = `/${engine}.js`;
  if (engine === 'onnxruntime-web') {
    const ort = (await import(path)) as typeof import('onnxruntime-web/wasm');
    ort.env.wasm.wasmPaths = { wasm: `/${engine}.wasm` };
    return (file) => openOnnx(ort, engine, file, fieldNames);
  }
  const { loadScorer } = (await import(path)) as typeof import('../../src/score/index.js');
  return async (file) => {
    const scorer = await loadScorer(file);
    return {
      predict: async (matrix) => scorer.predict(matrix),
      prepare(windows, rowCount) {
        if (rowCount === 1) return inTurn(windows, (row) => scorer.predictRow(row));
        const out = new Float32Array(rowCount);
        return inTurn(windows, (rows) => scorer.predictInto(rows, rowCount, out));
      },
    };
  };
}

async function fetchBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

async function measureStart(engine: PageEngine, fieldNames: string[]): Promise<PageStart> {
  const [load, file, row] = await Promise.all([
    importRuntime(engine, fieldNames),
    fetchBytes(`/${engine}.model`),
    fetchBytes('/row.f32'),
  ]);
  const values = new Float32Array(row.buffer as ArrayBuffer);
  const start = performance.now();
  const loaded = await load(file);
  await loaded.predict(values);
  const end = performance.now();
  return { sinceNavigation: end, sinceBytes: end - start };
}

async function measureSpeed(plan: PagePlan & { task: 'speed' }): Promise<PageSpeed> {
  const { fieldNames, batch, rounds, callsPerRound } = plan;
  const rows = new Float32Array((await fetchBytes('/rows.f32')).buffer as ArrayBuffer);
  const length = batch * fieldNames.length;
  const count = Math.min(MOST_WINDOWS, Math.floor(rows.length / length));
  const windows = Array.from({ length: count }, (_, i) => rows.slice(i * length, (i + 1) * length));
  const predictions = {} as PageSpeed['predictions'];
  const subjects = [];
  for (const engine of ['coppice', 'onnxruntime-web'] as const) {
    const load = await importRuntime(engine, fieldNames);
    const loaded = await load(await fetchBytes(`/${engine}.model`));
    predictions[engine] = Array.from(await loaded.predict(rows));
    const run = loaded.prepare(windows, batch);
    const start = performance.now();
    do await run();
    while (performance.now() - start < WARM_UP_MS);
    subjects.push({ name: engine, run, rowsPerCall: batch });
  }
  const result = await interleavedBenchmark({
    subjects,
    warmupCalls: 0,
    rounds,
    callsPerRound,
    now: () => performance.now(),
    random: createRandom(1),
  });
  return { ...result, predictions };
}

async function run(): Promise<PageStart | PageSpeed> {
  const plan = (await (await fetch('/plan.json')).json()) as PagePlan;
  return plan.task === 'start' ? measureStart(plan.engine, plan.fieldNames) : measureSpeed(plan);
}

Object.assign(globalThis, { report: run() });
