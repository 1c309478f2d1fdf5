import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { splitLast, splitRandom, splitStratified } from '../../src/data/split.js';

test('the last rows are held out, at least one on each side', () => {
  const rows = ({ train, test }: { train: Uint32Array; test: Uint32Array }) => [
    [...train],
    [...test],
  ];
  assert.equal(rows(splitLast(5, 0.4)), [
    [0, 1, 2],
    [3, 4],
  ]);
  assert.equal(rows(splitLast(2, 0.01)), [[0], [1]]);
  assert.equal(rows(splitLast(2, 0.99)), [[0], [1]]);
  assert.throws(() => splitLast(1, 0.5), /at least two rows/);
  assert.throws(() => splitLast(5, 1), /"testFraction"/);
});

test('every row once, in order, each class in its share', () => {
  const labels = fc.uint8Array({ minLength: 2, maxLength: 300, max: 2 });
  const fraction = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(labels, fraction, fc.integer(), (labels, testFraction, seed) => {
      const sizes = [0, 1, 2].map((label) => labels.filter((value) => value === label).length);
      fc.pre(sizes.some((size) => size >= 2));
      const { train, test } = splitStratified(labels, testFraction, createRandom(seed));
      assert.equal(
        [...train, ...test].sort((a, b) => a - b),
        Array.from(labels, (_, row) => row),
      );
      assert.equal(
        [...train],
        [...train].sort((a, b) => a - b),
      );
      assert.equal(
        [...test],
        [...test].sort((a, b) => a - b),
      );
      sizes.forEach((size, label) => {
        const held = test.filter((row) => labels[row] === label).length;
        assert.ok(Math.abs(held - size * testFraction) <= 1, `${held} of ${size}`);
        if (size >= 2) assert.ok(held >= 1 && held < size);
        if (size === 1) assert.is(held, 0);
      });
    }),
  );
});

test('the seed decides, and nothing else', () => {
  const labels = Uint8Array.from({ length: 1000 }, (_, row) => (row % 10 === 0 ? 1 : 0));
  const split = (seed: number): number[] => [
    ...splitStratified(labels, 0.25, createRandom(seed)).test,
  ];
  assert.equal(split(7), split(7));
  assert.not.equal(split(7), split(8));
  assert.is(split(7).length, 250);
});

test('what cannot be split', () => {
  const random = createRandom(1);
  const labels = Uint8Array.of(0, 1, 0, 1);
  for (const fraction of [0, 1, -1, NaN, Infinity]) {
    assert.throws(() => splitStratified(labels, fraction, random), /"testFraction" expected/);
  }
  assert.throws(() => splitStratified(Uint8Array.of(0, 1), 0.5, random), /at least two rows/);
  assert.throws(() => splitStratified(new Uint8Array(0), 0.5, random), /at least two rows/);
});

test('a random split has its share, every row once, by the seed', () => {
  const fraction = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 300 }), fraction, fc.integer(), (rows, share, seed) => {
      const { train, test } = splitRandom(rows, share, createRandom(seed));
      assert.equal(
        [...train, ...test].sort((a, b) => a - b),
        Array.from({ length: rows }, (_, row) => row),
      );
      assert.equal([...test], [...splitRandom(rows, share, createRandom(seed)).test]);
      assert.ok(test.length >= 1 && train.length >= 1);
      assert.ok(Math.abs(test.length - rows * share) <= 1);
    }),
  );
  assert.not.equal(
    [...splitRandom(100, 0.25, createRandom(1)).test],
    [...splitRandom(100, 0.25, createRandom(2)).test],
  );
  assert.throws(() => splitRandom(1, 0.5, createRandom(1)), /at least two rows, got 1/);
  assert.throws(() => splitRandom(9, 1, createRandom(1)), /"testFraction" expected/);
});

test.run();
