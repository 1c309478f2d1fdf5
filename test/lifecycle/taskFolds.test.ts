import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { taskFolds } from '../../src/lifecycle/taskFolds.js';

function countOf(folds: Uint8Array, wanted: number, isRow: (row: number) => boolean): number {
  return folds.reduce((count, fold, row) => count + (fold === wanted && isRow(row) ? 1 : 0), 0);
}

test('fold sizes, and the counts of each class, differ by at most one', () => {
  const codes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 200 });
  fc.assert(
    fc.property(codes, fc.integer({ min: 2, max: 5 }), fc.integer(), (classes, foldCount, seed) => {
      const target = Float64Array.from(classes);
      for (const task of ['multiclass', 'regression'] as const) {
        const folds = taskFolds(task, target, foldCount, createRandom(seed));
        const groups = [(_: number) => true];
        if (task === 'multiclass') {
          for (let k = 0; k < 5; k++) groups.push((row) => target[row] === k);
        }
        for (const isRow of groups) {
          const counts = Array.from({ length: foldCount }, (_, fold) =>
            countOf(folds, fold, isRow),
          );
          assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${task}: ${counts}`);
        }
      }
    }),
  );
});

test('numbers of any size are dealt, by the seed', () => {
  const target = Float64Array.of(-3.5, 1e9, 0.25, 7, -0, 12);
  const folds = (seed: number) => [...taskFolds('regression', target, 3, createRandom(seed))];
  assert.equal(folds(1), folds(1));
  assert.equal(folds(1).sort(), [0, 0, 1, 1, 2, 2]);
});

test('two classes are dealt as ever', () => {
  const target = Float64Array.from({ length: 40 }, (_, row) => (row % 4 === 0 ? 1 : 0));
  const folds = taskFolds('binary', target, 5, createRandom(2));
  for (let fold = 0; fold < 5; fold++)
    assert.is(
      countOf(folds, fold, (row) => row % 4 === 0),
      2,
    );
  assert.throws(
    () => taskFolds('binary', Float64Array.of(0, 0, 0, 1), 2, createRandom(1)),
    /class 1 has 1 rows, fewer than 2 folds/,
  );
});

test.run();
