import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parseString, writeToString } from 'fast-csv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CellError } from '../../src/data/cellError.js';
import { positionOf, scanRecord } from '../../src/data/csvRecord.js';
import { formatCsvRow } from '../../src/data/formatCsvRow.js';
import { readCsv } from '../../src/node/csv.js';
import { type CsvRecord, CsvRecords } from '../../src/node/csvRecords.js';
import { writeCsv } from '../../src/node/csvWriter.js';

const directory = mkdtempSync(join(tmpdir(), 'coppice-'));
const path = join(directory, 'fuzz.csv');
test.after(() => rmSync(directory, { recursive: true }));

const nasty = fc.constantFrom(
  '',
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '\t',
  '\uFEFF',
  '\u2028',
  'é',
  '🌲',
  'a',
);
const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.array(nasty, { maxLength: 6 }).map((parts) => parts.join('')),
);
const rows = fc
  .integer({ min: 1, max: 5 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
  );

async function readAll(file: string): Promise<CsvRecord[]> {
  const all: CsvRecord[] = [];
  await readCsv(file, (records) => void all.push(...records));
  return all;
}

/** The records of a text that comes in pieces of `size` characters. */
async function inPieces(text: string, size: number): Promise<CsvRecord[]> {
  const reader = new CsvRecords();
  const all: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += size) {
    all.push(...(await reader.read(text.slice(at, at + size))));
  }
  return all.concat(await reader.end());
}

test('what is written is read, cell for cell and line for line', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (rows, packed) => {
      await writeCsv(path, async (writer) => {
        await writer.write(rows.slice(0, 1));
        await writer.write(rows.slice(1));
      });
      if (packed) writeFileSync(path, gzipSync(readFileSync(path)));
      const records = await readAll(path);
      assert.equal(
        records.map(({ cells }) => cells),
        rows,
      );
      let line = 1;
      for (const [index, row] of rows.entries()) {
        assert.is(records[index]!.line, line);
        line += formatCsvRow(row).split(/\r\n|\n|\r/).length - 1;
      }
    }),
    { numRuns: 200 },
  );
});

test('the size of the pieces does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (rows, size) => {
      const text = rows.map(formatCsvRow).join('');
      assert.equal(await inPieces(text, size), await inPieces(text, 1 << 20));
    }),
    { numRuns: 200 },
  );
});

test('splitting text without quotes gives what fast-csv gives', async () => {
  const plain = fc.array(fc.constantFrom('a', '1', ',', '\n', '\r\n', ' ', '', 'é', '-', '.'), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(plain, fc.integer({ min: 1, max: 30 }), async (parts, size) => {
      const text = parts.join('');
      const expected = await new Promise<string[][]>((resolve, reject) => {
        const found: string[][] = [];
        parseString<string[], string[]>(text, { headers: false })
          .on('error', reject)
          .on('data', (row: string[]) => void (row.length > 0 && found.push(row)))
          .on('end', () => resolve(found));
      });
      const records = await inPieces(text, size);
      assert.equal(
        records.map(({ cells }) => cells),
        expected,
        JSON.stringify(text),
      );
    }),
    { numRuns: 500 },
  );
});

test('the writer writes what fast-csv writes, where no blank stands at an edge', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (rows) => {
      fc.pre(rows.every((row) => row.join('') !== '' && row.every((text) => text.trim() === text)));
      // fast-csv quotes a bar needlessly: it stands in the character class of its pattern
      fc.pre(!/\|/.test(rows.flat().join('')));
      const text = rows.map(formatCsvRow).join('');
      assert.is(text, await writeToString(rows, { includeEndRowDelimiter: true }));
    }),
    { numRuns: 300 },
  );
});

test('a bad cell is found at its character', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(), async (rows, pick) => {
      const texts = rows.map(formatCsvRow);
      writeFileSync(path, texts.join(''));
      const rowIndex = pick % rows.length;
      const cellIndex = pick % rows[0]!.length;
      // the place by the writer: what stands before the cell
      const before = rows[rowIndex]!.slice(0, cellIndex).concat('x');
      const ahead = texts.slice(0, rowIndex).join('') + formatCsvRow(before).slice(0, -2);
      const expected = positionOf(ahead, ahead.length, 1);
      let at = 0;
      const thrown = await readCsv(path, (records) => {
        for (const { line } of records) {
          if (at++ === rowIndex) throw new CellError('bad', path, line, cellIndex);
        }
      }).catch((error) => error);
      assert.equal(thrown.location, { file: path, ...expected });
    }),
    { numRuns: 200 },
  );
});

test('scanning a record finds as many cells as reading it', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (rows) => {
      const text = rows.map(formatCsvRow).join('');
      let at = 0;
      for (const row of rows) {
        const scan = scanRecord(text, at);
        assert.is(scan.cellOffsets.length, row.length);
        assert.is(scan.fault, undefined);
        at = scan.end;
      }
      assert.is(at, text.length);
    }),
  );
});

test('any text is read or refused with a place', async () => {
  const text = fc.array(nasty, { maxLength: 30 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, async (text) => {
      writeFileSync(path, text);
      try {
        await readAll(path);
      } catch (error) {
        const { code, location } = error as { code: string; location: { column: number } };
        assert.is(code, 'data', String(error));
        assert.ok(location.column >= 1, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test('a file that is not finished does not appear', async () => {
  const target = join(directory, 'whole.csv');
  await writeCsv(target, (writer) => writer.write([['a'], ['1']]));
  const failing = writeCsv(target, async (writer) => {
    await writer.write([['b']]);
    throw new Error('stop');
  });
  await failing.then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'stop'),
  );
  assert.is(readFileSync(target, 'utf8'), 'a\n1\n');
  assert.equal(
    readdirSync(directory).filter((name) => name.endsWith('.part')),
    [],
  );
  const nowhere = writeCsv(join(directory, 'no', 'such', 'file.csv'), async (writer) => {
    for (let i = 0; i < 100; i++) await writer.write([['x'.repeat(10_000)]]);
  });
  await nowhere.then(
    () => assert.unreachable(),
    (error) => assert.is(error.code, 'ENOENT'),
  );
});

test.run();
