import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, ShapeError } from '../../src/core/errors.js';
import { type Model, outputCountOf } from '../../src/model/model.js';
import { encodeBlob, quantizeModel } from '../../src/quantize/index.js';
import { loadScorer, predictMargin, predictReference } from '../../src/score/index.js';
import { pipelineModel } from '../quantize/pipelineModel.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from './randomModel.js';

const SHAPE = { seed: 51, treeCount: 40, maxLeaves: 12, numericCount: 3 };
const MODELS: Record<string, Model> = {
  binary: pipelineModel(),
  classes: randomForestModel({ ...SHAPE, task: 'multiclass', link: 'softmax', classCount: 3 }),
  shares: randomForestModel({ ...SHAPE, task: 'multiclass', link: 'identity', classCount: 4 }),
  multinomial: randomLinearModel(52, 3, [2], 3),
  regression: randomForestModel({ ...SHAPE, task: 'regression', link: 'identity', leafScale: 5 }),
  'regression by log': randomForestModel({ ...SHAPE, task: 'regression', link: 'log' }),
};

const is = (type: new (message: string) => Error, pattern: RegExp) => (error: unknown) =>
  error instanceof type && pattern.test(error.message);

for (const [name, model] of Object.entries(MODELS)) {
  test(`${name}: margins are within the bound of the float model, predictions follow`, async () => {
    const rowCount = 1000;
    const matrix = adversarialMatrix(model, rowCount, 53);
    const { marginBound } = quantizeModel(model);
    const scorer = await loadScorer(encodeBlob(model));
    const outputCount = outputCountOf(model.predictor);
    assert.is(scorer.task, model.task);
    assert.is(scorer.outputCount, outputCount);
    const margin = scorer.margin(matrix);
    const exact = predictMargin(model, matrix);
    assert.is(margin.length, rowCount * outputCount);
    margin.forEach((value, index) => {
      assert.ok(Math.abs(value - exact[index]!) <= marginBound);
    });
    const predictions = scorer.predict(matrix);
    const reference = predictReference(model, matrix);
    // no link is steeper than one, but exp, whose error is relative, and shares, which are divided by what they add up to
    predictions.forEach((value, index) => {
      const expected = reference[index]!;
      const steepness = name === 'regression by log' ? expected * 1.1 : name === 'shares' ? 20 : 2;
      assert.ok(
        Math.abs(value - expected) <= steepness * marginBound + 1e-6,
        `${value} ${expected}`,
      );
    });
    if (model.task !== 'multiclass') return;
    for (let row = 0; row < rowCount; row++) {
      const own = predictions.subarray(row * outputCount, (row + 1) * outputCount);
      assert.ok(Math.abs(own.reduce((sum, value) => sum + value, 0) - 1) < 1e-6);
    }
  });
}

test('a binary model labels by its threshold', async () => {
  const scorer = await loadScorer(encodeBlob(MODELS['binary']!));
  assert.equal(scorer.threshold?.value, 0.5);
  assert.is(scorer.label(0.5), '1');
  assert.is(scorer.label(0.4999), '0');
  assert.is(scorer.label(Float32Array.of(0.7)), '1');
  assert.equal(scorer.labels(Float32Array.of(0.2, 0.5, 0.9)), ['0', '1', '1']);
  assert.equal(scorer.labels([]), []);
  assert.throws(() => scorer.label([0.1, 0.9]), is(ShapeError, /1 probabilities/));
});

test('a multiclass model labels by the greatest probability, the first of equal ones', async () => {
  const scorer = await loadScorer(encodeBlob(MODELS['classes']!));
  assert.is(scorer.threshold, undefined);
  assert.is(scorer.label([0.2, 0.5, 0.3]), 'class 1');
  assert.is(scorer.label([0.4, 0.2, 0.4]), 'class 0');
  assert.is(scorer.label([0.2, 0.4, 0.4]), 'class 1');
  assert.equal(scorer.labels([0.2, 0.5, 0.3, 0.1, 0.2, 0.7]), ['class 1', 'class 2']);
  const matrix = adversarialMatrix(MODELS['classes']!, 50, 54);
  const predictions = scorer.predict(matrix);
  scorer.labels(predictions).forEach((label, row) => {
    assert.is(label, scorer.label(predictions.subarray(3 * row, 3 * row + 3)));
  });
  assert.throws(() => scorer.label(0.5), is(ShapeError, /3 probabilities/));
  assert.throws(() => scorer.label([0.5, 0.5]), is(ShapeError, /3 probabilities/));
  assert.throws(() => scorer.label([1, 0, 0, 0, 1, 0]), is(ShapeError, /3 probabilities/));
  assert.throws(() => scorer.labels([0.5, 0.5]), is(ShapeError, /3 probabilities/));
});

test('a regression has no labels', async () => {
  const scorer = await loadScorer(encodeBlob(MODELS['regression']!));
  assert.is(scorer.threshold, undefined);
  assert.throws(() => scorer.label(1), is(ConfigError, /regression/));
  assert.throws(() => scorer.labels([1]), is(ConfigError, /regression/));
});

test('one row of several classes is written, not returned', async () => {
  for (const kernel of ['simd', 'portable', 'javascript'] as const) {
    const scorer = await loadScorer(encodeBlob(MODELS['classes']!), { kernel });
    const row = [0.5, NaN, -1];
    const out = new Float32Array(5).fill(-7);
    scorer.predictRowInto(row, out);
    const expected = scorer.predict(Float32Array.from(row));
    assert.equal([...out], [...expected, -7, -7]);
    assert.throws(() => scorer.predictRow(row), is(ShapeError, /3 probabilities.*predictRowInto/));
    assert.throws(
      () => scorer.predictRowInto(row, new Float32Array(2)),
      is(ShapeError, /room for 3 numbers, got 2/),
    );
    assert.throws(
      () => scorer.predictRowInto([1, 2], out),
      is(ShapeError, /row of 3 features, got 2/),
    );
    const matrix = new Float32Array(6);
    assert.throws(
      () => scorer.predictInto(matrix, 2, new Float32Array(5)),
      is(ShapeError, /room for 6 numbers, got 5/),
    );
  }
});

test('records of several classes, one or many', async () => {
  const model = MODELS['multinomial']!;
  const scorer = await loadScorer(encodeBlob(model));
  const records = [
    { x0: 1, x1: 2, x2: 3, c0: 'level 1' },
    { x0: null, x1: 20, x2: -3, c0: 'level 9' },
  ];
  const together = scorer.predict(records);
  assert.is(together.length, 6);
  records.forEach((record, row) => {
    assert.equal(scorer.predict([record]), together.slice(3 * row, 3 * row + 3));
  });
});

test.run();
