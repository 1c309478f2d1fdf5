import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, FormatError, ShapeError } from '../../src/core/errors.js';
import { nodeThread, type Thread } from '../../src/core/thread.js';
import { createScorerPool, type PoolOptions } from '../../src/pool/index.js';
import { encodeBlob } from '../../src/quantize/index.js';
import { compileKernel } from '../../src/score/index.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from '../score/randomModel.js';

// a thread of its own does not read TypeScript: the worker is bundled, as in the package
const folder = mkdtempSync(join(tmpdir(), 'coppice-pool-'));
const workerFile = join(folder, 'poolWorker.mjs');
buildSync({
  entryPoints: ['src/pool/poolWorker.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile: workerFile,
});
test.after(() => rmSync(folder, { recursive: true }));

let running = 0;
const createWorker = (): Thread => {
  const worker = new Worker(workerFile, { execArgv: [] });
  running++;
  worker.on('exit', () => running--);
  return nodeThread(worker);
};

const SHAPE = { seed: 51, treeCount: 20, maxLeaves: 16, numericCount: 5, levelCounts: [9] };
const model = randomForestModel(SHAPE);
const blob = encodeBlob(model);
const classes = encodeBlob(
  randomForestModel({ ...SHAPE, task: 'multiclass', link: 'softmax', classCount: 3 }),
);
const linear = encodeBlob(randomLinearModel(52, 5, [9]));
const ROWS = 9001;
const matrix = adversarialMatrix(model, ROWS, 53);

async function withPool<T>(
  options: PoolOptions,
  use: (pool: Awaited<ReturnType<typeof createScorerPool>>) => Promise<T>,
  of: Uint8Array = blob,
): Promise<T> {
  const pool = await createScorerPool(of, { createWorker, ...options });
  try {
    return await use(pool);
  } finally {
    pool.close();
  }
}

const WAYS: PoolOptions[] = [
  { workers: 1 },
  { workers: 2 },
  { workers: 3, kernel: 'javascript' },
  { workers: 2, module: await compileKernel() },
  { createWorker: false },
];

for (const [name, bytes] of Object.entries({ blob, classes, linear })) {
  test(`${name}: the bytes of one scorer, for any number of workers, rows and kinds of memory`, async () => {
    for (const way of WAYS) {
      await withPool(
        way,
        async (pool) => {
          const width = pool.scorer.features.length;
          const shared = pool.createMatrix(ROWS);
          assert.ok(shared.buffer instanceof SharedArrayBuffer);
          shared.set(matrix);
          for (const rowCount of [0, 1, 17, 255, 256, 1025, ROWS]) {
            const rows = matrix.slice(0, rowCount * width);
            const expected = pool.scorer.predict(rows);
            assert.equal(await pool.predict(rows, rowCount), expected);
            assert.equal(await pool.predict(shared, rowCount), expected);
          }
          // the caller's own matrix is still there
          assert.is(matrix.length, ROWS * width);
        },
        bytes,
      );
    }
  });
}

test('predictions may overlap', async () => {
  await withPool({ workers: 2 }, async (pool) => {
    const parts = [matrix, matrix.slice(6 * 100), matrix.slice(6 * 5000)];
    const found = await Promise.all(parts.map((part) => pool.predict(part, part.length / 6)));
    for (const [index, part] of parts.entries()) {
      assert.equal(found[index], pool.scorer.predict(part));
    }
  });
});

test('an aborted prediction is rejected with the reason, and the pool goes on', async () => {
  for (const way of [{ workers: 2 }, { createWorker: false as const }]) {
    await withPool(way, async (pool) => {
      const reason = new Error('enough');
      const controller = new AbortController();
      const aborted = pool.predict(matrix, ROWS, { signal: controller.signal });
      controller.abort(reason);
      assert.is(await aborted.catch((error) => error), reason);
      const late = pool.predict(matrix, ROWS, { signal: controller.signal });
      assert.is(await late.catch((error) => error), reason);
      assert.equal(await pool.predict(matrix, ROWS), pool.scorer.predict(matrix));
    });
  }
});

test('a pool that is closed rejects what is under way and what comes, and leaves no thread', async () => {
  for (const way of [{ workers: 2 }, { createWorker: false as const }]) {
    const pool = await createScorerPool(blob, { createWorker, ...way });
    const underWay = pool.predict(matrix, ROWS).catch((error: Error) => error.message);
    pool.close();
    pool.close();
    assert.is(await underWay, 'the pool is closed');
    const late = pool.predict(matrix, ROWS).catch((error: Error) => error.message);
    assert.is(await late, 'the pool is closed');
  }
  // terminating takes a moment
  while (running > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('a worker that dies rejects predictions with what happened, and ends the others', async () => {
  const workers: Worker[] = [];
  const pool = await createScorerPool(blob, {
    workers: 2,
    createWorker() {
      workers.push(new Worker(workerFile, { execArgv: [] }));
      return nodeThread(workers.at(-1)!);
    },
  });
  const ended = workers.map((worker) => new Promise((resolve) => worker.on('exit', resolve)));
  workers[1]!.terminate();
  await Promise.all(ended);
  const failure = await pool.predict(matrix, ROWS).catch((error: Error) => error.message);
  assert.is(failure, 'the worker ended with exit code 1');
});

test('workers that cannot load are told, and leave no thread', async () => {
  const script = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', () => parentPort.postMessage({ kind: 'failed', error: { name: 'FormatError', message: 'blob: too old' } }));`;
  const broken = (): Thread => nodeThread(new Worker(script, { eval: true, execArgv: [] }));
  let first = true;
  const oneBroken = (): Thread => {
    if (!first) return createWorker();
    first = false;
    return broken();
  };
  const error = await createScorerPool(blob, { workers: 3, createWorker: oneBroken }).catch(
    (thrown: unknown) => thrown,
  );
  assert.instance(error, FormatError);
  assert.is((error as Error).message, 'blob: too old');
  while (running > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('what is wrong is told before a worker is started', async () => {
  const never = (): Thread => assert.unreachable() as never;
  const wrong: [Uint8Array, object, new (message: string) => Error][] = [
    [blob, { workers: 0 }, ConfigError],
    [blob, { threads: 2 }, ConfigError],
    [blob, { kernel: 'fast' }, ConfigError],
    [blob.slice(1), {}, FormatError],
  ];
  for (const [bytes, options, type] of wrong) {
    const error = await createScorerPool(bytes, { ...options, createWorker: never }).catch(
      (thrown: unknown) => thrown,
    );
    assert.instance(error, type);
  }
  await withPool({ workers: 1 }, async (pool) => {
    for (const rowCount of [-1, 0.5, ROWS + 1, NaN]) {
      const error = await pool.predict(matrix, rowCount).catch((thrown: unknown) => thrown);
      assert.instance(error, ShapeError);
    }
  });
});

test.run();
