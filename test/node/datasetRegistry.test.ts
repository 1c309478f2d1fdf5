import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { studentPurchasesCsv } from '../../src/data/studentPurchases.js';
import { resolveDataset } from '../../src/node/datasetRegistry.js';

const root = mkdtempSync(join(tmpdir(), 'coppice-'));
test.after(() => rmSync(root, { recursive: true }));
let directory: string;
let registry: string;
let cache: string;
test.before.each(() => {
  directory = mkdtempSync(join(root, 'case-'));
  mkdirSync(join(directory, 'config'));
  registry = join(directory, 'config', 'datasets.yaml');
  cache = join(directory, 'cache');
});

async function message(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => {
      throw new Error('no error');
    },
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

const CUSTOMERS = `# mine
customers:
  path: ../customers.csv # beside
  version: 3
  target: y
`;

test('a digest is recorded at the first reading and checked from then on', async () => {
  writeFileSync(registry, CUSTOMERS);
  const file = join(directory, 'customers.csv');
  writeFileSync(file, 'x,y\n1,a\n2,b\n');
  const first = await resolveDataset(registry, 'customers', cache);
  assert.is(first.path, file);
  assert.is(first.recorded, true);
  assert.is(first.byteCount, 12);
  const recorded = CUSTOMERS.replace('version: 3\n', `version: 3\n  sha256: ${first.sha256}\n`);
  assert.is(readFileSync(registry, 'utf8'), recorded);

  const second = await resolveDataset(registry, 'customers', cache);
  assert.is(second.recorded, false);
  assert.equal(second.entry, first.entry);

  writeFileSync(file, 'x,y\n1,a\n2,c\n');
  const changed = await message(resolveDataset(registry, 'customers', cache));
  assert.match(changed, /^DataError: .*customers.csv: dataset "customers" changed under version 3/);
  assert.match(changed, `expected sha256 ${first.sha256}, got `);
  assert.match(changed, 'raise its version');
  assert.match(readFileSync(registry, 'utf8'), first.sha256);
});

test('a generated dataset is made once, and made again when its file was spoilt', async () => {
  const text =
    'small:\n  generator: student_purchases\n  rows: 50\n  seed: 3\n  version: 1\n  target: purchased\n';
  writeFileSync(registry, text);
  const first = await resolveDataset(registry, 'small', cache);
  assert.is(readFileSync(first.path, 'utf8'), studentPurchasesCsv({ rowCount: 50, seed: 3 }));
  writeFileSync(first.path, 'spoilt');
  const second = await resolveDataset(registry, 'small', cache);
  assert.is(second.sha256, first.sha256);
  assert.equal(readdirSync(cache), ['small-1-50-3.csv']);

  const stale = readFileSync(registry, 'utf8').replace('seed: 3', 'seed: 4');
  writeFileSync(registry, stale);
  const changed = await message(resolveDataset(registry, 'small', cache));
  assert.match(changed, /dataset "small" changed under version 1/);
});

test('the built-in data has the recorded bytes', async () => {
  writeFileSync(registry, readFileSync('config/datasets.yaml'));
  const { recorded } = await resolveDataset(registry, 'students', cache);
  assert.is(recorded, false);
});

test('what cannot be resolved', async () => {
  assert.match(
    await message(resolveDataset(registry, 'x', cache)),
    /^ConfigError: .*datasets.yaml: the registry of datasets cannot be read: ENOENT/,
  );
  writeFileSync(registry, CUSTOMERS);
  assert.match(
    await message(resolveDataset(registry, 'customer', cache)),
    /^ConfigError: no dataset "customer" in .*; did you mean "customers"\?/,
  );
  assert.match(
    await message(resolveDataset(registry, 'customers', cache)),
    /^DataError: .*customers.csv: no such file/,
  );
  assert.is(readFileSync(registry, 'utf8'), CUSTOMERS);
  assert.not.ok(existsSync(cache));
});

test.run();
