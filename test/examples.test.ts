import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasChromium, launchWithExtension } from './chromium.js';

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

test('examples/edge-worker scores with the kernel that is imported as a module', async () => {
  // what wrangler and workerd do with the imports: a module, and bytes
  const outfile = join(folder, 'worker.mjs');
  await build({
    entryPoints: ['examples/edge-worker/worker.mjs'],
    bundle: true,
    format: 'esm',
    target: 'node20',
    outfile,
    loader: { '.wasm': 'binary', '.coppice': 'binary' },
    plugins: [
      {
        name: 'model',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /model\.coppice$/ }, () => ({ path: exampleModel() }));
          onLoad({ filter: /score\.wasm$/ }, ({ path }) => ({
            contents: `export default new WebAssembly.Module(Uint8Array.from(atob('${readFileSync(path, 'base64')}'), (c) => c.charCodeAt(0)))`,
          }));
        },
      },
    ],
  });
  const { default: worker } = (await import(pathToFileURL(outfile).href)) as {
    default: { fetch(request: Request): Promise<Response> };
  };
  const ask = async (body: string): Promise<Response> =>
    worker.fetch(new Request('http://worker/', { method: 'POST', body }));
  const about = await worker.fetch(new Request('http://worker/'));
  assert.is(((await about.json()) as { kernel: string }).kernel, 'simd');
  const answer = await ask(JSON.stringify([RECORD]));
  assert.equal(((await answer.json()) as { labels: string[] }).labels, ['yes']);
  const wrong = await ask('[{"humidity":"high"}]');
  assert.is(wrong.status, 422);
  assert.match(await wrong.text(), /humidity.* expected a number/);
});

test('examples/extension scores in Chromium', async () => {
  if (!hasChromium()) return;
  const extension = join(folder, 'extension');
  cpSync('examples/extension', extension, { recursive: true });
  cpSync('dist/browser/complete.js', join(extension, 'complete.js'));
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
