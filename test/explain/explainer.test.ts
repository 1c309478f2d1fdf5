import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { contributions, explainer } from '../../src/explain/index.js';
import type { Model } from '../../src/model/model.js';
import {
  type QuantizedForest,
  type QuantizedModel,
  quantizedOutputCount,
} from '../../src/model/quantized.js';
import {
  decodeBlob,
  encodeBlob,
  inspectBlob,
  quantizedMargins,
  quantizeModel,
} from '../../src/quantize/index.js';
import { encodeRecords, loadScorer } from '../../src/score/index.js';
import { pipelineModel } from '../quantize/pipelineModel.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from '../score/randomModel.js';

const SHAPE = { seed: 71, treeCount: 30, maxLeaves: 20, numericCount: 4, levelCounts: [6, 9] };
const MODELS: Record<string, Model> = {
  trees: randomForestModel(SHAPE),
  pipeline: pipelineModel(),
  classes: randomForestModel({ ...SHAPE, task: 'multiclass', link: 'softmax', classCount: 3 }),
  regression: randomForestModel({ ...SHAPE, task: 'regression', link: 'identity' }),
  'single leaves': randomForestModel({ ...SHAPE, maxLeaves: 1 }),
  linear: randomLinearModel(72, 4, [5, 3]),
  multinomial: randomLinearModel(73, 4, [5, 3], 3),
};

/** Each block adds up to the margin of the integers, in float64. */
function checkSums(model: QuantizedModel, matrix: Float32Array, values: Float64Array): void {
  const width = model.features.length;
  const rowCount = matrix.length / width;
  const margins = quantizedMargins(model, matrix, rowCount);
  assert.is(values.length, rowCount * quantizedOutputCount(model.predictor) * (width + 1));
  margins.forEach((margin, block) => {
    const own = values.subarray(block * (width + 1), (block + 1) * (width + 1));
    const sum = own.reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - margin) <= 1e-11 * Math.max(1, Math.abs(margin)), `${sum} ${margin}`);
  });
}

for (const [name, model] of Object.entries(MODELS)) {
  test(`${name}: contributions add up to the margin`, async () => {
    const matrix = adversarialMatrix(model, 200, 74);
    for (const leafBits of [8, 16] as const) {
      const blob = encodeBlob(model, { leafBits });
      for (const kernel of ['simd', 'javascript'] as const) {
        const scorer = await loadScorer(blob, { kernel, explainer });
        const values = scorer.contributions(matrix);
        checkSums(decodeBlob(blob), matrix, values);
        // and so to what the scorer says, but for the rounding to float32
        const width = model.features.length;
        scorer.margin(matrix).forEach((margin, block) => {
          const own = values.subarray(block * (width + 1), (block + 1) * (width + 1));
          const sum = own.reduce((total, value) => total + value, 0);
          assert.ok(Math.abs(sum - margin) <= 2 ** -23 * Math.max(1, Math.abs(margin)));
        });
      }
    }
  });

  test(`${name}: 16 bits are near the model before quantisation`, async () => {
    const matrix = adversarialMatrix(model, 50, 75);
    const scorer = await loadScorer(encodeBlob(model, { leafBits: 16 }), { explainer });
    const exact = contributions(model, matrix);
    scorer.contributions(matrix).forEach((value, index) => {
      const bound = name === 'linear' || name === 'multinomial' ? 0.1 : 2e-3;
      assert.ok(Math.abs(value - exact[index]!) < bound, `${value} ${exact[index]}`);
    });
  });
}

test('records, columns and matrices have the same contributions', async () => {
  const model = pipelineModel();
  const scorer = await loadScorer(encodeBlob(model), { explainer });
  const records = [
    { passed: 1, country: 'DE', started: 3 },
    { passed: null, country: 'Atlantis', started: 0 },
    { passed: 4, country: '', started: null },
  ];
  const matrix = encodeRecords(model.schema.fields, model.features, records);
  const expected = scorer.contributions(matrix);
  assert.equal(scorer.contributions(records), expected);
  const columns = {
    passed: [1, null, 4],
    started: Float64Array.of(3, 0, NaN),
    country: { codes: Int8Array.of(1, 0, -1), levels: ['Atlantis', 'DE'] },
  };
  assert.equal(scorer.contributions(columns), expected);
  assert.equal(scorer.contributions(records[0]!), expected.slice(0, model.features.length + 1));
  assert.equal(scorer.contributions([]), new Float64Array(0));
});

test('what a feature does not move has exactly no contribution', async () => {
  const model = randomForestModel({ ...SHAPE, treeCount: 1, maxLeaves: 2 });
  const scorer = await loadScorer(encodeBlob(model), { explainer });
  const values = scorer.contributions(adversarialMatrix(model, 1, 3));
  const used = (model.predictor as { featureIndex: Int32Array }).featureIndex[0];
  model.features.forEach((_, index) => {
    if (index !== used) assert.is(values[index], 0);
  });
});

test('unseen levels go where the table says, also when missing ones go elsewhere', () => {
  const model = quantizeModel(randomForestModel({ ...SHAPE, numericCount: 1 }));
  const random = createRandom(76);
  for (const column of (model.predictor as QuantizedForest).columns) {
    if (column.kind !== 'sets') continue;
    column.table.forEach((_, level) => {
      column.table[level] = random.integer(128);
    });
  }
  const matrix = adversarialMatrix(randomForestModel({ ...SHAPE, numericCount: 1 }), 300, 77);
  // codes that are no index of a level count as unseen
  matrix[1] = 1e9;
  matrix[2] = 1.5;
  const values = new Float64Array((matrix.length / 3) * 4);
  explainer(model)(matrix, matrix.length / 3, values);
  checkSums(model, matrix, values);
});

test('shares take a byte a node, or two, and can be left out', async () => {
  const model = MODELS['trees']!;
  const bytesOf = (blob: Uint8Array): number =>
    inspectBlob(blob).sections.find(({ name }) => name === 'shares')?.byteLength ?? 0;
  const nodeCount = (model.predictor as { left: Int32Array }).left.length;
  // and two or three bytes that say how many they are
  assert.is(bytesOf(encodeBlob(model)), nodeCount + 2);
  assert.is(bytesOf(encodeBlob(model, { leafBits: 16 })), 2 * nodeCount + 3);
  const without = encodeBlob(model, { shares: false });
  assert.is(bytesOf(without), 0);
  const scorer = await loadScorer(without, { explainer });
  const matrix = adversarialMatrix(model, 20, 78);
  assert.equal(scorer.predict(matrix), (await loadScorer(encodeBlob(model))).predict(matrix));
  assert.throws(
    () => scorer.contributions(matrix),
    (error: unknown) => error instanceof DataError && /"shares"/.test(error.message),
  );
});

test('a side that some rows took keeps a share, and one that none took has none', () => {
  const model = randomForestModel({ ...SHAPE, levelCounts: [] });
  const { leafCover } = model.predictor as { leafCover: Float64Array };
  leafCover.forEach((_, leaf) => {
    leafCover[leaf] = [0, 1, 1e6][leaf % 3]!;
  });
  const { leftShare } = quantizeModel(model).predictor as QuantizedForest;
  assert.ok(leftShare instanceof Uint8Array);
  assert.ok(leftShare.includes(0) && leftShare.includes(1) && leftShare.includes(254));
  leafCover.fill(0);
  assert.is((quantizeModel(model).predictor as QuantizedForest).leftShare, undefined);
});

test('without an explainer there are no contributions, and the message says how to get them', async () => {
  const scorer = await loadScorer(encodeBlob(MODELS['trees']!));
  assert.throws(
    () => scorer.contributions(new Float32Array(6)),
    (error: unknown) =>
      error instanceof ConfigError && /explainer.*coppice\/explain/.test(error.message),
  );
});

test.run();
