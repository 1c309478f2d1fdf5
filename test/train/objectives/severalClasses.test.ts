import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { margins, predictionsOf } from '../../../src/model/margin.js';
import { fitGbdt, trainGbdt } from '../../../src/train/gbdt.js';
import { FEW, meanLoss, problemFor } from './lossProblems.js';

test('probabilities of several classes add up to one, and a class without rows has next to none', () => {
  for (const objective of ['multiclass', 'oneVsAll'] as const) {
    const data = problemFor(objective, 600, 6);
    const model = trainGbdt(data, { ...FEW, objective, classCount: 6 });
    assert.is(model.task, 'multiclass');
    assert.equal(model.schema.target.classes, ['0', '1', '2', '3', '4', '5']);
    const { predictor } = model;
    const m = margins(predictor, data.matrix, data.rowCount, data.featureCount);
    const p = predictionsOf('multiclass', predictor.link, m, 6);
    let hits = 0;
    for (let row = 0; row < data.rowCount; row++) {
      const ofRow = [...p.subarray(6 * row, 6 * row + 6)];
      assert.ok(Math.abs(ofRow.reduce((a, b) => a + b) - 1) < 1e-12);
      assert.ok(ofRow[4]! < 0.01 && ofRow[5]! < 0.01, `${ofRow}`);
      if (ofRow.indexOf(Math.max(...ofRow)) === data.target[row]) hits++;
    }
    assert.ok(hits / data.rowCount > 0.75, `${objective} accuracy ${hits / data.rowCount}`);
  }
});

test('classes of a handful of rows among many leave boosting stable', () => {
  const random = createRandom(8);
  const rowCount = 20_000;
  const matrix = new Float32Array(rowCount * 6);
  const target = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    // few distinct rows, most of them alike, as in network logs
    for (let j = 0; j < 6; j++)
      matrix[6 * row + j] = random.uniform() < 0.9 ? 0 : random.integer(4);
    const sum = matrix.subarray(6 * row, 6 * row + 6).reduce((a, b) => a + b);
    target[row] = sum > 3 ? 1 : 0;
    if (random.uniform() < 0.0004) target[row] = 3;
    else if (random.uniform() < 0.002) target[row] = 2;
  }
  const data = { matrix, rowCount, featureCount: 6, target };
  const prior = fitGbdt(data, { objective: 'multiclass', maxLeaves: 1, numTrees: 1 });
  const fitted = fitGbdt(data, { objective: 'multiclass' });
  const loss = meanLoss('multiclass', fitted, data);
  assert.ok(loss < 0.1 * meanLoss('multiclass', prior, data), `log loss ${loss}`);
});

test.run();
