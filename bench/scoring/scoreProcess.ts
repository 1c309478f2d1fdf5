/**
 * coppice as a long-lived process that scores: the same lines of JSON as bench/peers/score.py, see there.
 * usage: node scoreProcess.mjs (built by scoreContestant.ts)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { loadScorer, type Scorer } from '../../src/score/index.js';
import type { LoadRequest, ScoreRequest } from './scoreContestant.js';
import { inTurn } from './scoringEngine.js';
import { windowsOf } from './timedBatches.js';

const LEAST_CALLS = 2;

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const calls = new Map<number, () => unknown>();
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
  if (request.op === 'time') return { micros: time(request.batch, request.milliseconds) };
  writeFileSync(request.out, new Uint8Array(Float64Array.from(scorer.predict(rows)).buffer));
  return {};
}

async function load({ blob, rows: file }: LoadRequest): Promise<object> {
  rows = new Float32Array(new Uint8Array(readFileSync(file)).buffer);
  const bytes = new Uint8Array(readFileSync(blob));
  const start = performance.now();
  scorer = await loadScorer(bytes);
  calls.clear();
  return { own: false, seconds: (performance.now() - start) / 1000 };
}

function time(batch: number, milliseconds: number): number[] {
  const call = calls.get(batch) ?? prepare(batch);
  calls.set(batch, call);
  const micros: number[] = [];
  const end = performance.now() + milliseconds;
  while (micros.length < LEAST_CALLS || performance.now() < end) {
    const start = performance.now();
    call();
    micros.push(1000 * (performance.now() - start));
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
