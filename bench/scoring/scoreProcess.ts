/**
 * coppice as a long-lived process that scores: the same lines of JSON as bench/peers/score.py, see there.
 * usage: node scoreProcess.mjs (built by scoreContestant.ts)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { loadScorer, type Scorer } from '../../src/score/index.js';
import { CLOCKS } from './clock.js';
import type { LoadRequest, ScoreRequest, TurnRequest } from './scoreContestant.js';
import { inTurn } from './scoringEngine.js';
import { windowsOf } from './timedBatches.js';

const LEAST_SAMPLES = 2;
const SAMPLE_MICROS = 200;

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
/** by rows of a batch: a call, and how many of it make a sample */
const prepared = new Map<number, { call: () => unknown; repetitions: number }>();
let scorer: Scorer;
let rows: Float32Array;

send({ library: 'coppice', version });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    send(await answerTo(JSON.parse(line)));
  } catch (error) {
    send({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
}

async function answerTo(request: ScoreRequest): Promise<object> {
  if (request.op === 'load') return load(request);
  if (request.op === 'time') return { micros: time(request) };
  writeFileSync(request.out, new Uint8Array(Float64Array.from(scorer.predict(rows)).buffer));
  return {};
}

async function load({ blob, rows: file }: LoadRequest): Promise<object> {
  rows = new Float32Array(new Uint8Array(readFileSync(file)).buffer);
  const bytes = new Uint8Array(readFileSync(blob));
  const start = performance.now();
  scorer = await loadScorer(bytes);
  prepared.clear();
  return { own: false, seconds: (performance.now() - start) / 1000 };
}

/** A sample is as many calls as last some time, of which the mean counts: a call of a microsecond is shorter than the clock can tell. */
function time({ batch, clock, milliseconds }: TurnRequest): number[] {
  const timed = prepared.get(batch) ?? { call: prepare(batch), repetitions: 0 };
  prepared.set(batch, timed);
  const now = CLOCKS[clock];
  const sample = (repetitions: number): number => {
    const start = now();
    for (let i = 0; i < repetitions; i++) timed.call();
    return (1000 * (now() - start)) / repetitions;
  };
  while (timed.repetitions === 0 || timed.repetitions * sample(timed.repetitions) < SAMPLE_MICROS) {
    timed.repetitions = Math.max(1, 2 * timed.repetitions);
  }
  const micros: number[] = [];
  const end = performance.now() + milliseconds;
  while (micros.length < LEAST_SAMPLES || performance.now() < end) {
    micros.push(sample(timed.repetitions));
  }
  return micros;
}

function prepare(batch: number): () => unknown {
  const windows = windowsOf(rows, batch);
  if (batch === 1) return inTurn(windows, (row) => scorer.predictRow(row));
  const out = new Float32Array(batch);
  return inTurn(windows, (matrix) => scorer.predictInto(matrix, batch, out));
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
