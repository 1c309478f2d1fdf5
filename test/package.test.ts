import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

interface PackageJson {
  exports: Record<string, string | Record<string, string>>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson;
/** files, and programs of workers, which export nothing */
const NO_TYPES = ['./package.json', './pool/worker', './train/worker'];
const typed = Object.entries(manifest.exports).filter(([path]) => !NO_TYPES.includes(path));
const entries = typed.filter(([path]) => path !== './kernel.wasm');

test('every export has its types first and its files', () => {
  for (const [path, target] of typed) {
    assert.is(typeof target, 'object', path);
    assert.is(Object.keys(target)[0], 'types', path);
    for (const file of Object.values(target)) assert.ok(existsSync(file), `${path}: ${file}`);
  }
});

test('versions are exact', () => {
  for (const versions of [manifest.dependencies, manifest.devDependencies]) {
    for (const [name, version] of Object.entries(versions))
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
});

test('every runtime dependency runs on Node 20', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; engines?: { node?: string } }>;
  };
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '' || entry.dev || entry.optional) continue;
    const lowest = Number(entry.engines?.node?.match(/^[>^~= ]*(\d+)/)?.[1] ?? 0);
    assert.ok(lowest <= 20, `${path} wants node ${entry.engines?.node}`);
  }
});

test('each built entry imports in a fresh process, silently, and gives names', () => {
  for (const [path] of entries) {
    const specifier = path === '.' ? 'coppice' : `coppice/${path.slice(2)}`;
    const script = `import('${specifier}').then((m) => console.log(Object.keys(m).length))`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], {
      encoding: 'utf8',
    });
    assert.is(stderr, '', specifier);
    assert.is(status, 0, specifier);
    assert.ok(Number(stdout) > 0, `${specifier} exports nothing`);
  }
});

test('the names that others rely on are there', () => {
  const names: [string, string[]][] = [
    ['coppice', ['loadScorer']],
    ['coppice/train', ['trainGbdt', 'trainGbdtAsync', 'trainLogistic', 'trainForest', 'trainTree']],
    [
      'coppice/explain',
      ['contributions', 'featureImportance', 'permutationImportance', 'explainRow'],
    ],
    ['coppice/score', ['loadScorer', 'predictMargin']],
    ['coppice/quantize', ['encodeBlob', 'decodeBlob']],
    ['coppice/interop', ['fromLightGbm', 'fromXgboost']],
    ['coppice/onnx', ['exportOnnx', 'exportQuantizedOnnx']],
  ];
  for (const [specifier, wanted] of names) {
    const script = `import('${specifier}').then((m) => console.log(Object.keys(m).join()))`;
    const found = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })
      .trim()
      .split(',');
    for (const name of wanted) assert.ok(found.includes(name), `${specifier} lacks ${name}`);
  }
});

test('the kernel as a file has every entry of the kernel that is built in', async () => {
  const file = readFileSync(createRequire(import.meta.url).resolve('coppice/kernel.wasm'));
  const script = `
    import { compileKernel } from 'coppice';
    const entries = WebAssembly.Module.exports(await compileKernel());
    console.log(JSON.stringify(entries.map(({ name }) => name)));`;
  const builtIn = execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  const entries = WebAssembly.Module.exports(new WebAssembly.Module(file)).map(({ name }) => name);
  const names: string[] = JSON.parse(builtIn.toString());
  assert.ok(names.length > 0);
  assert.equal(
    names.filter((name) => !entries.includes(name)),
    [],
  );
});

test('the built package trains in workers, one or two, with the bytes of the calling thread', () => {
  const script = `
    import { trainGbdt, trainGbdtAsync } from 'coppice/train';
    const rowCount = 20_000;
    const matrix = Float32Array.from({ length: 8 * rowCount }, (_, i) => ((i * 7919) % 1009) / 1009);
    const target = Uint8Array.from({ length: rowCount }, (_, i) => (matrix[8 * i] + matrix[8 * i + 3] > 1 ? 1 : 0));
    const data = { matrix, rowCount, featureCount: 8, target };
    const expected = trainGbdt(data, { numTrees: 5 }).predictor.leafValue;
    for (const workers of [1, 2]) {
      const model = await trainGbdtAsync(data, { numTrees: 5, workers });
      console.log(Buffer.compare(Buffer.from(expected.buffer), Buffer.from(model.predictor.leafValue.buffer)));
    }`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  assert.is(output, '0\n0\n');
});

test('the built package scores in workers with the bytes of one, and ends when the pool is closed', () => {
  const script = `
    import { createScorerPool } from 'coppice/pool';
    import { exampleBlob } from './examples/example-blob.mjs';
    const pool = await createScorerPool(exampleBlob(), { workers: 2 });
    const rowCount = 20_000;
    const matrix = pool.createMatrix(rowCount).map((_, i) => (i % 2 ? i % 3 : (i * 7919) % 100));
    const predictions = await pool.predict(matrix, rowCount);
    console.log(Buffer.compare(Buffer.from(predictions.buffer), Buffer.from(pool.scorer.predict(matrix).buffer)));
    pool.close();`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.is(output, '0\n');
});

test.run();
