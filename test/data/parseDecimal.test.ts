import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_NUMBER_LENGTH, parseDecimal, parseInfinity } from '../../src/data/parseDecimal.js';

test('decimal numbers', () => {
  const cases: [string, number][] = [
    ['0', 0],
    ['007', 7],
    ['-0', -0],
    ['+5', 5],
    ['12345678901234567890', 12345678901234567890],
    ['1.', 1],
    ['.5', 0.5],
    ['-1.5e-3', -0.0015],
    ['1E5', 1e5],
    ['1e400', Infinity],
    [' 42 ', 42],
    ['\t-1.5 ', -1.5],
  ];
  for (const [cell, expected] of cases) assert.ok(Object.is(parseDecimal(cell), expected), cell);
});

test('what is no decimal number', () => {
  const cells =
    '|-|+|.|e5|1e|1e+|0x10|1_000|1,000|1 2|Infinity|inf|NaN|nan|NA|null|true|--1|1.2.3|١|½|1f|\u00a01|1\n';
  for (const cell of cells.split('|')) assert.ok(Number.isNaN(parseDecimal(cell)), cell);
  assert.ok(Number.isNaN(parseDecimal('1'.repeat(MAX_NUMBER_LENGTH + 1))));
  assert.is(parseDecimal('0'.repeat(MAX_NUMBER_LENGTH)), 0);
});

test('infinities, where they are asked for', () => {
  assert.is(parseInfinity('inf'), Infinity);
  assert.is(parseInfinity('-Infinity'), -Infinity);
  assert.is(parseInfinity(' +INF '), Infinity);
  for (const cell of ['infinit', 'nan', '', '1', '-']) assert.ok(Number.isNaN(parseInfinity(cell)));
});

test('every number comes back from its spelling', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.ok(Object.is(parseDecimal(Object.is(value, -0) ? '-0' : String(value)), value));
    }),
  );
  fc.assert(
    fc.property(fc.integer(), fc.nat(6), (value, digits) => {
      assert.is(parseDecimal(value.toFixed(digits)), value);
    }),
  );
});

test.run();
