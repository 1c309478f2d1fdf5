import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError, ShapeError } from '../../src/core/errors.js';
import { contributions, explainRow } from '../../src/explain/index.js';
import { margins, predictions } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import { randomCase } from './randomForest.js';

const shape = { seed: 9, treeCount: 12, maxLeaves: 12, numericCount: 3, levelCounts: [4] };
const binary = randomCase({ ...shape, outputCount: 1 }, 20);
const several = randomCase({ ...shape, outputCount: 3 }, 20);

/** The category feature with names for its codes. */
function named(model: Model): Model {
  const features = model.features.map((feature) =>
    feature.kind === 'category' ? { ...feature, levels: ['ash', 'elm', 'fir', 'oak'] } : feature,
  );
  return { ...model, features };
}

test('reasons are the contributions in order, and everything adds up', () => {
  for (const { model, matrix, rowCount, featureCount } of [binary, several]) {
    for (let row = 0; row < rowCount; row++) {
      const values = matrix.subarray(row * featureCount, (row + 1) * featureCount);
      const own = margins(model.predictor, values, 1, featureCount);
      const all = contributions(model, values, 1);
      const p = predictions(model, own);
      const output = p.indexOf(Math.max(...p));
      const explained = explainRow(model, values, { top: 2 });
      assert.is(explained.class, model.schema.target.classes[p.length === 1 ? 1 : output]);
      assert.is(explained.prediction, p[output]);
      const sum = explained.reasons.reduce((total, reason) => total + reason.contribution, 0);
      assert.ok(Math.abs(explained.expected + sum + explained.rest - explained.margin) < 1e-12);
      const block = all.slice(
        output * (featureCount + 1),
        output * (featureCount + 1) + featureCount,
      );
      const largest = [...block].sort((a, b) => Math.abs(b) - Math.abs(a)).filter((v) => v !== 0);
      assert.equal(
        explained.reasons.map(({ contribution }) => contribution),
        largest.slice(0, 2),
      );
    }
  }
});

test('a record and its feature values are explained alike, with names and levels', () => {
  const model = named(binary.model);
  const byName = explainRow(model, { f0: 1.1, f1: null, f2: -2, f3: 'fir' }, { top: 9 });
  const byValue = explainRow(model, [Math.fround(1.1), NaN, -2, 2], { top: 9 });
  assert.equal(byName, byValue);
  const values = Object.fromEntries(byName.reasons.map(({ feature, value }) => [feature, value]));
  assert.equal(values, { f0: Math.fround(1.1), f1: null, f2: -2, f3: 'fir' });
  assert.is(byName.rest, 0);
});

test('an unseen level keeps its text', () => {
  const model = named(binary.model);
  const of = (row: Parameters<typeof explainRow>[1]) =>
    explainRow(model, row, { top: 9 }).reasons.find(({ feature }) => feature === 'f3')!;
  assert.is(of({ f0: 1, f1: 1, f2: 1, f3: 'yew' }).value, 'yew');
  assert.is(of([1, 1, 1, -1]).value, -1);
  assert.is(of({ f0: 1, f1: 1, f2: 1, f3: '' }).value, null);
});

test('a class can be asked for', () => {
  const { model, matrix, featureCount } = several;
  const values = matrix.subarray(0, featureCount);
  const own = margins(model.predictor, values, 1, featureCount);
  for (const [output, name] of model.schema.target.classes.entries()) {
    assert.is(explainRow(model, values, { class: name }).margin, own[output]);
  }
});

test('what does not fit says so', () => {
  const model = named(binary.model);
  const good = { f0: 1, f1: 1, f2: 1, f3: 'oak' };
  const { f0: _, ...absent } = good;
  const cases: [() => unknown, new (...args: never[]) => Error, RegExp][] = [
    [() => explainRow(model, [1, 2]), ShapeError, /"row" has 2 values, expected 4 features/],
    [() => explainRow(model, absent), DataError, /the field "f0" is absent/],
    [() => explainRow(model, { ...good, f9: 1 }), DataError, /no field "f9"; did you mean/],
    [() => explainRow(model, { ...good, f1: 'x' }), DataError, /"f1" expected a number, got "x"/],
    [() => explainRow(model, { ...good, f3: 3 }), DataError, /"f3" expected a string, got 3/],
    [() => explainRow(model, good, { top: 0 }), ConfigError, /"top" expected an integer/],
    [() => explainRow(model, good, { class: '1' }), ConfigError, /this one is binary/],
    [
      () => explainRow(several.model, [1, 1, 1, 1], { class: 'x' }),
      ConfigError,
      /"class" expected one of 0, 1, 2, got "x"/,
    ],
  ];
  for (const [run, kind, pattern] of cases) {
    assert.throws(run, (error: unknown) => error instanceof kind && pattern.test(error.message));
  }
});

test.run();
