import { createRandom } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';

/** Three classes that two numbers and a category tell apart with some overlap, as many rows of each as are asked for. */
export function flowersTable(rowsOfClass: readonly [number, number, number], seed = 1): Table {
  const random = createRandom(seed);
  const classes = rowsOfClass.flatMap((count, code) => new Array<number>(count).fill(code));
  random.shuffle(classes);
  const length = classes.length;
  return {
    rowCount: length,
    columns: [
      {
        kind: 'number',
        name: 'petal',
        values: Float32Array.from(classes, (code) => 2 * code + random.normal()),
      },
      {
        kind: 'number',
        name: 'sepal',
        values: Float32Array.from(classes, (code) => (code === 1 ? 2 : 0) + random.normal()),
      },
      {
        kind: 'category',
        name: 'place',
        codes: Int32Array.from(classes, () => random.integer(4) - 1),
        levels: ['alp', 'coast', 'moor'],
      },
      {
        kind: 'category',
        name: 'species',
        codes: Int32Array.from(classes),
        levels: ['iris', 'lily', 'rose'],
      },
    ],
  };
}

/** Houses: a price far from 0 that grows with rooms and falls with the distance, and how many bids came (a count). */
export function housesTable(rowCount: number, seed = 1): Table {
  const random = createRandom(seed);
  const rooms = Float32Array.from({ length: rowCount }, () => 1 + random.integer(8));
  const distance = Float32Array.from({ length: rowCount }, () => 30 * random.uniform());
  const area = Int32Array.from({ length: rowCount }, () => random.integer(3));
  const price = rooms.map(
    (count, row) =>
      100_000 + 30_000 * count - 2000 * distance[row]! + 5000 * area[row]! + 9000 * random.normal(),
  );
  const bids = rooms.map((count, row) => {
    const mean = count / (1 + distance[row]! / 10);
    let total = 0;
    // a count by small chances
    for (let i = 0; i < 40; i++) if (random.uniform() < mean / 40) total++;
    return total;
  });
  return {
    rowCount,
    columns: [
      { kind: 'number', name: 'rooms', values: rooms },
      { kind: 'number', name: 'distance', values: distance },
      { kind: 'category', name: 'area', codes: area, levels: ['east', 'north', 'west'] },
      { kind: 'number', name: 'price', values: price },
      { kind: 'number', name: 'bids', values: bids },
    ],
  };
}

/** The table as CSV text. */
export function csvOf({ rowCount, columns }: Table): string {
  const lines = [columns.map(({ name }) => name).join(',')];
  for (let row = 0; row < rowCount; row++) {
    const cells = columns.map((column) =>
      column.kind === 'number'
        ? String(column.values[row])
        : (column.levels[column.codes[row]!] ?? ''),
    );
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}
