import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  hasChromium,
  launchWithExtension,
  report,
  reportOfPage,
  type ServedFile,
} from '../../chromium.js';
import { bundleEntry, expectedScores, type Report, SAMPLES_SCRIPT } from './samples.js';

/** Nothing but the site's own scripts, and WebAssembly. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
/** Not even that. */
const STRICTER_POLICY = "default-src 'none'; script-src 'self'";

const WITH_KERNEL = ['simd', 'simd', 'portable', 'javascript', 'simd'];
const WITHOUT_KERNEL = ['javascript', 'ConfigError', 'ConfigError', 'javascript'];

/** Where scores are made; `globalThis.report` of each page is a promise of what came out. */
const PAGES: Record<string, Record<string, string>> = {
  'a page': {
    '/page.js': `
      import { report } from './samples.js';
      globalThis.report = report();`,
  },
  'a worker': {
    '/page.js': `
      const worker = new Worker('worker.js', { type: 'module' });
      globalThis.report = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });`,
    '/worker.js': `
      import { report } from './samples.js';
      postMessage(await report());`,
  },
  'a service worker': {
    '/page.js': `
      async function ask() {
        await navigator.serviceWorker.register('worker.js', { type: 'module' });
        const { active } = await navigator.serviceWorker.ready;
        const { port1, port2 } = new MessageChannel();
        active.postMessage('score', [port2]);
        return new Promise((resolve) => {
          port1.onmessage = ({ data }) => resolve(data);
        });
      }
      globalThis.report = ask();`,
    '/worker.js': `
      import { report } from './samples.js';
      onmessage = async ({ ports }) => ports[0].postMessage(await report());`,
  },
};

const coppice = await bundleEntry();

for (const [name, scripts] of Object.entries(PAGES)) {
  for (const policy of [POLICY, STRICTER_POLICY]) {
    const kernels = policy === POLICY ? WITH_KERNEL : WITHOUT_KERNEL;
    const what =
      policy === POLICY ? 'under a strict policy' : 'in JavaScript where WebAssembly is forbidden';
    test(`${name} scores ${what}, with the bytes of Node`, async () => {
      if (!hasChromium()) return;
      const { scores, evalIsForbidden } = await reportOfPage<Report>(filesOf(scripts, policy));
      assert.ok(evalIsForbidden);
      assert.equal(scores, await expectedScores(kernels));
    });
  }
}

/** An extension of manifest version 3 forbids WebAssembly unless its manifest says otherwise. */
const MANIFESTS: [string, object, readonly string[]][] = [
  ['as it is', {}, WITHOUT_KERNEL],
  [
    'that allows WebAssembly',
    {
      content_security_policy: {
        extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'",
      },
    },
    WITH_KERNEL,
  ],
];

for (const [what, policy, kernels] of MANIFESTS) {
  test(`the service worker of an extension ${what} scores with the bytes of Node`, async () => {
    if (!hasChromium()) return;
    const { scores, evalIsForbidden } = await reportOfExtension({
      manifest_version: 3,
      name: 'scorer',
      version: '1',
      background: { service_worker: 'background.js', type: 'module' },
      ...policy,
    });
    assert.ok(evalIsForbidden);
    assert.equal(scores, await expectedScores(kernels));
  });
}

/** The files of a page. Nothing is fetched: the policy forbids it. */
function filesOf(scripts: Record<string, string>, policy: string): Record<string, ServedFile> {
  const headers = { 'content-security-policy': policy };
  const script = (body: string): ServedFile => ({ type: 'text/javascript', body, headers });
  const page = '<!doctype html><script type="module" src="page.js"></script>';
  return {
    '/': { type: 'text/html', body: page, headers },
    '/coppice.js': script(coppice),
    '/samples.js': script(SAMPLES_SCRIPT),
    ...Object.fromEntries(Object.entries(scripts).map(([path, body]) => [path, script(body)])),
  };
}

async function reportOfExtension(manifest: object): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-extension-'));
  const extension = join(folder, 'extension');
  mkdirSync(extension);
  writeFileSync(join(extension, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(extension, 'coppice.js'), coppice);
  writeFileSync(join(extension, 'samples.js'), SAMPLES_SCRIPT);
  writeFileSync(
    join(extension, 'background.js'),
    "import { report } from './samples.js'; globalThis.report = report();",
  );
  const context = await launchWithExtension(extension, join(folder, 'profile'));
  try {
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    return await worker.evaluate(report<Report>);
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

test.run();
