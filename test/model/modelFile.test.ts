import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BinaryModel } from '../../src/model/model.js';
import { parseModel, serializeModel } from '../../src/model/modelFile.js';
import { costThreshold } from '../quantize/pipelineModel.js';
import { randomForestModel, randomLinearModel } from '../score/randomModel.js';

const forest = randomForestModel({
  seed: 1,
  treeCount: 8,
  maxLeaves: 8,
  numericCount: 3,
  levelCounts: [5],
});
const linear = randomLinearModel(2, 3, [4]);

test('a model reads back as it was written, and writes the same bytes again', () => {
  for (const model of [forest, linear]) {
    const text = serializeModel(model);
    assert.is(serializeModel(parseModel(text)), text);
    assert.is(parseModel(text).predictor.kind, model.predictor.kind);
  }
});

test('every calibrator and threshold reads back as it was written', () => {
  assert.ok(forest.task === 'binary');
  const heads: Partial<Pick<BinaryModel, 'calibrator' | 'threshold'>>[] = [
    { calibrator: { kind: 'temperature', temperature: 1.1 } },
    { calibrator: { kind: 'sigmoid', slope: 2, intercept: -1 } },
    { calibrator: { kind: 'beta', a: 0, b: 1.2, c: -0.1 } },
    { calibrator: { kind: 'isotonic', x: [0, 1], y: [0.1, 0.9] } },
    { threshold: costThreshold() },
  ];
  for (const head of heads) {
    const model: BinaryModel = { ...forest, ...head };
    const read = parseModel(serializeModel(model));
    assert.ok(read.task === 'binary');
    assert.equal([read.calibrator, read.threshold], [model.calibrator, model.threshold]);
  }
});

test('numbers that JSON has no name for survive', () => {
  assert.ok(linear.predictor.kind === 'linear');
  const input = { ...linear.predictor.numeric[0]!, lower: -Infinity, upper: Infinity };
  const model = { ...linear, predictor: { ...linear.predictor, numeric: [input] } };
  const read = parseModel(serializeModel(model)).predictor;
  assert.ok(read.kind === 'linear');
  assert.is(read.numeric[0]!.lower, -Infinity);
  assert.is(read.numeric[0]!.upper, Infinity);
});

/** A model as JSON gives it, for breaking. */
interface RawModel {
  version: number;
  schema?: unknown;
  calibrator: unknown;
  threshold: unknown;
  predictor: Record<string, unknown[]> & { kind: unknown };
}

test('what is no model is refused with what was seen', () => {
  const changed = (change: (raw: RawModel) => void): string => {
    const raw = JSON.parse(serializeModel(forest));
    change(raw);
    return JSON.stringify(raw);
  };
  const cases: [string, RegExp][] = [
    ['{', /not JSON/],
    ['null', /expected format "coppice-model", got undefined/],
    ['{"format":"x"}', /got "x"/],
    [changed((raw) => (raw.version = 9)), /got version 9 when expected 1/],
    [changed((raw) => delete raw.schema), /expected "schema"/],
    [changed((raw) => (raw.predictor.kind = 'net')), /got "net"/],
    [changed((raw) => (raw.calibrator = { kind: 'platt' })), /calibrator\.kind: .*got "platt"/],
    [changed((raw) => (raw.calibrator = { kind: 'isotonic' })), /calibrator\.x: .*got nothing/],
    [
      changed((raw) => (raw.calibrator = { kind: 'isotonic', x: [1, 0], y: [0, 1] })),
      /calibrator: expected ascending knots/,
    ],
    [changed((raw) => (raw.threshold = { value: 'x' })), /threshold\.policy: .*got nothing/],
    [
      changed((raw) => (raw.threshold = { policy: 'fixed', value: 'x' })),
      /threshold\.value: expected a finite number, got "x"/,
    ],
    [changed((raw) => raw.predictor.left.pop()), /column "\w+" has \d+ entries, expected \d+/],
    [changed((raw) => (raw.predictor.left[0] = 1e6)), /left of node 0 points to/],
    [changed((raw) => (raw.predictor.right[5] = 5)), /right of node 5 points to 5/],
    [changed((raw) => (raw.predictor.featureIndex[0] = 99)), /node 0 reads feature 99/],
    [changed((raw) => (raw.predictor.leafValue[0] = 'big')), /leafValue\[0\] is "big"/],
  ];
  for (const [text, message] of cases) assert.throws(() => parseModel(text), message);
});

test.run();
