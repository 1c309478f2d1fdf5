import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { generateStudentPurchases } from '../../src/data/index.js';
import { CANDIDATE_NAMES, trainTable } from '../../src/lifecycle/index.js';

const table = generateStudentPurchases({ rowCount: 1200, seed: 3 });

for (const learner of CANDIDATE_NAMES) {
  test(`${learner} trains on a table and chooses its threshold out of fold`, () => {
    const options = learner === 'gbdt' || learner === 'forest' ? { numTrees: 10 } : {};
    const trained = trainTable(table, {
      task: 'binary',
      target: 'purchased',
      learner,
      options,
      folds: 3,
    });
    assert.is(trained.winner, learner);
    assert.is(trained.test, undefined);
    assert.is(trained.outOfFold.length, 1200);
    assert.ok(trained.outOfFoldMetrics.rocAuc > 0.8);
    const { threshold } = trained.model;
    if (threshold.reached) assert.ok(trained.outOfFoldMetrics.precision >= 0.8);
    assert.is(Math.fround(threshold.value), threshold.value);
  });
}

test('derived features are part of the model', () => {
  const { model } = trainTable(table, {
    target: 'purchased',
    options: { numTrees: 2 },
    derived: { pace: 'minutes_watched / max(days_on_platform, 1)' },
    folds: 2,
  });
  assert.is(model.features.at(-1)!.name, 'pace');
});

test('threshold and calibration as asked for', () => {
  const train = (more: object) =>
    trainTable(table, {
      task: 'binary',
      target: 'purchased',
      options: { numTrees: 5 },
      folds: 2,
      ...more,
    });
  const costs = { truePositive: 0, falsePositive: 1, falseNegative: 4, trueNegative: 0 };
  const { model } = train({ threshold: { policy: 'costMatrix', costs }, calibrators: ['beta'] });
  assert.is(model.calibrator.kind, 'beta');
  assert.equal(
    [model.threshold.policy, model.threshold.costs, model.threshold.theoretical],
    ['costMatrix', costs, 0.2],
  );
  const { threshold } = train({ threshold: { policy: 'targetRecall', target: 0.6 } }).model;
  assert.ok(threshold.reached && threshold.recall! >= 0.6);
  assert.throws(() => train({ calibrators: ['platt'] }), /got "platt"/);
  assert.throws(
    () => train({ threshold: { policy: 'fixed', value: 3 } }),
    /"goal\.value" expected/,
  );
});

test('wrong options are errors that name what there is', () => {
  assert.throws(
    () => trainTable(table, { target: 'bought' }),
    /"target" expected one of .*purchased/,
  );
  assert.throws(
    () => trainTable(table, { target: 'purchased', derived: { a: 'minutes_watchd + 1' } }),
    /features\.derived\.a: .*minutes_watched/s,
  );
  assert.throws(
    () => trainTable(table, { target: 'purchased', derived: { a: 'student_country + 1' } }),
    /features\.derived\.a: /,
  );
});

test.run();
