import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError, ShapeError } from '../../../src/core/errors.js';
import { margins, predictionsOf } from '../../../src/model/margin.js';
import { boostTrees, fitGbdt } from '../../../src/train/gbdt.js';
import type { GbdtOptions } from '../../../src/train/gbdtOptions.js';
import { problemFor } from './lossProblems.js';

test('a target that does not suit the objective is an error that says why', () => {
  const data = problemFor('squared', 50, 10);
  const fails = (options: Partial<GbdtOptions>, change: object, kind: unknown, message: RegExp) =>
    assert.throws(
      () => fitGbdt({ ...data, ...change }, options),
      (error: Error) => error instanceof (kind as typeof Error) && message.test(error.message),
      String(message),
    );
  const target = (value: number): object => ({ target: Array(50).fill(value) });
  fails(
    { objective: 'squared' },
    target(NaN),
    DataError,
    /row 0: expected a target of a finite number, got NaN/,
  );
  fails({ objective: 'squared' }, target(1e39), DataError, /row 0/);
  fails({ objective: 'poisson' }, target(-1), DataError, /finite number from 0, got -1/);
  fails({ objective: 'poisson' }, target(0), DataError, /every target is 0/);
  fails({ objective: 'gamma' }, target(0), DataError, /above 0, got 0/);
  fails({ objective: 'multiclass' }, target(1.5), DataError, /class code/);
  fails(
    { objective: 'multiclass' },
    target(1),
    Error,
    /for three classes or more, the target has 2/,
  );
  fails({ objective: 'multiclass', classCount: 3 }, target(1), DataError, /one class/);
  fails({ objective: 'lambdarank' }, target(1), DataError, /expected "group"/);
  fails(
    { objective: 'lambdarank' },
    { ...target(1), group: [20, 20] },
    ShapeError,
    /adds up to 40 rows, the data has 50/,
  );
  fails(
    { objective: 'lambdarank' },
    { ...target(32), group: [50] },
    DataError,
    /integer from 0 to 31/,
  );
  fails({ objective: 'squared', scalePosWeight: 2 }, {}, Error, /scalePosWeight/);
  fails(
    { objective: 'logistic' as 'binary' },
    {},
    Error,
    /"objective" expected one of binary, multiclass/,
  );
});

test('a constant target is its own prediction', () => {
  for (const objective of ['squared', 'absolute', 'quantile', 'poisson', 'gamma'] as const) {
    const data = { ...problemFor('squared', 60, 11), target: Array(60).fill(3) };
    const { forest, task } = boostTrees(data, { objective, numTrees: 5 });
    const m = margins(forest, data.matrix, 60, data.featureCount);
    for (const p of predictionsOf(task, forest.link, m, 1)) assert.ok(Math.abs(p - 3) < 1e-6);
  }
});

test.run();
