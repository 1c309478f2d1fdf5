import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** What each part may import besides itself: the table of docs/design.md. */
const ALLOWED: Record<string, string[]> = {
  core: [],
  model: ['core'],
  data: ['core', 'model'],
  evaluate: ['core', 'model'],
  train: ['core', 'model', 'evaluate'],
  calibrate: ['core', 'model', 'evaluate'],
  explain: ['core', 'model', 'evaluate', 'quantize'],
  quantize: ['core', 'model'],
  score: ['core', 'model', 'quantize'],
  pool: ['core', 'score'],
  onnx: ['core', 'model'],
  interop: ['core', 'model', 'onnx'],
  optimize: ['core', 'model', 'evaluate', 'score', 'quantize', 'onnx'],
  monitor: ['core', 'model', 'quantize'],
  serve: ['core', 'model', 'data', 'score', 'monitor'],
  lifecycle: [
    'core',
    'model',
    'data',
    'evaluate',
    'train',
    'calibrate',
    'explain',
    'quantize',
    'score',
    'onnx',
    'optimize',
    'monitor',
  ],
  node: ['*'],
  cli: ['*'],
  // src/index.ts, the entry
  '.': ['score'],
};
const HOST_PARTS = ['node', 'cli'];

interface Source {
  file: string;
  part: string;
  text: string;
}

const sources: Source[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('kernelBytes.ts'))
  .map((file) => ({
    file,
    part: dirname(file).split(/[\\/]/)[0]!,
    text: readFileSync(join('src', file), 'utf8'),
  }));

function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g);
  return [...found].map((match) => match[1]!);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

/** Source file that a relative import names. */
function resolveImport(file: string, specifier: string): string {
  return relative('src', resolve('src', dirname(file), specifier)).replace(/\.js$/, '.ts');
}

test('each part imports only what the design allows', () => {
  const breaches: string[] = [];
  for (const { file, part, text } of sources) {
    const allowed = ALLOWED[part];
    assert.ok(allowed, `part src/${part} is not in the table`);
    if (allowed.includes('*')) continue;
    for (const specifier of importsOf(withoutComments(text))) {
      if (!specifier.startsWith('.')) continue;
      const other = dirname(resolveImport(file, specifier)).split(/[\\/]/)[0]!;
      if (other !== part && !allowed.includes(other))
        breaches.push(`src/${file} imports ${specifier}`);
    }
  }
  assert.equal(breaches, []);
});

test('scoring and monitoring read blobs but do not write them', () => {
  const writers = sources
    .filter(({ part }) => part === 'score' || part === 'monitor')
    .filter(({ text }) =>
      importsOf(text).some((path) =>
        /quantize\/(index|encodeBlob|containerWriter|quantize(Model|Forest|Linear))/.test(path),
      ),
    )
    .map(({ file }) => file);
  assert.equal(writers, []);
});

test('the import graph has no cycle', () => {
  const edges = new Map(
    sources.map(({ file, text }) => [
      file,
      // type imports vanish at run time
      importsOf(withoutComments(text).replace(/import type[\s\S]*?;/g, ''))
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => resolveImport(file, specifier)),
    ]),
  );
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file))
      throw new Error(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  assert.is(done.size >= sources.length, true);
});

test('files, processes, clocks and chance stay in src/node and src/cli', () => {
  const forbidden =
    /['"]node:|\bBuffer\b|\bprocess\.|\bconsole\.|\bDate\.now\b|\bMath\.random\b|\beval\(|new Function\b/;
  const breaches = sources
    .filter(({ part }) => !HOST_PARTS.includes(part))
    .flatMap(({ file, text }) => {
      const found = withoutComments(text).match(forbidden);
      // reads the kernel with Node's Buffer where there is one
      if (file === 'score/kernelModule.ts' && found?.[0] === 'Buffer') return [];
      return found ? [`src/${file}: ${found[0]}`] : [];
    });
  assert.equal(breaches, []);
});

test('onnxruntime-web is a referee behind one lazy import', () => {
  const users = sources.filter(({ text }) => /['"]onnxruntime-web/.test(withoutComments(text)));
  assert.equal(
    users.map(({ file }) => file),
    [join('evaluate', 'onnxSession.ts')],
  );
  assert.match(
    users[0]!.text,
    /await import\('onnxruntime-web\/wasm'\)|import\('onnxruntime-web\/wasm'\)/,
  );
  assert.not.match(withoutComments(users[0]!.text), /^import (?!type)[^;]*onnxruntime-web/m);
});

test('no source file is longer than 400 lines', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 400).map(({ file }) => file);
  assert.equal(long, []);
});

test.run();
