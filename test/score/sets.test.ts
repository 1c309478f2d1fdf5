import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import type { Model } from '../../src/model/model.js';
import { decodeBlob, encodeBlob } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { checkAgainstDefinition, KERNELS } from './definition.js';
import { adversarialMatrix, randomForestModel } from './randomModel.js';

/** as many trees of one set each as fill a column, and how many columns the kernels look up at once */
const SETS_A_COLUMN = 7;
const COLUMN_COUNTS = [1, 2, 3, 4, 15, 16, 17, 20, 32, 33];
/** codes that are none, next to each other as a kernel has them: four, and sixteen, at a time */
const CODES = [-0, 0.5, -1, -0.25, NaN, Infinity, -Infinity, 39, 40, 1e-45, 2 ** 31, 2 ** 32, 3e38];

for (const columnCount of COLUMN_COUNTS) {
  test(`${columnCount} columns of sets on a feature`, async () => {
    const model = setModel(SETS_A_COLUMN * columnCount);
    const blob = encodeBlob(model);
    const { predictor } = decodeBlob(blob);
    if (predictor.kind !== 'forest') throw new Error('not a forest');
    assert.is(predictor.columns.length, columnCount);
    const special = Float32Array.from({ length: 300 }, (_, row) =>
      row % 3 === 0 ? row % 40 : CODES[row % CODES.length]!,
    );
    for (const kernel of KERNELS) {
      const scorer = await loadScorer(blob, { kernel });
      checkAgainstDefinition(scorer, model, blob, 300, special);
      for (const rowCount of [1, 24, 25, 255, 256, 257]) {
        checkAgainstDefinition(scorer, model, blob, rowCount);
      }
    }
  });
}

test('sets of several features among thresholds', async () => {
  const model = randomForestModel({
    seed: 7,
    treeCount: 90,
    maxLeaves: 12,
    numericCount: 3,
    levelCounts: [2, 9, 70, 255],
  });
  const blob = encodeBlob(model);
  for (const kernel of KERNELS) {
    const scorer = await loadScorer(blob, { kernel });
    for (const rowCount of [1, 16, 257]) {
      const matrix = adversarialMatrix(model, rowCount, 70 + rowCount);
      checkAgainstDefinition(scorer, model, blob, rowCount, matrix);
    }
  }
});

/** Trees of one node with a set of its own each. */
function setModel(treeCount: number): Model {
  const model = randomForestModel({
    seed: treeCount,
    treeCount,
    maxLeaves: 1,
    numericCount: 0,
    levelCounts: [40],
  });
  const { predictor } = model;
  if (predictor.kind !== 'forest') throw new Error('not a forest');
  const random = createRandom(treeCount);
  const nodes = Int32Array.from({ length: treeCount }, (_, node) => node);
  const codes = Array.from({ length: 40 }, (_, code) => code);
  Object.assign(predictor, {
    roots: nodes,
    featureIndex: new Int32Array(treeCount),
    threshold: new Float64Array(treeCount).fill(NaN),
    categorySet: nodes,
    left: nodes.map((node) => ~(2 * node)),
    right: nodes.map((node) => ~(2 * node + 1)),
    defaultLeft: Uint8Array.from(nodes, (node) => node % 2),
    gain: new Float64Array(treeCount),
    cover: new Float64Array(treeCount),
    leafValue: Float64Array.from({ length: 2 * treeCount }, () => random.normal() / 10),
    leafCover: new Float64Array(2 * treeCount).fill(1),
    categorySets: Array.from(nodes, () => codes.filter(() => random.uniform() < 0.5)),
  });
  return model;
}

test.run();
