import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainGbdt } from '../../src/train/gbdt.js';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'];
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
const report = await run().catch((error) => ({ failure: String(error.stack) }));
await fetch('report', { method: 'POST', body: JSON.stringify(report) });
`;

interface Report {
  failure?: string;
  isolated: boolean;
  fits: { leaves: number[]; turns: number }[];
  reason: string;
}

for (const isolated of [true, false]) {
  const where = isolated ? 'a page that shares memory' : 'a page that shares none';
  test(`${where} trains in workers with the bytes of Node, and stays awake`, async () => {
    if (!existsSync(CHROMIUM)) {
      console.log('skipped: no chromium');
      return;
    }
    const { server, report } = await serve(isolated);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const { failure, fits, reason, isolated: seen } = await report;
      assert.is(failure, undefined);
      assert.is(seen, isolated);
      const expected = expectedLeaves();
      for (const { leaves, turns } of fits) {
        assert.equal(leaves, expected);
        assert.ok(turns > 1, `the page had ${turns} turns`);
      }
      assert.is(reason, 'enough');
    } finally {
      await browser.close();
      server.close();
    }
  });
}

function expectedLeaves(): number[] {
  const data = new Function(`${DATA_SCRIPT} return data;`)();
  const { predictor } = trainGbdt(data, { numTrees: TREES });
  assert.is(predictor.kind, 'forest');
  if (predictor.kind !== 'forest') return [];
  return [...new Uint8Array(predictor.leafValue.buffer)];
}

/** Serves the bundles that a page would have; with the headers that let it share memory, or without. */
async function serve(isolated: boolean): Promise<{ server: Server; report: Promise<Report> }> {
  const { outputFiles } = await build({
    entryPoints: { train: 'src/train/index.ts', worker: 'src/train/trainWorker.ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    write: false,
    logLevel: 'silent',
  });
  const files = new Map<string, [string, string]>([
    ['/', ['text/html', '<!doctype html><script type="module" src="page.js"></script>']],
    ['/page.js', ['text/javascript', PAGE_SCRIPT]],
    ...outputFiles.map(({ path, text }): [string, [string, string]] => [
      `/${path.split('/').at(-1)}`,
      ['text/javascript', text],
    ]),
  ]);
  let resolve: (report: Report) => void;
  const report = new Promise<Report>((done) => {
    resolve = done;
  });
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      resolve((await json(request)) as Report);
      response.end();
      return;
    }
    const file = files.get(request.url ?? '');
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    response.writeHead(file ? 200 : 404, { 'Content-Type': file?.[0] ?? 'text/plain' });
    response.end(file?.[1] ?? '');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, report };
}

test.run();
