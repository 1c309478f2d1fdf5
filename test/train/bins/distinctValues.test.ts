import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { createDistinctValues } from '../../../src/train/bins/distinctValues.js';

/** The distinct numbers of a column and their counts, by comparing. */
function naive(column: Float32Array): [number, number][] {
  const counts = new Map<number, number>();
  for (const x of column) {
    if (x !== x) continue;
    const value = x === 0 ? 0 : x;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

function listed(column: Float32Array): [number, number][] {
  const rows = Uint32Array.from(column.keys());
  const { values, counts, length } = createDistinctValues(column, 1, rows, 8)(0);
  return [...values.subarray(0, length)].map((value, i) => [value, counts[i]!]);
}

test('special values, missing ones, zeros of either sign', () => {
  const number = fc.oneof(
    fc.float(),
    fc.constantFrom(NaN, 0, -0, Infinity, -Infinity, 1e-45, -1e-45),
  );
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (values) => {
      const column = Float32Array.from(values);
      assert.equal(listed(column), naive(column));
    }),
  );
});

test('few distinct values are counted, many are sorted: on both sides of the limit', () => {
  for (const distinct of [1, 2, 1023, 1024, 1025, 5000]) {
    const random = createRandom(distinct);
    const column = Float32Array.from({ length: 20_000 }, () => random.integer(distinct) / 7 - 50);
    assert.equal(listed(column), naive(column), `${distinct} values`);
  }
});

test('a column of many features, after one that was sorted', () => {
  const random = createRandom(9);
  const matrix = Float32Array.from({ length: 3 * 4000 }, (_, i) =>
    i % 3 === 1 ? random.integer(5) : random.normal(),
  );
  const distinctValues = createDistinctValues(matrix, 3, Uint32Array.from(Array(4000).keys()), 2);
  for (const feature of [0, 1, 2, 1]) {
    const { values, counts, length } = distinctValues(feature);
    const column = matrix.filter((_, i) => i % 3 === feature);
    const seen = [...values.subarray(0, length)].map((value, i) => [value, counts[i]]);
    assert.equal(seen, naive(column), `feature ${feature}`);
  }
});

test.run();
