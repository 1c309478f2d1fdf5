import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { positionOf, scanRecord } from '../../src/data/csvRecord.js';

test('the cells of a record', () => {
  const cases: [text: string, offsets: number[], end: number][] = [
    ['', [0], 0],
    ['a', [0], 1],
    ['a,b\nc', [0, 2], 4],
    ['a,b\r\nc', [0, 2], 5],
    ['a,b\rc', [0, 2], 4],
    [',\n', [0, 1], 2],
    ['"a,b",c\n', [0, 6], 8],
    ['"a""b" , "c"\nx', [0, 9], 13],
    ['"a\nb",c', [0, 6], 7],
    ['5" x,y', [0, 5], 6],
  ];
  for (const [text, cellOffsets, end] of cases) {
    assert.equal(scanRecord(text, 0), { cellOffsets, end }, JSON.stringify(text));
  }
  assert.equal(scanRecord('a\nb,c\n', 2), { cellOffsets: [2, 4], end: 6 });
});

test('faults', () => {
  assert.equal(scanRecord('a,"b\nc', 0).fault, { kind: 'unterminated', offset: 2 });
  assert.equal(scanRecord('a,"b""', 0).fault, { kind: 'unterminated', offset: 2 });
  assert.equal(scanRecord('a,"b" c', 0).fault, { kind: 'textAfterQuote', offset: 6 });
});

test('positions count lines of any kind and code points', () => {
  assert.equal(positionOf('abc', 2, 5), { line: 5, column: 3 });
  assert.equal(positionOf('a\r\nb\rc\nde', 8, 1), { line: 4, column: 2 });
  assert.equal(positionOf('🌲🌲x', 4, 1), { line: 1, column: 3 });
});

test.run();
