import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeBlob } from '../../../src/quantize/index.js';
import type { LoadScorer } from '../../../src/score/createLoader.js';
import { hasChromium, reportOfPage, type ServedFile } from '../../chromium.js';
import { adversarialMatrix, randomForestModel } from '../randomModel.js';
import { expectedScores, type Report, SAMPLES_SCRIPT } from './samples.js';

/** what a page may load to score, by brotli */
const MOST_BYTES = 15_000;
const PARTS = ['./extra.js', './portable.js'];

const source = fileOf('coppice.js');

test('a page loads one file of at most 15 kB, and others on demand', () => {
  const imports = [...source.matchAll(/\bimport\(\s*["'](.*?)["']\s*\)/g)].map(([, path]) => path);
  assert.equal(imports.sort(), PARTS);
  assert.not.match(source, /\bimport\s*["'{]/);
  const bytes = brotliCompressSync(source).length;
  assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
});

test('the parts stand alone', () => {
  for (const name of [...PARTS, 'complete.js']) assert.not.match(fileOf(name), /\bimport\b/);
});

test('in the bundle for pages, columns are an option', async () => {
  const { href } = pathToFileURL('dist/browser/coppice.js');
  const { loadScorer } = (await import(href)) as { loadScorer: LoadScorer };
  const model = randomForestModel({ seed: 46, treeCount: 9, maxLeaves: 9, numericCount: 2 });
  const blob = encodeBlob(model);
  const matrix = adversarialMatrix(model, 50, 47);
  const names = model.schema.fields.map(({ name }) => name);
  const columns = Object.fromEntries(
    names.map((name, index) => [name, matrix.filter((_, at) => at % names.length === index)]),
  );
  const plain = await loadScorer(blob);
  assert.throws(
    () => plain.predict(columns),
    /columns need loadScorer\(blob, \{ columns: true \}\)/,
  );
  const scorer = await loadScorer(blob, { columns: true });
  assert.equal(scorer.predict(columns), plain.predict(matrix));
});

test('the bundle for pages scores in one, with the bytes of Node', async () => {
  if (!hasChromium()) return;
  const headers = {
    'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
  };
  const script = (body: string): ServedFile => ({ type: 'text/javascript', body, headers });
  const { scores } = await reportOfPage<Report>({
    '/': {
      type: 'text/html',
      body: '<!doctype html><script type="module" src="page.js"></script>',
      headers,
    },
    '/page.js': script("import { report } from './samples.js'; globalThis.report = report();"),
    '/samples.js': script(SAMPLES_SCRIPT),
    '/coppice.js': script(source),
    '/extra.js': script(fileOf('extra.js')),
    '/portable.js': script(fileOf('portable.js')),
  });
  assert.equal(scores, await expectedScores(['simd', 'simd', 'portable', 'javascript', 'simd']));
});

function fileOf(name: string): string {
  return readFileSync(`dist/browser/${name}`, 'utf8');
}

test.run();
