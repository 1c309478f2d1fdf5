import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../src/core/errors.js';
import type { Column } from '../../src/core/table.js';
import type { TableOptions } from '../../src/data/tableBuilder.js';
import { readCsv } from '../../src/node/csv.js';
import { type FileTable, readTable } from '../../src/node/readTable.js';

const directory = mkdtempSync(join(tmpdir(), 'coppice-'));
const path = join(directory, 'data.csv');
test.after(() => rmSync(directory, { recursive: true }));

function read(content: string | Uint8Array, options?: Partial<TableOptions>): Promise<FileTable> {
  writeFileSync(path, content);
  return readTable(path, options);
}

async function failure(
  content: string | Uint8Array,
  options?: Partial<TableOptions>,
): Promise<DataError> {
  try {
    await read(content, options);
  } catch (error) {
    assert.instance(error, DataError);
    return error as DataError;
  }
  throw new Error('no error');
}

/** Checks what an error says and where, as `line:column`. */
async function fails(
  content: string | Uint8Array,
  place: string,
  message: RegExp,
  options?: Partial<TableOptions>,
): Promise<void> {
  const error = await failure(content, options);
  const { file, line, column } = error.location!;
  assert.is(file, path);
  assert.is([line, column].filter((part) => part !== undefined).join(':'), place, error.message);
  assert.match(error.message, message);
  assert.ok(error.message.startsWith(place === '' ? `${path}: ` : `${path}:${place}: `));
}

function cells(column: Column): (string | number | null)[] {
  if (column.kind === 'number') return [...column.values];
  return Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!));
}

test('a table, its types, its digest', async () => {
  const text = 'age,city\n31,"Oslo, N"\n,"say ""hi"""\n';
  const { table, header, inference, sha256, byteCount } = await read(text);
  assert.equal(header, ['age', 'city']);
  assert.equal(table.columns.map(cells), [
    [31, NaN],
    ['Oslo, N', 'say "hi"'],
  ]);
  assert.equal(
    inference.map(({ type }) => type),
    ['number', 'category'],
  );
  assert.is(sha256, createHash('sha256').update(text).digest('hex'));
  assert.is(byteCount, Buffer.byteLength(text));
});

test('gzip is told by its bytes, and the digest is of the compressed file', async () => {
  const packed = gzipSync('a,b\n1,x\n');
  const { table, sha256, byteCount } = await read(packed);
  assert.equal(table.columns.map(cells), [[1], ['x']]);
  assert.is(sha256, createHash('sha256').update(packed).digest('hex'));
  assert.is(byteCount, packed.length);
});

test('line ends, byte order mark, empty lines, no line end at the end', async () => {
  const expected = [
    [1, 2],
    ['x', 'y'],
  ];
  for (const text of [
    'a,b\n1,x\n2,y\n',
    'a,b\n1,x\n2,y',
    'a,b\r\n1,x\r\n2,y\r\n',
    'a,b\r1,x\r2,y\r',
    'a,b\r1,x\n2,y\r\n',
    '\uFEFFa,b\n1,x\n2,y\n',
    '\uFEFF"a","b"\r\n"1","x"\r\n"2",y',
    '\n\na,b\n\n1,x\n\r\n2,y\n\n\n',
    '"a",b\n\n1,x\n\r\n2,y\n\n\n',
  ]) {
    const { table } = await read(text);
    assert.equal(table.columns.map(cells), expected, JSON.stringify(text));
  }
});

test('cells of all kinds', async () => {
  const { table, header } = await read('a b,"c,d",é\n x ,"1\n2",🌲\n,"""",z\n"","\r\n", \n');
  assert.equal(header, ['a b', 'c,d', 'é']);
  assert.equal(table.columns.map(cells), [
    [' x ', null, null],
    ['1\n2', '"', '\r\n'],
    ['🌲', 'z', ' '],
  ]);
});

test('ragged rows', async () => {
  await fails('a,b\n1,2\n3\n', '3:1', /expected 2 cells, as the header has, got 1/);
  await fails('a,b\n1,2\n3,4,5\n', '3:5', /expected 2 cells, as the header has, got 3/);
  await fails('a,b\n1,2\n"3",4,5,6\n', '3:7', /got 4/);
  await fails('a,b,c\n1,2,3\n1,22\n', '3:3', /expected 3 cells.*got 2/);
  await fails('a,b\n1,"x\ny",3\n', '3:4', /got 3/);
});

test('bad headers', async () => {
  await fails('a,,c\n1,2,3\n', '1:3', /column 2 expected a name, got ""/);
  await fails('a,b,\n1,2,3\n', '1:5', /column 3 expected a name/);
  await fails(
    '\uFEFFage,b,age\n1,2,3\n',
    '1:7',
    /distinct column names, got "age" for column 1 and 3/,
  );
  await fails('"a","b\nc",a\n1,2,3\n', '2:4', /distinct column names/);
});

test('text in a number column, at its character', async () => {
  const types = { types: { n: 'number' } } as const;
  await fails('s,n\nx,1\ny,two\n', '3:3', /column "n" expected a number, got "two"/, types);
  await fails('s,n\r\nx,1\r\ny,two\r\n', '3:3', /got "two"/, types);
  await fails('s,n\rx,1\ry,two\r', '3:3', /got "two"/, types);
  await fails('s,n\n"a ""quoted"" one",two\n', '2:20', /got "two"/, types);
  await fails('s,n\n"two\r\nlines","0x10"\n', '3:8', /got "0x10"/, types);
  await fails('s,n\n🌲é,two\n', '2:4', /got "two"/, types);
  await fails('\n\ns,n\n\n\nx,two\n', '6:3', /got "two"/, types);
  await fails('"s",n\n\n\nx,two\n', '4:3', /got "two"/, types);
  await fails('s,n\nx, ?\n', '2:3', /got " \?"/, types);
  await fails('s,n\nx,  "?"\n', '2:5', /got "\?"/, types);
});

test('targets', async () => {
  const target = { target: 'y' };
  await fails(
    'x,y\n1,a\n2,\n',
    '3:3',
    /target "y" expected a class, got "", which is missing/,
    target,
  );
  await fails('x,y\n1,a\n"2",""\n', '3:5', /which is missing/, target);
  await fails('x,y\n1,a\n2,a\n', '', /at least two classes, got "a" in all 2 rows/, target);
});

test('nothing there', async () => {
  await fails('', '', /expected a header, got an empty file/);
  await fails('\n\n', '', /expected a header, got an empty file/);
  await fails(gzipSync(''), '', /expected a header, got an empty file/);
  await fails('a,b\n', '', /expected rows below the header, got none/);
  await fails('a,b\n\n', '', /got none/);
});

test('quotes', async () => {
  await fails('a,b\n1,"x\n2,y\n', '2:3', /this quote is never closed/);
  await fails('"a",b\n1,2\n\n3,x\n"4","y\n5,6', '5:5', /never closed/);
  await fails('a,b\n1,"x"y\n2,y\n', '2:6', /comma or a line end after the closing quote, got "y"/);
  await fails('"a",b\n"1\n\n","x""y" z\n2,y\n', '4:10', /got "z"/);
  const { table } = await read('a,b\n1,5" disk\n2, x\n');
  assert.equal(cells(table.columns[1]!), ['5" disk', ' x']);
});

test('a large file of CR line ends', async () => {
  const { table } = await read(`a,b\r${'1,x\r'.repeat(400_000)}`);
  assert.is(table.rowCount, 400_000);
});

test('an open quote at the start of a large file is found soon', async () => {
  const rows = '1,2\n'.repeat(1_000_000);
  await fails(`a,b\n"1,2\n${rows}`, '2:1', /never closed/);
  await fails(
    `a,b\n1,2\n3,${'x'.repeat(2_000_000)}"\n`,
    '3',
    /records of at most 1048576 characters/,
  );
});

test('not UTF-8', async () => {
  const bytes = (...parts: (string | number)[]): Buffer =>
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))),
    );
  await fails(bytes('a,b\n1,caf', 0xe9, '\n'), '2:6', /expected UTF-8, got the byte 0xe9/);
  await fails(bytes('a,b\r\n1,x\r\n🌲é,', 0xff, '\n'), '3:4', /expected UTF-8, got the byte 0xff/);
  await fails(bytes('\uFEFFa,b\r1,', 0xff), '2:3', /0xff/);
  await fails(bytes(0xef, 0xbb, 0xbf, 0xfe, 'a\n'), '1:1', /0xfe/);
  await fails(bytes('a,b\n1,x', 0xc3), '2:4', /half a character at the end/);
  await fails(Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), '1:1', /expected UTF-8, got UTF-16/);
  await fails(bytes('a,b\n', '1,2\n'.repeat(200_000), 0x80), '200002:1', /0x80/);
});

test('a bad cell before bytes that are no text', async () => {
  const rows = '1,x\n'.repeat(150_000);
  const content = Buffer.concat([Buffer.from(`n,s\n1,x\ntwo,x\n${rows}`), Buffer.of(0xff)]);
  await fails(content, '3:1', /got "two"/, { types: { n: 'number' } });
});

test('what cannot be read', async () => {
  const nowhere = join(directory, 'nowhere.csv');
  await assertRejects(readTable(nowhere), `${nowhere}: no such file`);
  await assertRejects(readTable(directory), `${directory}: cannot be read: EISDIR`);
  const whole = gzipSync(`a\n${'1\n'.repeat(1000)}`);
  await fails(whole.subarray(0, whole.length - 10), '', /expected a whole gzip file/);
  const broken = Uint8Array.from(whole);
  broken[12]! ^= 0xff;
  await fails(broken, '', /expected a whole gzip file/);
});

async function assertRejects(promise: Promise<unknown>, start: string): Promise<void> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, DataError);
    assert.ok((error as Error).message.startsWith(start), (error as Error).message);
    return;
  }
  throw new Error('no error');
}

test('an error of the caller comes out as it is', async () => {
  writeFileSync(path, 'a\n1\n');
  const own = new Error('mine');
  try {
    await readCsv(path, () => {
      throw own;
    });
    assert.unreachable();
  } catch (error) {
    assert.is(error, own);
  }
});

test.run();
