import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeBlob } from '../../src/quantize/index.js';
import { compileKernel, loadScorer } from '../../src/score/index.js';
import { adversarialMatrix, randomForestModel } from './randomModel.js';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

const SHAPE = { seed: 41, treeCount: 30, maxLeaves: 20, numericCount: 5, levelCounts: [12] };
const model = randomForestModel(SHAPE);
const ROWS = 700;
const blob = encodeBlob(model);
const classes = encodeBlob(
  randomForestModel({ ...SHAPE, task: 'multiclass', link: 'softmax', classCount: 3 }),
);
const matrix = adversarialMatrix(model, ROWS, 42);

/** What the page runs: every way to load, and the bytes that come out, sent back as a form of JSON. */
const PAGE_SCRIPT = `
import { compileKernel, loadScorer } from './coppice.js';
const bytes = async (name) => (await fetch(name)).arrayBuffer();
async function run() {
  const matrix = new Float32Array(await bytes('matrix'));
  const scores = [];
  for (const name of ['blob', 'classes']) {
    const blob = new Uint8Array(await bytes(name));
    for (const options of [{}, { kernel: 'javascript' }, { module: await compileKernel() }]) {
      const scorer = await loadScorer(blob, options);
      const out = scorer.predict(matrix);
      scores.push({ name, kernel: scorer.kernel, bytes: [...new Uint8Array(out.buffer)] });
    }
  }
  let evalIsForbidden = false;
  try { (0, eval)('1'); } catch { evalIsForbidden = true; }
  return { scores, evalIsForbidden };
}
const report = await run().catch((error) => ({ failure: String(error) }));
await fetch('report', { method: 'POST', body: JSON.stringify(report) });
`;

interface Report {
  failure?: string;
  evalIsForbidden: boolean;
  scores: { name: string; kernel: string; bytes: number[] }[];
}

test('the browser bundle scores under a strict policy, with the bytes of Node', async () => {
  if (!existsSync(CHROMIUM)) {
    console.log('skipped: no chromium');
    return;
  }
  const { server, report } = await serve(await bundle());
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const { failure, evalIsForbidden, scores } = await report;
    assert.is(failure, undefined);
    assert.ok(evalIsForbidden);
    assert.equal(
      scores.map(({ name, kernel }) => `${name} ${kernel}`),
      ['blob', 'classes'].flatMap((name) =>
        ['simd', 'javascript', 'simd'].map((kernel) => `${name} ${kernel}`),
      ),
    );
    for (const { name, bytes } of scores) {
      const scorer = await loadScorer(name === 'blob' ? blob : classes);
      assert.equal(bytes, [...new Uint8Array(scorer.predict(matrix).buffer)]);
    }
  } finally {
    await browser.close();
    server.close();
  }
});

test('a precompiled module scores with the same bytes, as on edge workers', async () => {
  const module = await compileKernel();
  const expected = (await loadScorer(blob)).predict(matrix);
  const { compile, validate, Module } = WebAssembly;
  const forbidden = (): never => {
    throw new Error('compiling is forbidden here');
  };
  // what a module has can still be asked
  const NoModule = Object.assign(forbidden.bind(undefined), { exports: Module.exports });
  Object.assign(WebAssembly, { compile: forbidden, validate: forbidden, Module: NoModule });
  try {
    const scorer = await loadScorer(blob, { module });
    assert.is(scorer.kernel, 'simd');
    assert.equal(scorer.predict(matrix), expected);
  } finally {
    Object.assign(WebAssembly, { compile, validate, Module });
  }
});

/** The entry as a page loads it: no externals, nothing of Node. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
  });
  return outputFiles[0]!.text;
}

/** Serves the page under the policy; `report` is what it sends back, or a failure after a while. */
async function serve(script: string): Promise<{ server: Server; report: Promise<Report> }> {
  const files: Record<string, [string, string | Uint8Array]> = {
    '/': ['text/html', '<!doctype html><script type="module" src="page.js"></script>'],
    '/page.js': ['text/javascript', PAGE_SCRIPT],
    '/coppice.js': ['text/javascript', script],
    '/blob': ['application/octet-stream', blob],
    '/classes': ['application/octet-stream', classes],
    '/matrix': ['application/octet-stream', new Uint8Array(matrix.buffer)],
  };
  const server = createServer();
  const report = new Promise<Report>((resolve) => {
    const late = { failure: 'no report from the page', evalIsForbidden: false, scores: [] };
    setTimeout(() => resolve(late), 30_000).unref();
    server.on('request', (request, response) => {
      if (request.method === 'POST') json(request).then((body) => resolve(body as Report));
      const [type, body] = files[request.url ?? ''] ?? ['text/plain', ''];
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, report };
}

test.run();
