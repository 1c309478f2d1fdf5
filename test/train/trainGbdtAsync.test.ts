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
import { trainGbdt } from '../../src/train/gbdt.js';
import { type TimedProgress, trainGbdtAsync } from '../../src/train/trainGbdtAsync.js';
import { nodeThread, type Thread } from '../../src/train/trainingThread.js';
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

test('the caller keeps its data and its thread', async () => {
  const before = [...DATA.matrix];
  for (const way of WAYS) {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5).unref();
    await trainGbdtAsync(syntheticMatrix(4000, 2), { numTrees: 60, ...way });
    clearInterval(timer);
    assert.ok(ticks > 3, `${ticks} ticks`);
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
