/**
 * A peer of Node that scores a model, as a long-lived process: the same lines of JSON as score.py, see there.
 * usage: node bench/peers/score.mjs onnxruntime-node|m2cgen
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const MOST_WINDOWS = 256;
const LEAST_SAMPLES = 2;
const SAMPLE_MICROS = 200;
const CLOCKS = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

const libraries = { 'onnxruntime-node': openOnnxRuntime, m2cgen: openM2cgen };
const library = process.argv[2];
const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

let scorer;
try {
  scorer = await libraries[library]();
} catch (error) {
  send({ missing: String(error.message ?? error).split('\n')[0] });
  process.exit(0);
}

const session = {
  async load(request) {
    this.width = request.featureCount;
    this.rows = new Float32Array(new Uint8Array(readFileSync(request.rows)).buffer);
    const start = performance.now();
    this.model = await scorer.load(request);
    this.calls = new Map();
    return { own: false, seconds: (performance.now() - start) / 1000 };
  },
  async time({ batch, clock, milliseconds }) {
    if (!this.calls.has(batch)) {
      const calls = this.windows(batch).map((rows) => scorer.prepare(this.model, rows, this.width));
      this.calls.set(batch, { calls, next: 0, repetitions: 0 });
    }
    const timed = this.calls.get(batch);
    const now = CLOCKS[clock];
    const sample = async () => {
      const start = now();
      for (let i = 0; i < timed.repetitions; i++) {
        const pending = timed.calls[timed.next++ % timed.calls.length]();
        if (pending instanceof Promise) await pending;
      }
      return (1000 * (now() - start)) / timed.repetitions;
    };
    while (timed.repetitions === 0 || timed.repetitions * (await sample()) < SAMPLE_MICROS) {
      timed.repetitions = Math.max(1, 2 * timed.repetitions);
    }
    const micros = [];
    const end = performance.now() + milliseconds;
    while (micros.length < LEAST_SAMPLES || performance.now() < end) micros.push(await sample());
    return { micros };
  },
  windows(batch) {
    const length = batch * this.width;
    if (length >= this.rows.length) {
      return [Float32Array.from({ length }, (_, i) => this.rows[i % this.rows.length])];
    }
    const count = Math.min(MOST_WINDOWS, Math.floor(this.rows.length / length));
    return Array.from({ length: count }, (_, i) => this.rows.slice(i * length, (i + 1) * length));
  },
  async predict({ out }) {
    const found = await scorer.prepare(this.model, this.rows, this.width)();
    // both classes a row, or the second alone
    const outputs = (found.length * this.width) / this.rows.length;
    const second = Float64Array.from(found).filter((_, i) => i % outputs === outputs - 1);
    writeFileSync(out, new Uint8Array(second.buffer));
    return {};
  },
};

send({ library, version: scorer.version });
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    send(await session[request.op](request));
  } catch (error) {
    send({ error: `${error.name}: ${error.message}` });
  }
}

/** Installed by `npm install --ignore-scripts` in this folder, or in PEERS_NODE. */
async function openOnnxRuntime() {
  const folder = process.env.PEERS_NODE ?? import.meta.dirname;
  const require = createRequire(resolve(folder, 'package.json'));
  const ort = require('onnxruntime-node');
  const { version } = require('onnxruntime-node/package.json');
  const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 };
  return {
    version,
    load: ({ onnx }) => ort.InferenceSession.create(onnx, options),
    prepare(opened, matrix, width) {
      const rowCount = matrix.length / width;
      const { inputNames } = opened;
      const column = (index) =>
        Float32Array.from({ length: rowCount }, (_, row) => matrix[row * width + index]);
      const feeds =
        inputNames.length === 1
          ? { [inputNames[0]]: new ort.Tensor('float32', matrix, [rowCount, width]) }
          : Object.fromEntries(
              inputNames.map((name, i) => [
                name,
                new ort.Tensor('float32', column(i), [rowCount, 1]),
              ]),
            );
      const output = opened.outputNames.at(-1);
      return async () => (await opened.run(feeds, [output]))[output].data;
    },
  };
}

/** JavaScript that m2cgen wrote, run here; it takes an array of numbers, one row at a time. */
async function openM2cgen() {
  const python = process.env.PEERS_PYTHON ?? join('bench', 'peers', '.venv', 'bin', 'python');
  const print = 'import m2cgen, importlib.metadata as m; print(m.version("m2cgen"))';
  const version = execFileSync(python, ['-c', print], { encoding: 'utf8', stdio: 'pipe' }).trim();
  return {
    version,
    async load({ text, cache }) {
      const hash = createHash('sha256').update(readFileSync(text)).digest('hex').slice(0, 16);
      mkdirSync(cache, { recursive: true });
      const file = resolve(cache, `m2cgen-${hash}.mjs`);
      if (!existsSync(file)) {
        const script = join(import.meta.dirname, 'm2cgen_code.py');
        execFileSync(python, [script, text, file], { stdio: 'pipe' });
      }
      return (await import(pathToFileURL(file).href)).score;
    },
    prepare(score, matrix, width) {
      const rows = Array.from({ length: matrix.length / width }, (_, row) =>
        Array.from(matrix.subarray(row * width, (row + 1) * width)),
      );
      const out = new Float64Array(rows.length);
      return () => {
        for (let row = 0; row < rows.length; row++) out[row] = score(rows[row])[1];
        return out;
      };
    },
  };
}
