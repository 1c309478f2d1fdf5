import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeBlob } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { hasChromium, ISOLATED, reportOfPage, type ServedFile } from '../chromium.js';
import { adversarialMatrix, randomForestModel } from '../score/randomModel.js';

const ROWS = 20_000;
const model = randomForestModel({
  seed: 61,
  treeCount: 40,
  maxLeaves: 31,
  numericCount: 7,
  levelCounts: [9],
});
const blob = encodeBlob(model);
const matrix = adversarialMatrix(model, ROWS, 62);

const PAGE_SCRIPT = `
import { createScorerPool, webThread } from './index.js';
const bytes = async (name) => (await fetch(name)).arrayBuffer();
const digest = async (values) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', values))].join();
const ways = { 'found by itself': {}, 'given': { createWorker: () => webThread(new Worker('/pool/poolWorker.js', { type: 'module' })) }, 'none': { createWorker: false } };
async function run() {
  const blob = new Uint8Array(await bytes('/blob'));
  const matrix = new Float32Array(await bytes('/matrix'));
  const reports = [];
  for (const [name, way] of Object.entries(ways)) {
    for (const workers of [1, 3]) {
      const pool = await createScorerPool(blob, { workers, ...way });
      const shared = pool.createMatrix(${ROWS});
      shared.set(matrix);
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      const found = [];
      for (const rows of [matrix, shared]) found.push(await digest(await pool.predict(rows, ${ROWS})));
      clearInterval(timer);
      const controller = new AbortController();
      const aborted = pool.predict(matrix, ${ROWS}, { signal: controller.signal });
      controller.abort(new Error('enough'));
      const reason = await aborted.catch((error) => error.message);
      reports.push({ name, workers: pool.workers, kernel: pool.scorer.kernel, isShared: !(shared.buffer instanceof ArrayBuffer), found, turns, reason });
      pool.close();
    }
  }
  let missing = '';
  try {
    await createScorerPool(blob, { createWorker: () => webThread(new Worker('/nowhere.js', { type: 'module' })) });
  } catch (error) {
    missing = error.message;
  }
  return { reports, missing };
}
globalThis.report = run();
`;

interface Report {
  reports: {
    name: string;
    workers: number;
    kernel: string;
    isShared: boolean;
    /** SHA-256 of the predictions */
    found: string[];
    turns: number;
    reason: string;
  }[];
  missing: string;
}

for (const isolated of [true, false]) {
  const where = isolated ? 'a page that shares memory' : 'a page that shares none';
  test(`${where} scores in workers under a strict policy, with the bytes of Node, and stays awake`, async () => {
    if (!hasChromium()) return;
    const predictions = (await loadScorer(blob)).predict(matrix);
    const expected = [...createHash('sha256').update(predictions).digest()].join();
    const { reports, missing } = await reportOfPage<Report>(await filesOf(isolated));
    assert.is(reports.length, 6);
    for (const { name, workers, kernel, isShared, found, turns, reason } of reports) {
      assert.is(kernel, 'simd');
      assert.is(workers > 0, name !== 'none');
      assert.is(isShared, isolated);
      assert.equal(found, [expected, expected]);
      assert.ok(turns > 0);
      assert.is(reason, 'enough');
    }
    assert.match(missing, /^the worker failed: /);
  });
}

/** What the page loads; with the headers that let it share memory, or without. */
async function filesOf(isolated: boolean): Promise<Record<string, ServedFile>> {
  const { outputFiles } = await build({
    entryPoints: { index: 'src/pool/index.ts', poolWorker: 'src/pool/poolWorker.ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    write: false,
  });
  const headers = {
    'content-security-policy':
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
    ...(isolated && ISOLATED),
  };
  const file = (type: ServedFile['type'], body: string | Uint8Array): ServedFile => ({
    type,
    body,
    headers,
  });
  return {
    '/': file('text/html', '<!doctype html><script type="module" src="/pool/page.js"></script>'),
    '/pool/page.js': file('text/javascript', PAGE_SCRIPT),
    '/blob': file('application/octet-stream', blob),
    '/matrix': file('application/octet-stream', new Uint8Array(matrix.buffer)),
    ...Object.fromEntries(
      outputFiles.map(({ path, text }) => [
        `/pool/${path.split('/').at(-1)}`,
        file('text/javascript', text),
      ]),
    ),
  };
}

test.run();
