import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextDown32, nextUp32 } from '../../src/core/float.js';
import { encodeBlob, quantizedMargins, quantizeModel } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { columnsOf, layOut } from './laidOut.js';
import { randomForestModel } from './randomModel.js';

/** Kinds of columns in assembly/score/bin.ts. */
const CELLS = 1;
const SEARCHED = 2;

interface Grid {
  kind: number;
  cellCount: number;
  /** steps of a search */
  count: number;
}

/** How the kernel bins a feature with these thresholds. */
async function gridOf(thresholds: Float32Array): Promise<Grid> {
  const laidOut = await layOut(
    {
      kind: 'forest',
      link: 'logit',
      leafBits: 8,
      baseScores: Float64Array.of(0),
      columns: [{ kind: 'rank', featureIndex: 0, thresholds, missing: 'low' }],
      structure: new Uint8Array(0),
      roots: new Int32Array(0),
      column: new Uint16Array(0),
      test: new Uint8Array(0),
      left: new Int32Array(0),
      right: new Int32Array(0),
      leafValue: new Int8Array(0),
      groupStart: new Uint32Array(0),
      groupScale: new Float32Array(0),
      groupOutput: new Uint16Array(0),
    },
    1,
  );
  const column = columnsOf(laidOut)[0]!;
  return {
    kind: laidOut.u32(column),
    cellCount: laidOut.f32(column + 40) - 2 ** 23 + 1,
    count: laidOut.u32(column + 24),
  };
}

test('evenly spread thresholds need few cells', async () => {
  const { kind, cellCount } = await gridOf(Float32Array.from({ length: 200 }, (_, i) => i));
  assert.is(kind, CELLS);
  assert.ok(cellCount <= 128, `${cellCount}`);
});

test('a crowded cell is searched, never for longer than all thresholds are', async () => {
  const crowd = Float32Array.from({ length: 253 }, (_, i) => 1 + i * 2 ** -23);
  crowd[252] = 1e30;
  const { kind, count } = await gridOf(crowd);
  assert.is(kind, SEARCHED);
  assert.is(count, 8);
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
