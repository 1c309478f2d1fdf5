import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { stratifiedFolds } from '../../src/train/folds.js';

test('rows and classes are dealt evenly', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 10 }),
      fc.array(fc.boolean(), { maxLength: 300 }),
      fc.integer(),
      (foldCount, booleans, seed) => {
        const both = Array.from({ length: 2 * foldCount }, (_, i) => i % 2);
        const labels = Uint8Array.from([...both, ...booleans.map(Number)]);
        const folds = stratifiedFolds(labels, foldCount, createRandom(seed));
        for (const counted of [undefined, 0, 1]) {
          const sizes = new Array<number>(foldCount).fill(0);
          folds.forEach((fold, row) => {
            if (counted === undefined || labels[row] === counted) sizes[fold]!++;
          });
          assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, String(sizes));
        }
      },
    ),
  );
});

test('the seed decides', () => {
  const labels = Uint8Array.from({ length: 100 }, (_, row) => (row % 3 === 0 ? 1 : 0));
  const deal = (seed: number): Uint8Array => stratifiedFolds(labels, 5, createRandom(seed));
  assert.equal(deal(1), deal(1));
  assert.not.equal(deal(1), deal(2));
});

test('a class with fewer rows than folds is refused', () => {
  const labels = Uint8Array.of(0, 0, 0, 0, 1, 1);
  assert.throws(
    () => stratifiedFolds(labels, 3, createRandom(1)),
    /class 1 has 2 rows, fewer than 3/,
  );
  assert.throws(() => stratifiedFolds(labels, 1, createRandom(1)), /"foldCount" expected/);
});

test.run();
