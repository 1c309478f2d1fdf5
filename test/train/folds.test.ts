import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { foldsOfTask, plainFolds, queryFolds, stratifiedFolds } from '../../src/train/folds.js';
import { groupedFolds, stratifiedGroupedFolds } from '../../src/train/groupedFolds.js';

/** Rows in each fold, of those that are counted. */
function sizesOf(folds: Uint8Array, foldCount: number, counts = (_: number) => true): number[] {
  const sizes = new Array<number>(foldCount).fill(0);
  folds.forEach((fold, row) => {
    if (counts(row)) sizes[fold]!++;
  });
  assert.is(sizes.length, foldCount, 'no fold beyond the last');
  return sizes;
}

const unevenness = (sizes: readonly number[]): number => Math.max(...sizes) - Math.min(...sizes);

test('rows and classes are dealt evenly', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 10 }),
      fc.integer({ min: 2, max: 6 }),
      fc.array(fc.nat(), { maxLength: 300 }),
      fc.integer(),
      (foldCount, classCount, numbers, seed) => {
        const all = Array.from({ length: classCount * foldCount }, (_, i) => i % classCount);
        const classes = [...all, ...numbers.map((number) => number % classCount)];
        const folds = stratifiedFolds(classes, foldCount, createRandom(seed));
        assert.ok(unevenness(sizesOf(folds, foldCount)) <= 1);
        for (let code = 0; code < classCount; code++) {
          const sizes = sizesOf(folds, foldCount, (row) => classes[row] === code);
          assert.ok(unevenness(sizes) <= 1, String(sizes));
        }
      },
    ),
  );
});

test('the seed decides', () => {
  const labels = Uint8Array.from({ length: 100 }, (_, row) => (row % 3 === 0 ? 1 : 0));
  const groups = Array.from({ length: 100 }, (_, row) => `group ${row >> 2}`);
  const deals = [
    (seed: number) => stratifiedFolds(labels, 5, createRandom(seed)),
    (seed: number) => plainFolds(100, 5, createRandom(seed)),
    (seed: number) => groupedFolds(groups, 5, createRandom(seed)),
    (seed: number) => stratifiedGroupedFolds(labels, groups, 5, createRandom(seed)),
  ];
  for (const deal of deals) {
    assert.equal(deal(1), deal(1));
    assert.not.equal(deal(1), deal(2));
  }
});

test('one of two classes with fewer rows than folds is refused', () => {
  const labels = Uint8Array.of(0, 0, 0, 0, 1, 1);
  assert.throws(
    () => stratifiedFolds(labels, 3, createRandom(1)),
    /class 1 has 2 rows, fewer than 3/,
  );
  assert.throws(() => stratifiedFolds(labels, 1, createRandom(1)), /"foldCount" expected/);
  assert.throws(() => stratifiedFolds([1, 1, 1], 2, createRandom(1)), /class 0 has 0 rows/);
  assert.throws(() => stratifiedFolds([0, 1, 0.5], 2, createRandom(1)), /row 2: .* got 0.5/);
  assert.throws(() => stratifiedFolds([0, 1, -1], 2, createRandom(1)), /row 2: .* got -1/);
  assert.throws(() => stratifiedFolds([0, 1, 1e6], 2, createRandom(1)), /row 2: .* got 1000000/);
});

test('one of several classes with fewer rows than folds goes to as many folds as it has rows', () => {
  const classes = [0, 0, 0, 0, 0, 1, 1, 3];
  const folds = stratifiedFolds(classes, 5, createRandom(3));
  assert.equal(sizesOf(folds, 5, (row) => classes[row] === 1).sort(), [0, 0, 0, 1, 1]);
  assert.equal(sizesOf(folds, 5, (row) => classes[row] === 3).sort(), [0, 0, 0, 0, 1]);
  assert.throws(() => stratifiedFolds([0, 1, 2], 4, createRandom(1)), /3 rows, fewer than 4/);
});

test('plain folds are a partition of even sizes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 255 }),
      fc.nat(300),
      fc.integer(),
      (foldCount, n, seed) => {
        const folds = plainFolds(foldCount + n, foldCount, createRandom(seed));
        assert.is(folds.length, foldCount + n);
        assert.ok(unevenness(sizesOf(folds, foldCount)) <= 1);
      },
    ),
  );
  assert.throws(() => plainFolds(3, 4, createRandom(1)), /there are 3 rows, fewer than 4 folds/);
});

test('groups stay whole, and folds differ by no more than the largest of them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 8 }),
      fc.array(fc.nat(20), { maxLength: 300 }),
      fc.array(fc.boolean(), { minLength: 310, maxLength: 310 }),
      fc.integer(),
      (foldCount, numbers, labels, seed) => {
        const groups = [...Array(foldCount).keys(), ...numbers];
        const classes = groups.map((_, row) => (labels[row] ? 1 : 0));
        const largest = Math.max(...groups.map((g) => groups.filter((h) => h === g).length));
        const grouped = groupedFolds(groups, foldCount, createRandom(seed));
        assert.ok(unevenness(sizesOf(grouped, foldCount)) <= largest);
        const stratified = stratifiedGroupedFolds(classes, groups, foldCount, createRandom(seed));
        for (const folds of [grouped, stratified]) {
          assert.ok(Math.min(...sizesOf(folds, foldCount)) > 0, 'no fold is empty');
          const foldOf = new Map<number, number>();
          folds.forEach((fold, row) => {
            assert.is(foldOf.get(groups[row]!) ?? fold, fold, 'a group lies in one fold');
            foldOf.set(groups[row]!, fold);
          });
        }
      },
    ),
  );
  assert.throws(
    () => groupedFolds(['a', 'b', 'a'], 3, createRandom(1)),
    /there are 2 groups, fewer than 3 folds/,
  );
  assert.throws(
    () => stratifiedGroupedFolds([0], ['a', 'b'], 2, createRandom(1)),
    /1 classes for 2 rows/,
  );
});

test('stratified groups share out a rare class that plain groups do not', () => {
  const groups = Array.from({ length: 600 }, (_, row) => Math.floor(row / 6));
  // a tenth of the groups holds all positives
  const classes = groups.map((group) => (group % 10 === 0 ? 1 : 0));
  const positives = (folds: Uint8Array) => sizesOf(folds, 5, (row) => classes[row] === 1);
  const stratified = stratifiedGroupedFolds(classes, groups, 5, createRandom(5));
  assert.equal(positives(stratified), [12, 12, 12, 12, 12]);
  assert.equal(sizesOf(stratified, 5), [120, 120, 120, 120, 120]);
  assert.ok(unevenness(positives(groupedFolds(groups, 5, createRandom(5)))) > 0);
});

test('the folds of a task: stratified, plain, or whole queries', () => {
  const data = {
    matrix: new Float32Array(30),
    rowCount: 30,
    featureCount: 1,
    target: Array.from({ length: 30 }, (_, row) => row % 3),
    group: [4, 0, 6, 5, 5, 3, 7],
  };
  assert.equal(
    foldsOfTask('multiclass', data, 5, createRandom(1)),
    stratifiedFolds(data.target, 5, createRandom(1)),
  );
  assert.equal(
    foldsOfTask('regression', data, 5, createRandom(1)),
    plainFolds(30, 5, createRandom(1)),
  );
  const folds = foldsOfTask('ranking', data, 3, createRandom(1));
  assert.ok(unevenness(sizesOf(folds, 3)) <= 7);
  let start = 0;
  for (const size of data.group) {
    assert.is(new Set(folds.subarray(start, start + size)).size, size > 0 ? 1 : 0);
    start += size;
  }
  const random = createRandom(1);
  assert.throws(() => queryFolds({ rowCount: 30 }, 3, random), /expected "group"/);
  assert.throws(() => queryFolds({ rowCount: 31, group: data.group }, 3, random), /adds up to 30/);
  assert.throws(() => queryFolds(data, 7, random), /6 groups, fewer than 7 folds/);
});

test.run();
