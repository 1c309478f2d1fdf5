/**
 * Scoring in a page of Chromium, beside onnxruntime-web on one thread: from the start of the navigation to the first probability, in a
 * browser of its own each time, then one row and batches in turn, and whether a page gives the bytes that Node gives.
 * Files come from this machine and uncompressed, so a network adds what it takes for the bytes that are listed.
 * usage: npm run bench:page -- [--models medium] [--batches 1,4096] [--rounds 12] [--starts 5] [--json out.json]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { exportOnnx } from '../src/onnx/index.js';
import { encodeBlob } from '../src/quantize/index.js';
import { loadScorer } from '../src/score/index.js';
import { hasChromium, ISOLATED, reportOfPage, type ServedFile } from '../test/chromium.js';
import { chooseSome, readCommandLine, readCount } from './commandLine.js';
import { FEATURE_COUNT, makeCase, SIZES, type Size } from './scoring/benchModels.js';
import type { PageEngine, PagePlan, PageSpeed, PageStart } from './scoring/pageProgram.js';
import { compareProbabilities } from './scoring/parity.js';
import { digits, interval, spread, table } from './scoring/scoreTables.js';
import { coppiceRuntime, onnxRuntime, onnxRuntimeFiles, sizesOf } from './scoring/wireBytes.js';
import { describeEnvironment } from './training/environment.js';

/** a browser that has just started is busy with itself */
const SETTLE_MS = 1000;
const ENGINES: readonly PageEngine[] = ['coppice', 'onnxruntime-web'];

const chosen = readCommandLine(
  'npm run bench:page -- [options]',
  {
    models: { value: 'a,b', text: `of ${Object.keys(SIZES).join(',')}`, default: 'medium' },
    batches: { value: 'a,b', text: 'rows of a call', default: '1,4096' },
    rounds: { value: 'n', text: 'interleaved rounds, at least 2', default: '12' },
    starts: { value: 'n', text: 'fresh browsers an engine', default: '5' },
    json: { value: 'file', text: 'every figure' },
  },
  (typed) => ({
    sizes: chooseSome('models', typed.models, Object.keys(SIZES) as Size[]),
    batches: String(typed.batches)
      .split(',')
      .map((batch) => readCount('batches', batch, 1, 4096)),
    rounds: readCount('rounds', typed.rounds, 2, 10_000),
    starts: readCount('starts', typed.starts, 1, 1000),
    json: typed.json as string | undefined,
  }),
);
if (!hasChromium()) process.exit(1);

console.log(`${describeEnvironment()}\n`);
const program = await bundleProgram();
const results = [];
for (const size of chosen.sizes) results.push(await measure(size));
if (chosen.json) writeFileSync(chosen.json, `${JSON.stringify(results, null, 2)}\n`);

async function measure(size: Size): Promise<PageResult> {
  const { models, rows, calibration } = makeCase(size, false);
  const [{ model, theirs, exact, title }] = models as [(typeof models)[number]];
  const blob = encodeBlob(model, { calibration });
  const modelFiles = { coppice: blob, 'onnxruntime-web': theirs?.onnx ?? exportOnnx(model) };
  const fieldNames = model.schema.fields.map(({ name }) => name);
  const files = { ...runtimeFiles(), ...filesOf(modelFiles, rows) };
  const ask = <Answer>(plan: PagePlan): Promise<Answer> =>
    reportOfPage<Answer>({ ...files, '/plan.json': served(JSON.stringify(plan)) }, SETTLE_MS);

  const starts: PageResult['starts'] = { coppice: [], 'onnxruntime-web': [] };
  for (let start = 0; start < chosen.starts; start++) {
    for (const engine of ENGINES) {
      starts[engine].push(await ask<PageStart>({ task: 'start', engine, fieldNames }));
    }
  }
  const speeds: PageResult['speeds'] = [];
  for (const batch of chosen.batches) {
    const plan = { batch, rounds: chosen.rounds, callsPerRound: batch === 1 ? 50 : 4 };
    speeds.push({ batch, speed: await ask<PageSpeed>({ task: 'speed', fieldNames, ...plan }) });
  }

  const inNode = (await loadScorer(blob)).predict(rows);
  const isSame = speeds.every(({ speed }) =>
    speed.predictions.coppice.every((value, row) => Object.is(value, inNode[row])),
  );
  const result = { size, title, starts, speeds, isSame };
  console.log(format(result, modelFiles, exact));
  if (!isSame) process.exitCode = 1;
  return result;
}

interface PageResult {
  size: Size;
  title: string;
  starts: Record<PageEngine, PageStart[]>;
  speeds: { batch: number; speed: PageSpeed }[];
  /** whether the page gave the float32 that Node gives, for every row */
  isSame: boolean;
}

/** A table of both engines, then what the ratios between them are. */
function format(
  { size, title, starts, speeds, isSame }: PageResult,
  modelFiles: Record<PageEngine, Uint8Array>,
  exact: Float64Array,
): string {
  const runtimes = { coppice: coppiceRuntime(), 'onnxruntime-web': onnxRuntime() };
  const head = [
    'engine',
    'bytes to load (brotli)',
    'navigation to first score, ms',
    'model bytes to first score, ms',
    ...speeds.map(({ batch }) =>
      batch === 1 ? 'one row, µs: p50 / p95 / p99' : `${rowsOf(batch)}, ns a row`,
    ),
    'max Δp',
  ];
  const lines = ENGINES.map((engine) => [
    engine,
    (runtimes[engine].brotli + sizesOf([modelFiles[engine]]).brotli).toLocaleString('en-US'),
    spread(starts[engine].map(({ sinceNavigation }) => sinceNavigation)),
    spread(starts[engine].map(({ sinceBytes }) => sinceBytes)),
    ...speeds.map(({ batch, speed }) => timesOf(speed, engine, batch)),
    compareProbabilities(exact, speeds[0]!.speed.predictions[engine]).maxDelta.toPrecision(2),
  ]);
  return [
    `## ${size}: ${title}, in ${chosen.starts} fresh browsers and ${chosen.rounds} rounds`,
    '',
    table([head, ...lines]),
    '',
    ...speeds.map(
      ({ batch, speed }) =>
        `coppice, times faster on ${rowsOf(batch)}: ${interval(speed.ratios[0]!.ratio)}`,
    ),
    `the page gives the bytes of Node: ${isSame ? 'yes' : 'NO'}`,
    '',
  ].join('\n');
}

function rowsOf(batch: number): string {
  return batch === 1 ? 'one row' : `${batch.toLocaleString('en-US')} rows`;
}

/** The program as the page loads it: the runtimes stay files of their own. */
async function bundleProgram(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join('bench', 'scoring', 'pageProgram.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]!.text;
}

function served(
  body: string | Uint8Array,
  type: ServedFile['type'] = 'application/octet-stream',
): ServedFile {
  // isolated pages have a clock of 5 µs
  return { type, body, headers: ISOLATED };
}

function runtimeFiles(): Record<string, ServedFile> {
  const script = 'text/javascript';
  const ours = (name: string) => served(readFileSync(join('dist', 'browser', name)), script);
  const [theirs, wasm] = onnxRuntimeFiles().map((file) => readFileSync(file));
  return {
    '/': served('<!doctype html><script type="module" src="/program.js"></script>', 'text/html'),
    '/program.js': served(program, script),
    '/coppice.js': ours('coppice.js'),
    '/extra.js': ours('extra.js'),
    '/onnxruntime-web.js': served(theirs!, script),
    '/onnxruntime-web.wasm': served(wasm!, 'application/wasm'),
  };
}

function filesOf(
  models: Record<PageEngine, Uint8Array>,
  rows: Float32Array,
): Record<string, ServedFile> {
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  return {
    '/rows.f32': served(bytes),
    '/row.f32': served(bytes.subarray(0, 4 * FEATURE_COUNT)),
    ...Object.fromEntries(ENGINES.map((engine) => [`/${engine}.model`, served(models[engine])])),
  };
}

function timesOf({ subjects }: PageSpeed, engine: PageEngine, batch: number): string {
  const { p50, p95, p99 } = subjects.find(({ name }) => name === engine)!;
  if (batch > 1) return ((1000 * p50.value) / batch).toFixed(0);
  return [p50, p95, p99].map(({ value }) => digits(value)).join(' / ');
}
