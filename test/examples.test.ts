import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeBlob, encodeBlob } from '../src/quantize/index.js';
import { hasChromium, launchWithExtension } from './chromium.js';
import { trainedModel } from './serve/trainedModels.js';

const RECORD = { humidity: 90, wind: 'a' };
const folder = mkdtempSync(join(tmpdir(), 'coppice-examples-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

for (const file of readdirSync('examples').filter((name) => name.endsWith('.mjs'))) {
  test(`examples/${file} runs and says something`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [`examples/${file}`], {
      encoding: 'utf8',
    });
    assert.is(status, 0, stderr);
    // a module that only helps the others prints nothing
    assert.is(stdout.length > 0, file !== 'example-blob.mjs', stdout);
    assert.is(stderr, '');
  });
}

interface EdgeWorker {
  fetch(request: Request, env: Record<string, string>): Promise<Response>;
}

/** Builds a worker as wrangler and workerd do: the kernel is a module, the model bytes. */
async function buildWorker(name: string, modelFile: string): Promise<EdgeWorker> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [`examples/edge-worker/${name}.mjs`],
    bundle: true,
    format: 'esm',
    target: 'node20',
    outfile,
    // built files import what they share by name alone, which esbuild leaves out and warns of
    logLevel: 'error',
    loader: { '.wasm': 'binary', '.coppice': 'binary' },
    plugins: [
      {
        name: 'model',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /model\.coppice$/ }, () => ({ path: modelFile }));
          onLoad({ filter: /score\.wasm$/ }, ({ path }) => ({
            contents: `export default new WebAssembly.Module(Uint8Array.from(atob('${readFileSync(path, 'base64')}'), (c) => c.charCodeAt(0)))`,
          }));
        },
      },
    ],
  });
  return ((await import(pathToFileURL(outfile).href)) as { default: EdgeWorker }).default;
}

test('examples/edge-worker/worker.mjs scores with the kernel that is imported as a module', async () => {
  const worker = await buildWorker('worker', exampleModel());
  const ask = async (body: string): Promise<Response> =>
    worker.fetch(new Request('http://worker/', { method: 'POST', body }), {});
  const about = await worker.fetch(new Request('http://worker/'), {});
  assert.is(((await about.json()) as { kernel: string }).kernel, 'simd');
  const answer = await ask(JSON.stringify([RECORD]));
  assert.equal(((await answer.json()) as { labels: string[] }).labels, ['yes']);
  const wrong = await ask('[{"humidity":"high"}]');
  assert.is(wrong.status, 422);
  assert.match(await wrong.text(), /humidity.* expected a number/);
});

test('examples/edge-worker/service.mjs serves a run, with what watches it out of the blob', async () => {
  const { blob, reference, records, scorer } = await trainedModel('binary');
  const file = join(folder, 'run.coppice');
  writeFileSync(file, encodeBlob(decodeBlob(blob), { drift: reference }));
  const worker = await buildWorker('service', file);
  const env = { COPPICE_TOKEN: 'a-token-of-the-edge' };
  const ask = async (path: string, body?: unknown, token = env.COPPICE_TOKEN): Promise<Response> =>
    worker.fetch(
      new Request(`http://worker${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
      env,
    );
  const logged: string[] = [];
  const { log } = console;
  console.log = (line: string) => logged.push(line);
  try {
    assert.is((await ask('/predict', records[0], 'another-token-of-the-edge')).status, 401);
    const one = (await (await ask('/predict', records[0])).json()) as Record<string, unknown>;
    assert.is(one.probability, scorer.predict([records[0]!])[0]);
    assert.is((await ask('/batch_predict', records.slice(0, 60))).status, 200);
    const wrong = await ask('/predict', { ...records[0], length: 'long' });
    assert.is(wrong.status, 422);
    const drift = (await (await ask('/monitoring/drift')).json()) as Record<string, unknown>;
    assert.equal([drift.samples_observed, drift.recommendation], [61, 'none']);
    const lines = logged.map((line) => JSON.parse(line));
    assert.is(lines.length, 61);
    assert.equal(
      [lines[0].prediction_id, lines[0].model_sha256],
      [one.prediction_id, one.model_sha256],
    );
  } finally {
    console.log = log;
  }
});

test('examples/extension scores in Chromium', async () => {
  if (!hasChromium()) return;
  const extension = join(folder, 'extension');
  cpSync('examples/extension', extension, { recursive: true });
  // a service worker may not import what it needs later: the bundle in one file
  cpSync('dist/browser/complete.js', join(extension, 'coppice.js'));
  cpSync(exampleModel(), join(extension, 'model.coppice'));
  const context = await launchWithExtension(extension, join(folder, 'profile'));
  try {
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const popup = await context.newPage();
    await popup.goto(new URL('popup.html', worker.url()).href);
    const answer = popup.locator('#answer', { hasText: '→' });
    assert.match((await answer.textContent()) ?? '', /→ \d\.\d{4}, yes \(simd\)$/);
  } finally {
    await context.close();
  }
});

/** A file with the model of the examples. */
function exampleModel(): string {
  const file = join(folder, 'model.coppice');
  const script =
    "import('./examples/example-blob.mjs').then(({ exampleBlob }) => process.stdout.write(exampleBlob()))";
  const { stdout, status } = spawnSync(process.execPath, ['-e', script]);
  assert.is(status, 0);
  writeFileSync(file, stdout);
  return file;
}

test.run();
