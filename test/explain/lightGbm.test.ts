import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contributions, featureImportance } from '../../src/explain/index.js';
import { bareModel } from '../../src/model/bareModel.js';
import type { Forest } from '../../src/model/forest.js';
import type { Model } from '../../src/model/model.js';

interface Golden {
  outputCount: number;
  featureCount: number;
  forest: Record<string, number[]> & { threshold: (number | null)[]; categorySets: number[][] };
  rows: (number | null)[][];
  contributions: number[][];
  gain: number[];
  splits: number[];
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures', 'treeShap.json'), 'utf8'),
) as Record<string, Golden>;

function modelOf({ forest, outputCount, featureCount }: Golden): Model {
  const roots = Int32Array.from(forest['roots']!);
  const predictor: Forest = {
    kind: 'forest',
    link: outputCount > 1 ? 'softmax' : 'identity',
    baseScores: new Float64Array(outputCount),
    roots,
    // LightGBM grows a tree for each class in turn
    treeOutput: roots.map((_, tree) => tree % outputCount),
    featureIndex: Int32Array.from(forest['featureIndex']!),
    threshold: Float64Array.from(forest.threshold, (value) => value ?? NaN),
    categorySet: Int32Array.from(forest['categorySet']!),
    left: Int32Array.from(forest['left']!),
    right: Int32Array.from(forest['right']!),
    defaultLeft: Uint8Array.from(forest['defaultLeft']!),
    gain: Float64Array.from(forest['gain']!),
    cover: Float64Array.from(forest['cover']!),
    leafValue: Float64Array.from(forest['leafValue']!),
    leafCover: Float64Array.from(forest['leafCover']!),
    categorySets: forest.categorySets,
  };
  const data = { matrix: new Float32Array(featureCount), rowCount: 1, featureCount };
  return bareModel(data, predictor, 'lightgbm', outputCount > 1 ? 'multiclass' : 'regression');
}

for (const [name, expected] of Object.entries(golden)) {
  test(`${name}: LightGBM's own contributions`, () => {
    const model = modelOf(expected);
    const matrix = expected.rows.flat().map((value) => value ?? NaN);
    const actual = contributions(model, matrix);
    const values = expected.contributions.flat();
    assert.is(actual.length, values.length);
    values.forEach((value, at) => {
      if (!(Math.abs(actual[at]! - value) < 1e-12)) {
        assert.unreachable(`entry ${at}: expected ${value}, got ${actual[at]}`);
      }
    });
  });

  test(`${name}: LightGBM's own importances`, () => {
    const model = modelOf(expected);
    const raw = { normalize: false, order: 'feature' } as const;
    const splits = featureImportance(model, { type: 'splits', ...raw });
    assert.equal(
      splits.map(({ importance }) => importance),
      expected.splits,
    );
    featureImportance(model, { type: 'gain', ...raw }).forEach(({ importance }, feature) => {
      // the dump rounds gains to float32
      assert.ok(Math.abs(importance - expected.gain[feature]!) <= 1e-6 * expected.gain[feature]!);
    });
  });
}

test.run();
