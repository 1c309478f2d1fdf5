import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columnNamed } from '../../src/core/table.js';
import { tableFromRecords } from '../../src/data/index.js';

test('strings become categories, numbers and booleans numbers', () => {
  const table = tableFromRecords([
    { plan: 'free', visits: 3, active: true },
    { plan: 'team', visits: null, active: false },
    { plan: '', visits: 0.1, active: undefined },
    { plan: 'free' },
  ]);
  assert.is(table.rowCount, 4);
  assert.equal(columnNamed(table, 'plan'), {
    kind: 'category',
    name: 'plan',
    codes: Int32Array.of(0, 1, -1, 0),
    levels: ['free', 'team'],
  });
  const visits = columnNamed(table, 'visits');
  assert.ok(visits.kind === 'number');
  assert.equal([...visits.values].map(String), ['3', 'NaN', String(Math.fround(0.1)), 'NaN']);
  const active = columnNamed(table, 'active');
  assert.ok(active.kind === 'number' && active.values[0] === 1 && active.values[1] === 0);
});

test('numbers that are names can be declared', () => {
  const column = columnNamed(tableFromRecords([{ y: 1 }, { y: 0 }], ['y']), 'y');
  assert.ok(column.kind === 'category');
  assert.equal(column.levels, ['1', '0']);
});

test('a field that mixes strings and numbers is an error that names it', () => {
  assert.throws(
    () => tableFromRecords([{ a: 'x' }, { a: 3 }]),
    /record 1, field "a": expected a string as in other records, got 3/,
  );
  assert.throws(() => tableFromRecords([]), /expected records with fields/);
});

test.run();
