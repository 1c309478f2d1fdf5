import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { datasetNamed, parseRegistry, withDigest } from '../../src/data/registry.js';

const DIGEST = 'ab'.repeat(32);

const text = `# first comment
customers: # about customers
  path: ../data/customers.csv.gz
  version: 2026-01
  target: churned
  positive: 1.0 # as in the file
  types: { postcode: category, age: number }
  missing_tokens: ["", "?"]

# a generated one
students:
  generator: student_purchases
  rows: 100
  version: 1
  target: purchased
# last comment
`;

test('entries', () => {
  const entries = parseRegistry(text, 'datasets.yaml');
  assert.equal([...entries.keys()], ['customers', 'students']);
  assert.equal(entries.get('customers'), {
    name: 'customers',
    source: { kind: 'file', path: '../data/customers.csv.gz' },
    version: '2026-01',
    target: 'churned',
    positive: '1.0',
    types: { postcode: 'category', age: 'number' },
    missingTokens: ['', '?'],
  });
  assert.equal(entries.get('students'), {
    name: 'students',
    source: { kind: 'generator', generator: 'student_purchases', rowCount: 100, seed: 13 },
    version: '1',
    target: 'purchased',
    types: {},
    missingTokens: [''],
  });
  assert.is(parseRegistry('', 'f').size, 0);
  assert.is(parseRegistry('# nothing\n', 'f').size, 0);
});

test('errors have a place', () => {
  const entry = 'd:\n  path: a.csv\n  version: 1\n  target: y\n';
  const cases: [text: string, message: RegExp][] = [
    ['- a\n', /^f:1:1: the registry expected a map of dataset names/],
    ['a b:\n  path: x\n', /^f:1:1: a dataset name expected letters, digits, _ and -, got "a b"/],
    ['d: text\n', /^f:1:4: "d" expected a map of description, path/],
    ['d:\n', /^f:1:3: "d" expected a map/],
    [`${entry}  taget: z\n`, /^f:5:3: unknown key "taget" of dataset "d"; did you mean "target"\?/],
    ['d:\n  path: a\n  target: y\n', /^f:1:1: dataset "d" expected the key "version"/],
    [
      'd:\n  version: 1\n  target: y\n',
      /^f:1:1: dataset "d" expected the key "path" or "generator"/,
    ],
    [`${entry}  generator: student_purchases\n`, /^f:5:14: .*"path" or "generator", got both/],
    [`${entry}  rows: 5\n`, /^f:5:9: "d.rows" expected a generator, got a path/],
    [`${entry}  types: [a]\n`, /^f:5:10: "d.types" expected a map of column names/],
    [
      `${entry}  types: { a: text }\n`,
      /^f:5:15: "d.types.a" expected one of number, category, got "text"/,
    ],
    [`${entry}  missing_tokens: "?"\n`, /^f:5:19: "d.missing_tokens" expected a list/],
    [`${entry}  missing_tokens: [[]]\n`, /^f:5:20: "d.missing_tokens" expected a text/],
    [`${entry}  positive: [1]\n`, /^f:5:13: "d.positive" expected a text or a number/],
    [`${entry}  sha256: 12ab\n`, /^f:5:11: "d.sha256" expected 64 hexadecimal digits, got "12ab"/],
    [`${entry}  path: b.csv\n`, /^f:5:3: not YAML: Map keys must be unique/],
    ['d: { a: [ }\n', /^f:1:11: not YAML/],
    ['d:\n  generator: other\n  version: 1\n  target: y\n', /^f:2:14: .*one of student_purchases/],
    [
      'd:\n  generator: student_purchases\n  rows: 0\n  version: 1\n  target: y\n',
      /^f:3:9: "d.rows" expected an integer in \[1, 10000000\], got 0/,
    ],
  ];
  for (const [source, message] of cases) {
    assert.throws(() => parseRegistry(source, 'f'), message, source);
  }
});

test('a digest is set in its place, and nothing else changes', () => {
  const updated = withDigest(text, 'f', 'customers', DIGEST);
  assert.is(parseRegistry(updated, 'f').get('customers')!.sha256, DIGEST);
  const added = updated.split('\n').filter((line) => !text.split('\n').includes(line));
  assert.equal(added, [`  sha256: ${DIGEST}`]);
  const without = updated.split('\n').filter((line) => !line.includes(DIGEST));
  assert.is(without.join('\n'), text);
  assert.match(updated, `  version: 2026-01\n  sha256: ${DIGEST}\n  target`);
  const again = withDigest(updated, 'f', 'students', 'cd'.repeat(32));
  assert.is(again.split('\n').length, updated.split('\n').length + 1);
  assert.match(again, '# last comment');
  for (const other of [
    'd: { path: a, version: 1, target: y }\n',
    'd:\n  path: a\n  target: y\n  version: 1',
    'd:\r\n  path: a\r\n  version: 1 # x\r\n  target: y\r\n',
    'd:\n  sha256:\n  path: a\n  version: "1\n\n    2"\n  target: y\n',
    '"d":\n        "version": 1\n        path: a\n        target: y\n',
  ]) {
    const before = parseRegistry(other, 'f').get('d')!;
    const after = parseRegistry(withDigest(other, 'f', 'd', DIGEST), 'f').get('d')!;
    assert.equal(after, { ...before, sha256: DIGEST }, other);
  }
  assert.throws(() => withDigest(text, 'f', 'nobody', DIGEST), /no dataset "nobody" in f/);
});

test('an unknown name', () => {
  const entries = parseRegistry(text, 'f');
  assert.throws(() => datasetNamed(entries, 'student', 'f'), /did you mean "students"\?/);
  assert.throws(() => datasetNamed(entries, 'zzzzzzzzzzzz', 'f'), /known: customers, students/);
});

test('the registry of the project', () => {
  const path = 'config/datasets.yaml';
  const { source, sha256 } = parseRegistry(readFileSync(path, 'utf8'), path).get('students')!;
  assert.is(source.kind, 'generator');
  assert.ok(sha256, 'the digest of the built-in data is recorded');
});

test.run();
