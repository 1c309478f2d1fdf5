import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError } from '../../src/core/errors.js';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom } from '../../src/core/random.js';
import { nodeThread, type Thread } from '../../src/core/thread.js';
import { trainGbdt } from '../../src/train/gbdt.js';
import type { GbdtOptions } from '../../src/train/gbdtOptions.js';
import { type TimedProgress, trainGbdtAsync } from '../../src/train/trainGbdtAsync.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';
import { syntheticMatrix } from './syntheticMatrix.js';

// a thread of its own does not read TypeScript: the worker is bundled, as in the package
const folder = mkdtempSync(join(tmpdir(), 'coppice-worker-'));
const workerFile = join(folder, 'trainWorker.mjs');
buildSync({
  entryPoints: ['src/train/trainWorker.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile: workerFile,
});
// without the loaders of the tests
const startNode = (url: URL): Thread => nodeThread(new Worker(url, { execArgv: [] }));
const createWorker = (): Thread => startNode(pathToFileURL(workerFile));
test.after(() => rmSync(folder, { recursive: true }));

const DATA = syntheticMatrix(1000, 1);
const OPTIONS = { numTrees: 12, subsample: 0.8, minDataPerGroup: 20 };

/** Every way that a fit may run. */
const WAYS = [{ createWorker }, { createWorker: false as const }];

test('the same model to the last bit, in a worker and beside it', async () => {
  const expected = canonicalJson(trainGbdt(DATA, OPTIONS));
  for (const way of WAYS) {
    assert.is(canonicalJson(await trainGbdtAsync(DATA, { ...OPTIONS, ...way })), expected);
  }
});

test('leaves of so many rows that threads divide them together give the bytes of one', async () => {
  const random = createRandom(5);
  const rowCount = 150_000;
  const matrix = Float32Array.from({ length: 2 * rowCount }, () => random.integer(40));
  const target = Uint8Array.from({ length: rowCount }, (_, row) =>
    matrix[2 * row]! + random.integer(40) > 40 ? 1 : 0,
  );
  const data = { matrix, rowCount, featureCount: 2, target };
  const options = { numTrees: 6, createWorker };
  let rounds = 0;
  const onProgress = (): void => void rounds++;
  const [one, three] = await Promise.all(
    [1, 3].map((workers) => trainGbdtAsync(data, { ...options, workers, onProgress })),
  );
  assert.is(rounds, 12);
  assert.is(canonicalJson(three), canonicalJson(one));
});

test('several workers give the bytes of one, whatever their number and whatever is asked', async () => {
  const random = createRandom(3);
  const rowCount = 30_000;
  const matrix = Float32Array.from({ length: rowCount * 20 }, (_, i) =>
    i % 20 < 12 ? random.normal() : i % 20 === 19 ? random.integer(30) : random.integer(3),
  );
  const binary = Uint8Array.from({ length: rowCount }, (_, row) => {
    const x = matrix.subarray(20 * row);
    return random.uniform() < 1 / (1 + Math.exp(-x[0]! * x[1]! - x[12]! + (x[19]! % 3))) ? 1 : 0;
  });
  const data = { matrix, rowCount, featureCount: 20, target: binary, categorical: [19] };
  const classes = Uint8Array.from(binary, (y, row) => y + (matrix[20 * row + 2]! > 0 ? 1 : 0));
  const cases: [TrainingMatrix, Partial<Omit<GbdtOptions, 'onProgress'>>][] = [
    [data, { numTrees: 6 }],
    [data, { numTrees: 6, growPolicy: 'symmetric', subsample: 0.7, colsample: 0.5 }],
    [data, { numTrees: 4, monotone: { f0: 1 }, goss: true, learningRate: 0.5 }],
    [data, { numTrees: 4, quantizedGradients: true, subsample: 0.9 }],
    [
      { ...data, target: classes },
      { numTrees: 3, objective: 'multiclass' },
    ],
  ];
  for (const [problem, options] of cases) {
    const expected = canonicalJson(trainGbdt(problem, options));
    for (const workers of [2, 3, 7]) {
      const model = await trainGbdtAsync(problem, { ...options, workers, createWorker });
      assert.is(canonicalJson(model), expected, `${workers} workers, ${JSON.stringify(options)}`);
    }
  }
  const fallback = await trainGbdtAsync(data, {
    ...cases[0]![1],
    workers: 2,
    createWorker,
    kernel: 'javascript',
  });
  assert.is(canonicalJson(fallback), canonicalJson(trainGbdt(data, cases[0]![1])));
});

test('the caller keeps its data and its thread', async () => {
  const before = [...DATA.matrix];
  for (const way of WAYS) {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5).unref();
    await trainGbdtAsync(syntheticMatrix(4000, 2), { numTrees: 200, ...way });
    clearInterval(timer);
    assert.ok(ticks > 1, `${ticks} ticks`);
    await trainGbdtAsync(DATA, { ...OPTIONS, ...way });
    assert.equal([...DATA.matrix], before);
  }
});

test('progress tells how far it is and how long it will go on', async () => {
  for (const way of WAYS) {
    const seen: TimedProgress[] = [];
    await trainGbdtAsync(DATA, { ...OPTIONS, ...way, onProgress: (each) => seen.push(each) });
    assert.equal(
      seen.map(({ tree }) => tree),
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    for (const { elapsedSeconds, remainingSeconds } of seen) {
      assert.ok(elapsedSeconds >= 0 && remainingSeconds >= 0);
    }
    assert.is(seen.at(-1)!.remainingSeconds, 0);
  }
});

test('an aborted signal ends it with its reason', async () => {
  for (const way of WAYS) {
    const fails = async (signal: AbortSignal, onProgress?: () => void): Promise<unknown> => {
      try {
        await trainGbdtAsync(DATA, {
          numTrees: 100_000,
          learningRate: 1e-6,
          subsample: 0.5,
          ...way,
          signal,
          ...(onProgress && { onProgress }),
        });
      } catch (error) {
        return error;
      }
      return assert.unreachable('it was not aborted');
    };
    assert.is(await fails(AbortSignal.abort('before')), 'before');
    const controller = new AbortController();
    const reason = new Error('enough');
    assert.is(await fails(controller.signal, () => controller.abort(reason)), reason);
  }
});

test('errors are those of trainGbdt', async () => {
  for (const way of WAYS) {
    const fails = async (run: () => Promise<unknown>, kind: unknown, message: RegExp) => {
      try {
        await run();
      } catch (error) {
        assert.instance(error, kind as never);
        assert.match((error as Error).message, message);
        return;
      }
      assert.unreachable('it did not fail');
    };
    await fails(() => trainGbdtAsync(DATA, { numTrees: 0, ...way }), ConfigError, /"numTrees"/);
    await fails(() => trainGbdtAsync(DATA, { workers: 0, ...way }), ConfigError, /"workers"/);
    const target = DATA.target.length;
    await fails(
      () => trainGbdtAsync({ ...DATA, target: new Float32Array(target) }, { ...way }),
      DataError,
      /one class/,
    );
  }
});

test('functions cannot be sent: such a fit gives way in the calling thread', async () => {
  const objective = {
    gradientsInto(m: Float64Array, y: Float32Array, _: number, g: Float64Array, h: Float64Array) {
      for (let row = 0; row < y.length; row++) g[row] = m[row]! - y[row]!;
      h.fill(1);
    },
  };
  const model = await trainGbdtAsync(DATA, { ...OPTIONS, objective, createWorker });
  assert.is(canonicalJson(model), canonicalJson(trainGbdt(DATA, { ...OPTIONS, objective })));
});

test('a worker that cannot be started is an error', async () => {
  const broken = (): Thread => startNode(new URL('./absent.js', import.meta.url));
  try {
    await trainGbdtAsync(DATA, { createWorker: broken });
    assert.unreachable('there is no such worker');
  } catch (error) {
    assert.match((error as Error).message, /absent/);
  }
});

test.run();
