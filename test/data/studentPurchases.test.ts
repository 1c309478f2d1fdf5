import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Column, columnNamed, type Table } from '../../src/core/table.js';
import {
  generateStudentPurchases,
  STUDENT_PURCHASE_COLUMNS,
  studentPurchasesCsv,
} from '../../src/data/studentPurchases.js';

const table = generateStudentPurchases();

function numbers(name: string, from: Table = table): Float32Array {
  const column = columnNamed(from, name);
  if (column.kind !== 'number') throw new Error(`${name} is not numeric`);
  return column.values;
}

function levels(column: Column): (string | undefined)[] {
  if (column.kind !== 'category') throw new Error('not a category column');
  return Array.from(column.codes, (code) => column.levels[code]);
}

function share(values: Float32Array, holds: (value: number) => boolean): number {
  return values.filter(holds).length / values.length;
}

function quantile(values: Float32Array, at: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(at * (values.length - 1))]!;
}

/** Holds a figure of the generated data against the real one. */
function near(seen: number, real: number, tolerance: number): void {
  assert.ok(Math.abs(seen - real) <= tolerance, `${seen} is not ${real} ± ${tolerance}`);
}

const purchased = levels(columnNamed(table, 'purchased')).map((label) => label === '1');

test('the same seed gives the same bytes', () => {
  const options = { rowCount: 500, seed: 1 };
  assert.is(studentPurchasesCsv(options), studentPurchasesCsv(options));
  assert.is.not(studentPurchasesCsv(options), studentPurchasesCsv({ ...options, seed: 2 }));
  const longer = studentPurchasesCsv({ ...options, rowCount: 600 });
  assert.ok(
    longer.startsWith(studentPurchasesCsv(options)),
    'more rows are the same rows and more',
  );
});

test('the text and the table are the same data', () => {
  const lines = studentPurchasesCsv({ rowCount: 200 }).trimEnd().split('\n');
  assert.is(lines[0], STUDENT_PURCHASE_COLUMNS.join(','));
  assert.is(lines.length, 201);
  const small = generateStudentPurchases({ rowCount: 200 });
  const minutes = numbers('minutes_watched', small);
  lines.slice(1).forEach((line, row) => {
    assert.is(Math.fround(Number(line.split(',')[2])), minutes[row]);
  });
});

test('size and classes', () => {
  assert.is(table.rowCount, 17_761);
  near(purchased.filter(Boolean).length / table.rowCount, 0.0918, 0.006);
});

test('countries: a long tail, Namibia among them, a few unknown', () => {
  const countries = levels(columnNamed(table, 'student_country'));
  const column = columnNamed(table, 'student_country');
  assert.ok(
    column.kind === 'category' && column.levels.length > 155 && column.levels.length <= 172,
  );
  assert.ok(countries.includes('NA'));
  const unknown = countries.filter((country) => country === undefined).length;
  assert.ok(unknown > 0 && unknown < 30);
  near(countries.filter((country) => country === 'IN').length / table.rowCount, 0.1895, 0.01);
  near(countries.filter((country) => country === 'US').length / table.rowCount, 0.138, 0.01);
});

test('tails, zeros and whole numbers', () => {
  const days = numbers('days_on_platform');
  near(
    share(days, (value) => value === 0),
    0.04,
    0.008,
  );
  near(quantile(days, 0.5), 113, 6);
  assert.is(quantile(days, 1), 292);
  const minutes = numbers('minutes_watched');
  near(quantile(minutes, 0.5), 6.8, 1);
  near(quantile(minutes, 0.99), 335, 60);
  assert.is(quantile(minutes, 0), Math.fround(0.1));
  assert.ok(minutes.every((value) => Math.fround(Math.round(value * 10) / 10) === value));
  near(
    share(numbers('courses_started'), (value) => value === 1),
    0.87,
    0.02,
  );
  for (const name of ['days_on_platform', 'courses_started', 'practice_exams_started']) {
    assert.ok(numbers(name).every(Number.isInteger), name);
  }
});

test('exams hang together', () => {
  const started = numbers('practice_exams_started');
  const passed = numbers('practice_exams_passed');
  const minutes = numbers('minutes_spent_on_exams');
  near(
    share(started, (value) => value === 0),
    0.9166,
    0.01,
  );
  near(
    share(passed, (value) => value === 0),
    0.9337,
    0.01,
  );
  for (let row = 0; row < table.rowCount; row++) {
    assert.ok(passed[row]! <= started[row]!);
    assert.is(minutes[row]! > 0, started[row]! > 0);
  }
});

test('those who purchase are new and watch much', () => {
  const mean = (name: string, label: boolean): number => {
    const values = numbers(name).filter((_, row) => purchased[row] === label);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  near(mean('days_on_platform', true), 11.6, 5);
  near(mean('days_on_platform', false), 134.5, 4);
  near(mean('minutes_watched', true), 64.7, 8);
  near(mean('minutes_watched', false), 27.7, 3);
});

test('options are checked', () => {
  assert.throws(() => generateStudentPurchases({ rowCount: 0 }), /"rowCount" expected an integer/);
  assert.throws(() => generateStudentPurchases({ seed: 1.5 }), /"seed" expected an integer/);
  assert.throws(() => generateStudentPurchases({ rows: 5 } as never), /unknown generator option/);
  assert.is(generateStudentPurchases({ rowCount: 1 }).rowCount, 1);
});

test.run();
