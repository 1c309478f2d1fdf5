import * as fc from 'fast-check';
import { parseString } from 'fast-csv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatCsvRow } from '../../../src/data/formatCsvRow.js';
import { csvCells } from '../../../src/serve/rows/csvCells.js';

const ALL = 1_000_000;

function byFastCsv(text: string): Promise<string[][]> {
  return new Promise((resolve, reject) => {
    const rows: string[][] = [];
    parseString(text, { headers: false, ignoreEmpty: false })
      .on('error', reject)
      .on('data', (row: string[]) => row.length > 0 && rows.push(row))
      .on('end', () => resolve(rows));
  });
}

test('what was written as CSV is read back, quoted or not', () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom('', '"', ',', '\n', 'a"b', ' '),
  );
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(rows, (table) => {
      assert.equal(csvCells(table.map(formatCsvRow).join(''), ALL), table);
    }),
    { numRuns: 500 },
  );
});

test('plain text is split as it would be scanned', () => {
  const cell = fc.stringMatching(/^[a-z0-9.]{0,4}$/);
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n'), (table, end) => {
      const plain = table.map((row) => row.join(',') + end).join('');
      // a quoted cell in front makes the other way be taken
      const [, ...scanned] = csvCells(`"q",1${end}${plain}`, ALL);
      assert.equal(csvCells(plain, ALL), scanned);
      assert.equal(scanned, table);
    }),
  );
});

test('the library reads the same', async () => {
  for (const text of [
    'a,b\n1,2\n',
    'a,b\r\n"1","2"\r\n',
    '"a ""b""",c\n"x\ny",z',
    'a,b\n\n1,\n,\n',
    '"",""\n',
  ]) {
    assert.equal(csvCells(text, ALL), await byFastCsv(text), JSON.stringify(text));
  }
});

test('no more records are read than one beyond those wanted', () => {
  for (const text of ['a\n'.repeat(100), '"a"\n'.repeat(100)]) {
    assert.is(csvCells(text, 10).length, 11);
  }
});

test.run();
