import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Column, columnNamed } from '../../src/core/table.js';
import { CellError } from '../../src/data/cellError.js';
import { formatInference } from '../../src/data/columnInference.js';
import { TableBuilder, type TableOptions, type TypedTable } from '../../src/data/tableBuilder.js';

function build(
  header: string[],
  rows: string[][],
  options: Partial<TableOptions> = {},
): TypedTable {
  const builder = new TableBuilder(header, 1, 'data.csv', options);
  rows.forEach((cells, index) => {
    builder.addRow(cells, index + 2);
  });
  return builder.finish();
}

/** A table of one column; a second one keeps the rows apart. */
function column(cells: string[], options: Partial<TableOptions> = {}): TypedTable {
  return build(
    ['x', 'row'],
    cells.map((cell, row) => [cell, String(row)]),
    options,
  );
}

function strings(column: Column): (string | null)[] {
  if (column.kind !== 'category') throw new Error('not a category column');
  return Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!));
}

function cellError(make: () => unknown): CellError {
  try {
    make();
  } catch (error) {
    assert.instance(error, CellError);
    return error as CellError;
  }
  throw new Error('no error');
}

test('types are inferred from the cells', () => {
  const { table, inference } = build(
    ['n', 'c', 'mixed', 'empty'],
    [
      ['1', 'a', '1', ''],
      [' -2.5e1 ', '', '1.0', ''],
      ['', 'a', 'x', ''],
    ],
  );
  assert.equal(
    table.columns.map(({ kind }) => kind),
    ['number', 'category', 'category', 'number'],
  );
  assert.equal([...(columnNamed(table, 'n') as { values: Float32Array }).values], [1, -25, NaN]);
  assert.equal(strings(columnNamed(table, 'c')), ['a', null, 'a']);
  assert.equal(strings(columnNamed(table, 'mixed')), ['1', '1.0', 'x']);
  assert.equal(inference[0], {
    name: 'n',
    type: 'number',
    declared: false,
    missingCount: 1,
    min: -25,
    max: 1,
  });
  assert.is(inference[1]!.levelCount, 1);
  assert.is(inference[3]!.note, 'every cell is missing');
  assert.is(inference[3]!.min, undefined);
});

test('NA is a level, and only the configured tokens are missing', () => {
  const cells = ['NA', 'NaN', 'null', 'None', '?', 'US', ''];
  assert.equal(strings(column(cells).table.columns[0]!), [...cells.slice(0, 6), null]);
  const tokens = { missingTokens: ['NA', '?'] };
  assert.equal(strings(column(cells, tokens).table.columns[0]!), [
    null,
    'NaN',
    'null',
    'None',
    null,
    'US',
    '',
  ]);
  assert.is(column(['1', '?', '3'], tokens).table.columns[0]!.kind, 'number');
});

test('declared types hold', () => {
  const asText = column(['1', '1.0', ''], { types: { x: 'category' } });
  assert.equal(strings(asText.table.columns[0]!), ['1', '1.0', null]);
  assert.is(asText.inference[0]!.declared, true);
  const numbers = column(['inf', '-Infinity', '1'], { types: { x: 'number' } });
  assert.equal(
    [...(numbers.table.columns[0] as { values: Float32Array }).values],
    [Infinity, -Infinity, 1],
  );
  assert.is(column(['inf', '1']).table.columns[0]!.kind, 'category');
  const error = cellError(() => column(['1', '12 kg'], { types: { x: 'number' } }));
  assert.is(error.message, 'data.csv:3: column "x" expected a number, got "12 kg"');
  assert.equal([error.recordLine, error.cellIndex], [3, 0]);
});

test('the target stays text', () => {
  const { table } = column(['1', '0', '1'], { target: 'x', types: { x: 'number' } });
  assert.equal(strings(table.columns[0]!), ['1', '0', '1']);
});

test('a choice of columns', () => {
  const rows = [
    ['1', 'not a number', 'yes'],
    ['2', 'nor this', 'no'],
  ];
  const { table, header } = build(['a', 'b', 'c'], rows, { columns: ['a'], target: 'c' });
  assert.equal(
    table.columns.map(({ name }) => name),
    ['a', 'c'],
  );
  assert.equal(header, ['a', 'b', 'c']);
});

test('bad headers', () => {
  const empty = cellError(() => build(['a', ' '], []));
  assert.match(empty.message, /column 2 expected a name, got " "/);
  assert.is(empty.cellIndex, 1);
  const twice = cellError(() => build(['a', 'b', 'a'], []));
  assert.match(twice.message, /got "a" for column 1 and 3/);
  assert.is(twice.cellIndex, 2);
});

test('bad rows', () => {
  const short = cellError(() => build(['a', 'b'], [['1']]));
  assert.match(short.message, /data.csv:2: expected 2 cells, as the header has, got 1/);
  assert.is(short.cellIndex, 0);
  const long = cellError(() => build(['a', 'b'], [['1', '2', '3', '4']]));
  assert.match(long.message, /got 4/);
  assert.is(long.cellIndex, 2);
  assert.throws(() => build(['a'], []), /data.csv: expected rows below the header, got none/);
});

test('bad targets', () => {
  const missing = cellError(() => column(['a', ''], { target: 'x' }));
  assert.match(missing.message, /target "x" expected a class, got "", which is missing/);
  assert.throws(
    () => column(['a', 'a'], { target: 'x' }),
    /target "x" expected at least two classes, got "a" in all 2 rows/,
  );
});

test('options that name no column', () => {
  assert.throws(
    () => column(['1'], { target: 'z' }),
    /target "z" is not in data.csv; did you mean "x"/,
  );
  assert.throws(() => column(['1'], { types: { wor: 'number' } }), /did you mean "row"/);
  assert.throws(() => column(['1'], { columns: ['nothing'] }), /there are "x", "row"/);
  assert.throws(() => column(['1'], { types: { x: 'text' as 'number' } }), /number, category/);
  assert.throws(() => column(['1'], { missing: [] } as never), /unknown table option "missing"/);
});

test('names that objects have anyway are plain names', () => {
  const { table } = build(['constructor', '__proto__'], [['1', 'a']]);
  assert.is(table.columns[0]!.kind, 'number');
  assert.is(table.columns[1]!.kind, 'category');
});

test('notes', () => {
  const note = (cells: string[]): string => column(cells).inference[0]!.note ?? '';
  assert.is(note(['16777216']), '');
  assert.match(note(['16777217', '-16777218']), /^2 integers beyond ±2\^24/);
  assert.match(note(['1e39']), /^1 integer beyond.*1 number beyond the float32 range/);
  assert.match(
    note(['1', '2', '3', '?', '?', 'x']),
    /numbers, but for 3 cells with "\?" and 1 other text: a missing token/,
  );
  const ids = Array.from({ length: 30 }, (_, row) => `id ${row}`);
  assert.match(note(ids), /30 levels in 30 rows: an identifier/);
});

test('the inference can be printed', () => {
  const text = formatInference(column(['1', '2.5', ''], { types: { row: 'category' } }).inference);
  assert.is(
    text,
    'x    number, inferred    1 … 2.5  1 missing\nrow  category, declared  3 levels\n',
  );
});

test('a column that turns to text late is as if it had been declared so', () => {
  const cell = fc.oneof(
    fc.constantFrom('', ' 1', '1.0', '1', '-0', '1e5', '9'.repeat(254)),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  );
  fc.assert(
    fc.property(
      fc.array(cell, { maxLength: 50 }),
      fc.constantFrom('x', 'Ω', '9'.repeat(255)),
      (cells, text) => {
        const inferred = column([...cells, text, '1']).table.columns[0]!;
        const declared = column([...cells, text, '1'], { types: { x: 'category' } }).table
          .columns[0]!;
        assert.equal(inferred, declared);
      },
    ),
  );
});

test('many rows: the growing arrays keep every cell', () => {
  for (const rowCount of [255, 256, 257, 1023, 1024, 1025, 5000]) {
    const cells = Array.from({ length: rowCount }, (_, row) => `${row}.25`);
    const numbers = column(cells).table.columns[0] as { values: Float32Array };
    assert.is(numbers.values.length, rowCount);
    assert.ok(numbers.values.every((value, row) => value === row + 0.25));
    assert.equal(strings(column([...cells, 'x']).table.columns[0]!), [...cells, 'x']);
  }
});

test.run();
