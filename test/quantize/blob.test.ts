import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, FormatError } from '../../src/core/errors.js';
import type { Calibrator } from '../../src/model/calibrator.js';
import type { Model } from '../../src/model/model.js';
import type { QuantizedForest, QuantizedModel } from '../../src/model/quantized.js';
import type { Threshold } from '../../src/model/threshold.js';
import { readContainer } from '../../src/quantize/container.js';
import { writeContainer } from '../../src/quantize/containerWriter.js';
import { crc32 } from '../../src/quantize/crc32.js';
import {
  decodeBlob,
  encodeBlob,
  inspectBlob,
  quantizeModel,
  readExtra,
} from '../../src/quantize/index.js';
import { type Packed, readMessagePack } from '../../src/quantize/messagePack.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from '../score/randomModel.js';
import { costThreshold, pipelineModel } from './pipelineModel.js';

const CLASSES = randomForestModel({
  seed: 5,
  task: 'multiclass',
  link: 'softmax',
  classCount: 5,
  treeCount: 33,
  maxLeaves: 12,
  numericCount: 4,
  levelCounts: [6],
});
const REGRESSION = randomForestModel({
  seed: 6,
  task: 'regression',
  link: 'log',
  treeCount: 20,
  maxLeaves: 12,
  numericCount: 4,
});
const MULTINOMIAL = randomLinearModel(7, 5, [4], 3);

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof FormatError && pattern.test(error.message);

for (const [name, model] of Object.entries({
  forest: randomForestModel({
    seed: 1,
    treeCount: 30,
    maxLeaves: 30,
    numericCount: 4,
    levelCounts: [9],
  }),
  wide: randomForestModel({ seed: 2, treeCount: 40, maxLeaves: 20, numericCount: 300 }),
  linear: randomLinearModel(3, 4, [5]),
  pipeline: pipelineModel(),
  classes: CLASSES,
  regression: REGRESSION,
  multinomial: MULTINOMIAL,
})) {
  for (const leafBits of [8, 16] as const) {
    test(`${name}, int${leafBits}: what is written is read`, () => {
      const calibration = { matrix: adversarialMatrix(model, 50, 4), rowCount: 50 };
      const quantized = quantizeModel(model, { leafBits, calibration });
      const blob = encodeBlob(quantized);
      assert.equal(decodeBlob(blob), quantized);
      assert.equal(encodeBlob(model, { leafBits, calibration }), blob);
    });
  }
}

test('a tampered model is refused: task, classes, outputs, link, calibrator, threshold', () => {
  const classes = quantizeModel(CLASSES);
  const regression = quantizeModel(REGRESSION);
  const multinomial = quantizeModel(MULTINOMIAL);
  const binary = quantizeModel(pipelineModel());
  const named = (names: string[]): QuantizedModel => {
    return { ...classes, schema: { ...classes.schema, target: { name: 'y', classes: names } } };
  };
  const forest = (change: Partial<QuantizedForest>): QuantizedModel => {
    return { ...classes, predictor: { ...(classes.predictor as QuantizedForest), ...change } };
  };
  const { groupOutput } = classes.predictor as QuantizedForest;
  const cases: [object, RegExp][] = [
    [{ ...classes, task: 'ranking' }, /about.task: expected binary or multiclass or regression/],
    [{ ...classes, task: 'regression' }, /forest.link: expected identity or log, got "softmax"/],
    [{ ...multinomial, task: 'regression' }, /linear.link: expected nothing, got "softmax"/],
    [{ ...multinomial, task: 'binary' }, /linear.link: expected logit, got "softmax"/],
    [{ ...binary, task: 'multiclass' }, /got 2 classes and 1 outputs/],
    [named(['a', 'b', 'c', 'd']), /4 classes and 5 outputs; expected 3 or more classes/],
    [named(['a', 'b', 'c', 'd', 'a']), /schema.target.classes: .*, got "a" twice/],
    [
      { ...regression, schema: { ...regression.schema, target: { name: 'y', classes: ['a'] } } },
      /a regression model got 1 classes and 1 outputs/,
    ],
    [
      { ...classes, calibrator: binary.calibrator },
      /calibrator.kind: expected none or temperature, got/,
    ],
    [{ ...regression, calibrator: binary.calibrator }, /calibrator.kind: expected none/],
    [
      forest({ baseScores: new Float64Array(0) }),
      /forest.baseScores.length: expected an integer in/,
    ],
    [forest({ baseScores: new Float64Array(5000) }), /forest.baseScores.length: .* 4096/],
    [forest({ baseScores: Float64Array.of(0, 0, 0, 0, NaN) }), /forest.baseScores\[4\]/],
    [forest({ leafBits: 4 as 8 }), /forest.leafBits: expected 8 or 16, got 4/],
    [
      forest({ groupOutput: groupOutput.slice(1) }),
      /forest.groupOutput: expected 5 elements, got 4/,
    ],
    [forest({ groupOutput: groupOutput.slice().reverse() }), /forest.groupOutput\[1\]: expected/],
    [forest({ groupOutput: groupOutput.map((own) => own + 1) }), /forest.groupOutput\[4\]: .* 4\]/],
  ];
  for (const [model, pattern] of cases) {
    assert.throws(() => encodeBlob(model as QuantizedModel), refused(pattern));
  }
  // a threshold where there is nothing to decide
  const sections = readContainer(encodeBlob(regression));
  const threshold = readContainer(encodeBlob(binary)).find(({ name }) => name === 'threshold')!;
  assert.throws(
    () => decodeBlob(writeContainer([...sections, threshold])),
    refused(/threshold: expected no such section in a regression model/),
  );
  assert.throws(
    () =>
      decodeBlob(
        writeContainer(
          readContainer(encodeBlob(binary)).filter(({ name }) => name !== 'threshold'),
        ),
      ),
    refused(/threshold: expected .*, got nothing/),
  );
});

const CALIBRATORS: Calibrator[] = [
  { kind: 'none' },
  { kind: 'temperature', temperature: 0.37 },
  { kind: 'sigmoid', slope: -1.5, intercept: 0.1 },
  { kind: 'beta', a: 0, b: 2.75, c: -0.3 },
  { kind: 'isotonic', x: [-1, 0.5], y: [0.25, 0.75] },
];

test('every calibrator and threshold policy is read as it was written', () => {
  for (const calibrator of CALIBRATORS) {
    const { calibrator: read } = decodeBlob(encodeBlob({ ...pipelineModel(), calibrator }));
    assert.equal(read, calibrator);
  }
  const thresholds: Threshold[] = [
    costThreshold(),
    { value: 0.5, policy: 'fixed' },
    { value: 0.5, policy: 'maxF1', f1: 0.4, precision: 0.3, recall: 0.6 },
    { value: 0.5, policy: 'targetRecall', target: 0.9, reached: true },
  ];
  for (const threshold of thresholds) {
    const read = decodeBlob(encodeBlob({ ...pipelineModel(), threshold }));
    assert.equal(read.task === 'binary' && read.threshold, threshold);
  }
});

test('calibrators and thresholds out of range are refused', () => {
  const refuse = (change: object, pattern: RegExp) =>
    assert.throws(
      () => decodeBlob(encodeBlob({ ...pipelineModel(), ...change } as Model)),
      refused(pattern),
    );
  const beta = { kind: 'beta', a: 1, b: 1, c: 0 };
  refuse({ calibrator: { ...beta, a: -1 } }, /calibrator\.a: expected .*got -1/);
  refuse({ calibrator: { ...beta, c: NaN } }, /calibrator\.c: .*got NaN/);
  refuse({ calibrator: { kind: 'temperature', temperature: 0 } }, /calibrator\.temperature/);
  refuse({ calibrator: { kind: 'spline' } }, /none or temperature .*got "spline"/);
  refuse({ threshold: { value: 0.5, policy: 'best' } }, /threshold\.policy: .*got "best"/);
  refuse(
    { threshold: { ...costThreshold(), costs: { truePositive: 1 } } },
    /threshold\.costs\.falsePositive: expected a finite number, got nothing/,
  );
});

test('a blob may lie anywhere in a buffer', () => {
  const blob = encodeBlob(pipelineModel());
  const moved = new Uint8Array(blob.length + 3);
  moved.set(blob, 3);
  assert.equal(decodeBlob(moved.subarray(3)), decodeBlob(blob));
});

test("a blob may be a pooled Buffer of Node's", () => {
  const blob = encodeBlob(pipelineModel());
  const pooled = Buffer.allocUnsafe(blob.length + 16).subarray(8, 8 + blob.length);
  pooled.set(blob);
  assert.equal(decodeBlob(pooled), decodeBlob(blob));
});

test('header errors say what was seen', () => {
  const blob = encodeBlob(pipelineModel());
  const changed = (at: number, value: number): Uint8Array => {
    const copy = blob.slice();
    copy[at] = value;
    return copy;
  };
  assert.throws(() => decodeBlob(blob.subarray(0, 10)), refused(/16 to \d+ bytes, got 10/));
  assert.throws(() => decodeBlob(changed(0, 0)), refused(/no coppice blob/));
  assert.throws(() => decodeBlob(changed(4, 9)), refused(/expected version 1, got version 9/));
  assert.throws(() => decodeBlob(blob.subarray(0, 100)), refused(/\d+ bytes of payload, got 84/));
  assert.throws(() => decodeBlob(changed(50, blob[50]! ^ 1)), refused(/corrupted/));
});

test('unknown sections: optional ones are skipped, required ones refused', () => {
  const blob = encodeBlob(pipelineModel());
  const section = { name: 'later', required: false, body: encode(1) };
  const sections = readContainer(blob);
  assert.equal(decodeBlob(writeContainer([...sections, section])), decodeBlob(blob));
  assert.throws(
    () => decodeBlob(writeContainer([...sections, { ...section, required: true }])),
    refused(/"later" is required/),
  );
  assert.throws(
    () => decodeBlob(writeContainer(sections.slice(1))),
    refused(/about: expected .*, got nothing/),
  );
});

test('extra sections travel along', () => {
  const note = Uint8Array.of(1, 2, 3);
  const blob = encodeBlob(pipelineModel(), { extra: { note } });
  assert.equal(readExtra(blob, 'note'), note);
  assert.is(readExtra(blob, 'other'), undefined);
  const { byteLength, sections } = inspectBlob(blob);
  assert.is(byteLength, blob.length);
  assert.equal(sections.at(-1), { name: 'note', required: false, known: false, byteLength: 3 });
  assert.throws(
    () => encodeBlob(pipelineModel(), { extra: { forest: note } }),
    (error: unknown) => error instanceof ConfigError,
  );
});

test('wrong options are refused', () => {
  const model = pipelineModel();
  const config = (error: unknown): boolean => error instanceof ConfigError;
  assert.throws(() => encodeBlob(model, { leafBits: 4 as 8 }), config);
  assert.throws(() => encodeBlob(model, { groupSize: 129 }), config);
  assert.throws(() => encodeBlob(model, { leafbits: 8 } as object), config);
  assert.throws(() => encodeBlob(quantizeModel(model), { leafBits: 16 }), config);
});

test('the MessagePack reader agrees with the library', () => {
  const scalar = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double(),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      scalar,
      fc.array(tie('tree'), { maxLength: 20 }),
      fc.dictionary(fc.string(), tie('tree'), { maxKeys: 20 }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const bytes = encode(value);
      assert.equal(plain(readMessagePack(bytes, 'test')), decode(bytes));
    }),
  );
});

test('MessagePack that claims more than there is allocates nothing', () => {
  const nested = new Uint8Array(5000).fill(0xdd);
  assert.throws(() => readMessagePack(nested, 'x'), refused(/^x: (nested deeper|\d+ bytes)/));
  assert.throws(
    () => readMessagePack(new Uint8Array(400).fill(0x91), 'x'),
    refused(/nested deeper/),
  );
  assert.throws(
    () => readMessagePack(Uint8Array.of(0xc6, 0xff, 0, 0, 0), 'x'),
    refused(/are left/),
  );
  assert.throws(() => readMessagePack(Uint8Array.of(1, 2), 'x'), refused(/1 bytes too many/));
  assert.throws(() => readMessagePack(Uint8Array.of(0xa1, 0xff), 'x'), refused(/not UTF-8/));
});

test('strings are read as they are, a byte order mark at the beginning included', () => {
  for (const text of ['\uFEFFa', '\uFEFF', 'a\uFEFF', 'e\u0301', 'a\0b', '𝔘']) {
    assert.is(readMessagePack(encode(text), 'x'), text);
  }
});

test('CRC-32 has its check value', () => {
  assert.is(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
});

/** Maps as objects with the usual prototype, as the library gives them. */
function plain(value: Packed): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

test('the checksum is CRC-32, of any length and place', () => {
  assert.is(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  const bytes = Uint8Array.from({ length: 40 }, (_, at) => at * at + 7);
  for (let start = 0; start < 8; start++) {
    for (let end = start; end <= bytes.length; end++) {
      const part = bytes.subarray(start, end);
      assert.is(crc32(part), bitwiseCrc(part), `${start} to ${end}`);
    }
  }
});

/** The definition: a bit at a time. */
function bitwiseCrc(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1 ? 0xedb88320 : 0) ^ (crc >>> 1);
  }
  return ~crc >>> 0;
}

test.run();
