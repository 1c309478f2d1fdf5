import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { selectRows, type Table } from '../../src/core/table.js';
import { fingerprintTable } from '../../src/data/describe.js';

const table: Table = {
  rowCount: 4,
  columns: [
    { kind: 'number', name: 'n', values: Float32Array.of(3, NaN, -1, 2) },
    { kind: 'category', name: 'c', codes: Int32Array.of(0, 1, -1, 0), levels: ['a', 'b'] },
    { kind: 'number', name: 'empty', values: new Float32Array(4).fill(NaN) },
  ],
};

test('a table in a few numbers', () => {
  assert.equal(fingerprintTable(table), {
    rowCount: 4,
    columns: [
      { kind: 'number', name: 'n', missingCount: 1, min: -1, max: 3 },
      { kind: 'category', name: 'c', missingCount: 1, levelCount: 2 },
      { kind: 'number', name: 'empty', missingCount: 4 },
    ],
  });
});

test('levels without rows do not count', () => {
  const { columns } = fingerprintTable(selectRows(table, Uint32Array.of(0, 3)));
  assert.equal(columns[1], { kind: 'category', name: 'c', missingCount: 0, levelCount: 1 });
});

test.run();
