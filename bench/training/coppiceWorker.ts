/**
 * coppice as a long-lived process: JSON lines in on stdin, JSON lines out on stdout, as bench/peers/train.py.
 * usage: node --expose-gc --import tsx bench/training/coppiceWorker.ts src|dist
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ContestantRequest, FitReply, LoadRequest, PartFiles } from './contestant.js';
import { fitCoppice, predictCoppice, type Trainer } from './coppiceLearner.js';
import type { Part } from './splitData.js';

interface Loaded {
  request: LoadRequest;
  train: Part;
  test: Part;
}

const build = process.argv[2] === 'dist' ? '../../dist/train/index.js' : '../../src/train/index.js';
const trainer: Trainer = await import(build);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

let loaded: Loaded | undefined;
let model: ReturnType<typeof fitCoppice> | undefined;
let isFirst = true;

send({ library: 'coppice', version: `${version} (${process.argv[2]})` });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    send(answerTo(JSON.parse(line)));
  } catch (error) {
    send({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
}

function answerTo(request: ContestantRequest): object {
  if (request.op === 'load') {
    model = undefined;
    loaded = { request, train: readPart(request.train), test: readPart(request.test) };
    return {};
  }
  if (!loaded) throw new Error('nothing is loaded');
  if (request.op === 'fit') return timedFit(loaded);
  if (!model) throw new Error('nothing is fitted');
  writeFileSync(request.out, predictCoppice(model, loaded.test, loaded.request.featureCount));
  return {};
}

function timedFit({ request, train }: Loaded): FitReply {
  model = undefined;
  // memory is measured in the first, untimed fit; forcing a collection before each would throw compiled code away, twice the time of a small fit
  if (isFirst) globalThis.gc?.();
  isFirst = false;
  resetPeak();
  const beforeBytes = memory('VmRSS');
  const cpu = process.cpuUsage();
  const start = performance.now();
  model = fitCoppice(trainer, request, train, { ...request.options, kernel: 'simd' });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  return { seconds, cpuSeconds, peakBytes: memory('VmHWM'), beforeBytes };
}

function readPart({ rowCount, matrix, target, group }: PartFiles): Part {
  const bytes = (file: string): ArrayBuffer => new Uint8Array(readFileSync(file)).buffer;
  return {
    rowCount,
    matrix: new Float32Array(bytes(matrix)),
    target: new Float64Array(bytes(target)),
    ...(group ? { group: new Int32Array(bytes(group)) } : {}),
  };
}

/** A line of /proc/self/status in bytes; null where there is no such file. */
function memory(field: string): number | null {
  try {
    const line = readFileSync('/proc/self/status', 'utf8').match(`${field}:\\s+(\\d+)`);
    return line ? 1024 * Number(line[1]) : null;
  } catch {
    return null;
  }
}

/** Lets VmHWM start again from what is resident now. */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // not on this system: the peak is then that of the whole life of the process
  }
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
