import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainGbdt } from '../../src/train/gbdt.js';
import { hasChromium, ISOLATED, reportOfPage, type ServedFile } from '../chromium.js';

const ROWS = 40_000;
const TREES = 40;

/** The same rows in the page and here. */
const DATA_SCRIPT = `
const rowCount = ${ROWS};
const matrix = Float32Array.from({ length: 8 * rowCount }, (_, i) => ((i * 7919) % 10007) / 10007);
const target = Uint8Array.from({ length: rowCount }, (_, i) => (matrix[8 * i] * matrix[8 * i + 5] + matrix[8 * i + 3] > 0.7 ? 1 : 0));
const data = { matrix, rowCount, featureCount: 8, target };
`;

const PAGE_SCRIPT = `
import { trainGbdt, trainGbdtAsync, webThread } from './train.js';
${DATA_SCRIPT}
const createWorker = () => webThread(new Worker('./worker.js', { type: 'module' }));
const leaves = (model) => [...new Uint8Array(model.predictor.leafValue.buffer)];
async function run() {
  const fits = [];
  for (const options of [{ createWorker }, { createWorker, workers: 2 }, { createWorker: false }]) {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const model = await trainGbdtAsync(data, { numTrees: ${TREES}, ...options });
    clearInterval(timer);
    fits.push({ leaves: leaves(model), turns });
  }
  const controller = new AbortController();
  let reason = '';
  try {
    await trainGbdtAsync(data, {
      numTrees: 10000, createWorker, workers: 2, signal: controller.signal,
      onProgress: ({ tree }) => { if (tree === 3) controller.abort(new Error('enough')); },
    });
  } catch (error) {
    reason = error.message;
  }
  return { isolated: crossOriginIsolated, fits, reason };
}
globalThis.report = run();
`;

interface Report {
  isolated: boolean;
  fits: { leaves: number[]; turns: number }[];
  reason: string;
}

for (const isolated of [true, false]) {
  const where = isolated ? 'a page that shares memory' : 'a page that shares none';
  test(`${where} trains in workers with the bytes of Node, and stays awake`, async () => {
    if (!hasChromium()) return;
    const { fits, reason, isolated: seen } = await reportOfPage<Report>(await filesOf(isolated));
    assert.is(seen, isolated);
    const expected = expectedLeaves();
    for (const { leaves, turns } of fits) {
      assert.equal(leaves, expected);
      assert.ok(turns > 1, `the page had ${turns} turns`);
    }
    assert.is(reason, 'enough');
  });
}

function expectedLeaves(): number[] {
  const data = new Function(`${DATA_SCRIPT} return data;`)();
  const { predictor } = trainGbdt(data, { numTrees: TREES });
  assert.is(predictor.kind, 'forest');
  if (predictor.kind !== 'forest') return [];
  return [...new Uint8Array(predictor.leafValue.buffer)];
}

/** The bundles that a page would have; with the headers that let it share memory, or without. */
async function filesOf(isolated: boolean): Promise<Record<string, ServedFile>> {
  const { outputFiles } = await build({
    entryPoints: { train: 'src/train/index.ts', worker: 'src/train/trainWorker.ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    write: false,
    logLevel: 'silent',
  });
  const headers = isolated ? ISOLATED : {};
  const script = (body: string): ServedFile => ({ type: 'text/javascript', body, headers });
  const page = '<!doctype html><script type="module" src="page.js"></script>';
  return {
    '/': { type: 'text/html', body: page, headers },
    '/page.js': script(PAGE_SCRIPT),
    ...Object.fromEntries(
      outputFiles.map(({ path, text }) => [`/${path.split('/').at(-1)}`, script(text)]),
    ),
  };
}

test.run();
