import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextDown32, nextUp32 } from '../../src/core/float.js';
import { createRandom } from '../../src/core/random.js';
import type { Linear } from '../../src/model/linear.js';
import type { Model } from '../../src/model/model.js';
import { decodeBlob, encodeBlob, quantizedMargins } from '../../src/quantize/index.js';
import { stageLinear } from '../../src/score/extra/index.js';
import { loadScorer } from '../../src/score/index.js';
import { checkAgainstDefinition, KERNELS } from './definition.js';
import { randomLinearModel } from './randomModel.js';

const ROW_COUNTS = [0, 1, 15, 16, 17, 255, 256, 257, 1000, 1025];

/** Inputs that fill the groups of eight and leave them ragged, one output and several, numbers only and categories only. */
const MODELS: Record<string, Model> = {
  'one input': randomLinearModel(1, 1, []),
  'seven inputs': randomLinearModel(2, 7, []),
  'eight inputs': randomLinearModel(3, 8, []),
  'nine inputs': randomLinearModel(4, 9, []),
  'categories only': randomLinearModel(5, 0, [2, 7, 400]),
  'numbers and categories': randomLinearModel(6, 20, [3, 1, 60]),
  'no inputs': randomLinearModel(7, 1, []),
  'three classes': randomLinearModel(8, 5, [4], 3),
  'nine classes': randomLinearModel(9, 17, [5, 30], 9),
  'more inputs than rows are staged for': randomLinearModel(10, 1000, [2]),
  'one against all': { ...randomLinearModel(11, 6, [3], 4) },
  'nothing is clipped': unclipped(randomLinearModel(12, 9, [3], 3)),
};

for (const [name, model] of Object.entries(MODELS)) {
  const { predictor } = model;
  if (predictor.kind !== 'linear') throw new Error('not linear');
  if (name === 'no inputs') predictor.numeric[0]!.weights = [0];
  if (name === 'one against all') predictor.link = 'logit';
  const blob = encodeBlob(model);
  for (const kernel of KERNELS) {
    test(`${name}, ${kernel}: the bytes of the definition`, async () => {
      const scorer = await loadScorer(blob, { kernel });
      assert.is(scorer.kernel, kernel);
      const rowCounts = name.startsWith('more') ? [1, 300] : ROW_COUNTS;
      for (const rowCount of rowCounts) checkAgainstDefinition(scorer, model, blob, rowCount);
    });
  }
}

test('values at which an input rounds up, and their neighbours', async () => {
  const model = randomLinearModel(13, 8, []);
  const blob = encodeBlob(model);
  const { predictor } = decodeBlob(blob);
  if (predictor.kind !== 'linear') throw new Error('not linear');
  const { numeric } = predictor.sums[0]!;
  const width = model.features.length;
  const random = createRandom(14);
  const rowCount = 3000;
  const matrix = Float32Array.from({ length: rowCount * width }, (_, at) => {
    const input = numeric.find(({ featureIndex }) => featureIndex === at % width);
    if (!input) return 0;
    const q = random.integer(65535) - 32767;
    const edge = Math.fround(input.center + (q - 0.5) / input.inverseStep);
    return [edge, nextUp32(edge), nextDown32(edge)][at % 3]!;
  });
  for (const kernel of KERNELS) {
    const scorer = await loadScorer(blob, { kernel });
    checkAgainstDefinition(scorer, model, blob, rowCount, matrix);
  }
});

test('sums far beyond 32 bits are exact', async () => {
  const inputCount = 20_000;
  const model = wideModel(inputCount, 3);
  const blob = encodeBlob(model);
  // all at the upper bound, all at the lower one, and in turn
  const rows = [() => 1, () => -1, (at: number) => (at % 2 === 0 ? 1 : -1), () => NaN];
  const matrix = new Float32Array(rows.length * inputCount);
  rows.forEach((valueAt, row) => {
    for (let at = 0; at < inputCount; at++) matrix[row * inputCount + at] = valueAt(at);
  });
  const { predictor } = decodeBlob(blob);
  if (predictor.kind !== 'linear') throw new Error('not linear');
  const [first] = quantizedMargins(decodeBlob(blob), matrix, 1);
  const { intercept, scale } = predictor.sums[0]!;
  assert.ok((first! - intercept) / scale > 2 ** 36, 'the sum is not beyond 32 bits');
  for (const kernel of KERNELS) {
    const scorer = await loadScorer(blob, { kernel });
    assert.is(scorer.kernel, kernel);
    checkAgainstDefinition(scorer, model, blob, rows.length, matrix);
  }
});

test('an input that an output has twice, and inputs that outputs do not share', async () => {
  const model = randomLinearModel(15, 4, [5], 3);
  const { predictor } = model;
  if (predictor.kind !== 'linear') throw new Error('not linear');
  const again = predictor.numeric.map((input) => ({ ...input, center: input.center + 1 }));
  predictor.numeric.push(...again, ...predictor.numeric.slice(0, 2));
  predictor.categorical.push({ ...predictor.categorical[0]!, fill: 2 });
  predictor.numeric.forEach((input, index) => {
    input.weights = input.weights.map((weight, output) =>
      output === index % 3 ? 0 : weight + 0.1,
    );
  });
  const blob = encodeBlob(model);
  for (const kernel of KERNELS) {
    const scorer = await loadScorer(blob, { kernel });
    for (const rowCount of [1, 17, 300]) checkAgainstDefinition(scorer, model, blob, rowCount);
  }
});

test('a model that outputs share nothing of is left to JavaScript', () => {
  const inputs = 3000;
  const outputs = 3000;
  const sums = Array.from({ length: outputs }, (_, output) => ({
    intercept: 0,
    scale: 1,
    numeric:
      output === 0
        ? Array.from({ length: inputs }, (_, at) => ({
            featureIndex: at,
            fill: 0,
            lower: -1,
            upper: 1,
            center: 0,
            inverseStep: 1,
            weight: 1,
          }))
        : [],
    categorical: [],
  }));
  const isStaged = (count: number): boolean => {
    const linear = { kind: 'linear', link: 'softmax', sums: sums.slice(0, count) } as const;
    return stageLinear(linear, inputs, () => {}) !== undefined;
  };
  assert.not(isStaged(outputs));
  assert.ok(isStaged(9));
});

/** Weights and clipping bounds that make all integers the greatest there are. */
function wideModel(inputCount: number, outputCount: number): Model {
  const model = randomLinearModel(16, 1, [], outputCount);
  const predictor: Linear = {
    kind: 'linear',
    link: 'softmax',
    intercepts: new Array(outputCount).fill(0.5),
    numeric: Array.from({ length: inputCount }, (_, featureIndex) => ({
      featureIndex,
      fill: 1,
      lower: -1,
      upper: 1,
      center: 0,
      scale: 1,
      weights: Array.from({ length: outputCount }, (_, output) => (output === 0 ? 1e-4 : -1e-4)),
    })),
    categorical: [],
  };
  const names = Array.from({ length: inputCount }, (_, index) => `x${index}`);
  return {
    ...model,
    schema: { ...model.schema, fields: names.map((name) => ({ name, type: 'number' })) },
    features: names.map((name, field) => ({ kind: 'field', name, field })),
    predictor,
  };
}

function unclipped(model: Model): Model {
  if (model.predictor.kind === 'linear') {
    for (const input of model.predictor.numeric) {
      Object.assign(input, { lower: -Infinity, upper: Infinity });
    }
  }
  return model;
}

test.run();
