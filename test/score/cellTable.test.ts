import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextDown32, nextUp32 } from '../../src/core/float.js';
import { encodeBlob, quantizedMargins, quantizeModel } from '../../src/quantize/index.js';
import { findCells, findSearchCells } from '../../src/score/cellTable.js';
import { loadScorer } from '../../src/score/index.js';
import { randomForestModel } from './randomModel.js';

test('evenly spread thresholds need few cells', () => {
  const grid = findCells(Float32Array.from({ length: 200 }, (_, i) => i));
  assert.ok(grid);
  assert.ok(grid.cellCount <= 128 && grid.fullest <= 3, `${grid.cellCount}, ${grid.fullest}`);
});

test('a crowded cell is searched, never for longer than all thresholds are', () => {
  const crowd = Float32Array.from({ length: 253 }, (_, i) => 1 + i * 2 ** -23);
  crowd[252] = 1e30;
  assert.is(findCells(crowd), undefined);
  assert.is(findSearchCells(crowd).steps, 8);
});

test('bins are exact for any thresholds', async () => {
  const float = fc.float({ noNaN: true });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(float, { minLength: 2, maxLength: 60 }), async (values) => {
      const model = randomForestModel({ seed: 1, treeCount: 0, maxLeaves: 1, numericCount: 1 });
      const nodes = values.length;
      model.predictor = {
        kind: 'forest',
        link: 'logit',
        baseScores: Float64Array.of(0),
        roots: Int32Array.from(values, (_, index) => index),
        treeOutput: new Int32Array(nodes),
        featureIndex: new Int32Array(nodes),
        threshold: Float64Array.from(values),
        categorySet: new Int32Array(nodes).fill(-1),
        left: Int32Array.from(values, (_, index) => ~(2 * index)),
        right: Int32Array.from(values, (_, index) => ~(2 * index + 1)),
        defaultLeft: Uint8Array.from(values, (_, index) => index % 2),
        gain: new Float64Array(nodes),
        cover: new Float64Array(nodes),
        leafValue: Float64Array.from({ length: 2 * nodes }, (_, leaf) => Math.sin(leaf * leaf)),
        leafCover: new Float64Array(2 * nodes),
        categorySets: [],
      };
      const near = values.flatMap((value) => [value, nextUp32(value), nextDown32(value)]);
      const matrix = Float32Array.from([...near, NaN, 0, -0, Infinity, -Infinity]);
      const scorer = await loadScorer(encodeBlob(model), { kernel: 'simd' });
      const defined = quantizedMargins(quantizeModel(model), matrix, matrix.length);
      assert.equal(scorer.margin(matrix), Float32Array.from(defined));
    }),
    { numRuns: 60 },
  );
});

test.run();
