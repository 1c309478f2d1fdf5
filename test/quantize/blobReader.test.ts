import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exp, log, sigmoid, softplus } from '../../src/core/elementary.js';
import { createRandom, type Random } from '../../src/core/random.js';
import type { Column } from '../../src/core/table.js';
import { parseExpression } from '../../src/data/parseExpression.js';
import { adversarialTable } from '../../src/evaluate/adversarial.js';
import type { Calibrator } from '../../src/model/calibrator.js';
import { type Expression, OPERATORS } from '../../src/model/expression.js';
import type { Feature } from '../../src/model/feature.js';
import type { Model } from '../../src/model/model.js';
import type { Field } from '../../src/model/schema.js';
import { readContainer } from '../../src/quantize/container.js';
import { writeContainer } from '../../src/quantize/containerWriter.js';
import { decodeBlob, encodeBlob } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { type ForestShape, randomForestModel, randomLinearModel } from '../score/randomModel.js';
import { redrawModel } from './fuzz/redrawModel.js';
import { pipelineModel } from './pipelineModel.js';

// examples/blob-reader does what docs/blob-format.md says and nothing else: where it gives other bits, the page or the library is wrong

const PYTHON = process.env['COPPICE_PYTHON'] ?? 'python3';
const ROW_COUNT = 257;
const SHAPE = { treeCount: 30, maxLeaves: 12, numericCount: 4, levelCounts: [9, 300] };
const CALIBRATORS: Calibrator[] = [
  { kind: 'none' },
  { kind: 'temperature', temperature: 1.7 },
  { kind: 'sigmoid', slope: 0.8, intercept: -0.3 },
  { kind: 'beta', a: 0.7, b: 1.3, c: 0.2 },
  { kind: 'beta', a: 0, b: 2, c: -0.1 },
  { kind: 'beta', a: 0, b: 0, c: 0.5 },
  { kind: 'isotonic', x: [-0.4, -0.1, 0.3, 0.45, 0.8], y: [0.01, 0.2, 0.2, 0.6, 0.9] },
  { kind: 'isotonic', x: [0.1], y: [0.4] },
];

function* models(): Generator<Model> {
  const forest = (shape: Partial<ForestShape>): Model =>
    randomForestModel({ ...SHAPE, seed: 71, ...shape });
  for (const calibrator of CALIBRATORS) {
    for (const link of ['logit', 'identity'] as const) yield forest({ calibrator, link });
    yield { ...randomLinearModel(72, 5, [3, 4]), calibrator } as Model;
  }
  for (const calibrator of CALIBRATORS.slice(0, 2)) {
    for (const link of ['softmax', 'logit', 'identity'] as const) {
      yield forest({ task: 'multiclass', classCount: 11, link, calibrator });
    }
    yield { ...randomLinearModel(73, 5, [3, 4], 4), calibrator } as Model;
  }
  for (const link of ['identity', 'log'] as const) yield forest({ task: 'regression', link });
  // columns of two bytes, more than 253 thresholds of a feature, deep trees, no tree at all
  yield forest({ numericCount: 300, treeCount: 60 });
  yield forest({ numericCount: 1, treeCount: 4, maxLeaves: 400 });
  yield forest({ treeCount: 0 });
  yield pipelineModel();
  yield everyOperator();
}

/** A forest over derived features in which every operation occurs. */
function everyOperator(): Model {
  const sources = [
    'a + b - 0.1 * c / 3',
    'log(abs(a)) + exp(b) - sqrt(c)',
    'floor(a * 3) / ceil(b * 3)',
    // zeros of either sign
    '1 / min(0 * a, 0 * b) + max(1 / max(0 * a, -0 * b), c)',
    'a < b && !(b <= c) || a > 1 ? 0.5 : isMissing(b) ? -c : b',
    'a >= b || b == c ? min(a, c) : a != c ? max(a, b) : 1e-6',
  ];
  const fields = ['a', 'b', 'c'].map((name): Field => ({ name, type: 'number' }));
  const features = sources.map((source, index): Feature => {
    const expression = parseExpression(source, { fields }, 'number');
    return { kind: 'derived', name: `d${index}`, source, expression };
  });
  const model = randomForestModel({ seed: 74, treeCount: 60, maxLeaves: 12, numericCount: 6 });
  return { ...model, schema: { ...model.schema, fields }, features };
}

/** The blob with a predictor and a calibrator that keep every rule and look like nothing that is trained. */
function redrawn(blob: Uint8Array, random: Random): Uint8Array {
  const drawn = redrawModel(decodeBlob(blob), random);
  const isKept = (name: string): boolean =>
    name !== 'shares' && drawn.every((section) => section.name !== name);
  return writeContainer([...readContainer(blob).filter(({ name }) => isKept(name)), ...drawn]);
}

/** Rows that look for trouble. */
function recordsFor(model: Model): Raw[] {
  const random = createRandom(75);
  const columns = model.schema.fields.map(({ name, type }, field): Column => {
    if (type === 'number') {
      // half of them in steps, so that fields are equal at times
      const draw = (_: unknown, row: number): number =>
        row % 2 ? random.normal() : Math.round(random.normal() * 2) / 2;
      return { kind: type, name, values: Float32Array.from({ length: 50 }, draw) };
    }
    const feature = model.features.find((own) => own.kind === 'category' && own.field === field);
    const { levels } = feature as Extract<Feature, { kind: 'category' }>;
    const codes = Int32Array.from({ length: 50 }, () => random.integer(levels.length));
    return { kind: type, name, codes, levels };
  });
  const table = adversarialTable(model, { rowCount: 50, columns }, { rowCount: ROW_COUNT, random });
  const valueAt = (column: Column, row: number): number | string | null =>
    column.kind === 'number' ? column.values[row]! : (column.levels[column.codes[row]!] ?? null);
  return Array.from({ length: ROW_COUNT }, (_, row) =>
    Object.fromEntries(table.columns.map((column) => [column.name, valueAt(column, row)])),
  );
}

/** A record. */
type Raw = Record<string, number | string | null>;

interface Case {
  blob: Uint8Array;
  records: Raw[];
}

/** Runs a program that may import from the reader. @returns the lines that it prints */
function runPython(program: string, input: string): string[] {
  const path =
    "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, 'examples/blob-reader')\n";
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', path + program], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.is(status, 0, stderr);
  assert.is(stderr, '');
  return stdout.trim().split('\n');
}

/** What the reader makes of each case: its predictions as bytes in base64, and its labels; or what is wrong with the blob. */
function readWithPython(cases: Case[]): { predictions: string; labels: string[]; error: string }[] {
  const program = `
import base64, json
from read_blob import score
for line in sys.stdin:
    case = json.loads(line)
    try:
        scores, labels = score(base64.b64decode(case['blob']), case['records'])
        print(json.dumps({'predictions': base64.b64encode(scores.tobytes()).decode(), 'labels': labels}))
    except ValueError as error:
        print(json.dumps({'error': str(error)}))
`;
  const lines = cases.map(({ blob, records }) => {
    return `{"blob":"${toBase64(blob)}","records":[${records.map(pythonJson)}]}\n`;
  });
  return runPython(program, lines.join('')).map((line) => JSON.parse(line));
}

/** JSON as Python reads it: with NaN, the infinities and -0. */
function pythonJson(record: Raw): string {
  const entries = Object.entries(record).map(([name, value]) => {
    const isPlain = typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0));
    return `${JSON.stringify(name)}:${isPlain ? JSON.stringify(value) : Object.is(value, -0) ? '-0.0' : value}`;
  });
  return `{${entries}}`;
}

function toBase64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

const hasPython = spawnSync(PYTHON, ['-c', 'import numpy, msgpack']).status === 0;
if (!hasPython) console.log(`skipped: no ${PYTHON} with numpy and msgpack`);
const check = hasPython ? test : test.skip;

check('a reader written from the page gives the same bits', async () => {
  const random = createRandom(77);
  const cases = [...models()].flatMap((model) => {
    const records = recordsFor(model);
    return ([8, 16] as const).flatMap((leafBits) => {
      const blob = encodeBlob(model, { leafBits, groupSize: 5 });
      return [blob, redrawn(blob, random)].map((bytes) => ({ blob: bytes, records }));
    });
  });
  const answers = readWithPython(cases);
  assert.is(answers.length, cases.length);
  for (const [index, { blob, records }] of cases.entries()) {
    const scorer = await loadScorer(blob);
    const predictions = scorer.predict(records);
    const { task } = scorer;
    const about = `case ${index}: ${task}, ${records.length} rows`;
    assert.is(answers[index]!.error, undefined, about);
    assert.is(answers[index]!.predictions, toBase64(predictions), about);
    assert.equal(answers[index]!.labels, task === 'regression' ? null : scorer.labels(predictions));
  }
});

check('its exp, log, σ and softplus give the same bits in float64', () => {
  const random = createRandom(76);
  const special = [0, -0, 1, NaN, Infinity, -Infinity, 5e-324, 2.3e-308, 1.8e308, Math.SQRT2];
  const ends = [709.782712893384, 709.7827128933841, -708.3964185322641, -708.3964185322642];
  const numbers = Float64Array.from([
    ...special,
    ...ends,
    ...Array.from({ length: 3000 }, (_, i) => random.normal() * [1, 30, 500][i % 3]!),
  ]);
  const program = `
import base64
import numpy as np
from read_blob import exp, log, sigmoid, softplus
x = np.frombuffer(base64.b64decode(sys.stdin.read()), '<f8')
np.seterr(all='ignore')
for function in exp, log, sigmoid, softplus:
    print(base64.b64encode(function(x).tobytes()).decode())
`;
  const answers = runPython(program, toBase64(numbers));
  [exp, log, sigmoid, softplus].forEach((own, index) => {
    const theirs = new Float64Array(Uint8Array.from(Buffer.from(answers[index]!, 'base64')).buffer);
    numbers.forEach((x, at) => {
      // Object.is tells 0 from -0, and takes one NaN for another
      if (!Object.is(own(x), theirs[at])) assert.unreachable(`${own.name}(${x}): ${theirs[at]}`);
    });
  });
});

check('it skips and refuses what the page says', () => {
  const blob = encodeBlob(pipelineModel(), { extra: { note: Uint8Array.of(1) } });
  const sections = readContainer(blob);
  const needed = { name: 'later', required: true, body: Uint8Array.of(1) };
  const changed = (at: number): Uint8Array =>
    blob.map((byte, index) => (index === at ? 1 ^ byte : byte));
  const wrong: [Uint8Array, RegExp | undefined][] = [
    [blob, undefined],
    [blob.subarray(0, 9), /header of 16 bytes/],
    [blob.subarray(0, -1), /bytes of payload/],
    [changed(0), /"CPPC"/],
    [changed(4), /version 1, got 0/],
    [changed(12), /corrupted/],
    [changed(99), /corrupted/],
    [writeContainer([...sections, needed]), /no unknown section that is required, got 'later'/],
    [writeContainer(sections.filter(({ name }) => name !== 'forest')), /forest and linear/],
  ];
  const answers = readWithPython(wrong.map(([bytes]) => ({ blob: bytes, records: [] })));
  wrong.forEach(([, pattern], index) => {
    const { error } = answers[index]!;
    if (pattern) assert.match(error, pattern);
    else assert.is(error, undefined);
  });
});

test('the expressions of that test use every operation', () => {
  const seen = new Set<string>();
  const visit = (expression: Expression): void => {
    seen.add(expression.op);
    if ('args' in expression) expression.args.forEach(visit);
  };
  for (const feature of everyOperator().features) {
    if (feature.kind === 'derived') visit(feature.expression);
  }
  assert.equal(
    Object.keys(OPERATORS).filter((name) => !seen.has(name)),
    [],
  );
});

test.run();
