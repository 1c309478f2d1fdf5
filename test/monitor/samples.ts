import { createRandom, type Random } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import type { Schema } from '../../src/model/schema.js';
import { type BinaryReference, buildReference } from '../../src/monitor/index.js';

/** Columns that are hard on a monitor: heavy tails, half zeros, a rare flag, missing values, a long tail of levels. */
export const SCHEMA: Schema = {
  fields: [
    { name: 'amount', type: 'number' },
    { name: 'score', type: 'number' },
    { name: 'visits', type: 'number' },
    { name: 'flag', type: 'number' },
    { name: 'age', type: 'number' },
    { name: 'country', type: 'category' },
    { name: 'plan', type: 'category' },
  ],
  target: { name: 'bought', classes: ['no', 'yes'] },
};

const PLANS = ['free', 'basic', 'pro'];

export interface Sample {
  table: Table;
  probabilities: Float32Array;
}

/** Changes to the numeric columns of a drawn row, by name. */
export type Change = Readonly<Record<string, (x: number, random: Random) => number>>;

export function drawSample(random: Random, rowCount: number, change: Change = {}): Sample {
  const numbers: Record<string, (r: Random) => number> = {
    amount: (r) => Math.exp(1.5 * r.normal()),
    score: (r) => r.normal(),
    visits: (r) => (r.uniform() < 0.5 ? 0 : Math.floor(-8 * Math.log(1 - r.uniform()))),
    flag: (r) => (r.uniform() < 0.01 ? 1 : 0),
    age: (r) => (r.uniform() < 0.03 ? NaN : 18 + Math.floor(60 * r.uniform())),
  };
  const columns: Table['columns'] = Object.entries(numbers).map(([name, draw]) => ({
    kind: 'number',
    name,
    values: Float32Array.from({ length: rowCount }, () => {
      const x = draw(random);
      return change[name] ? change[name](x, random) : x;
    }),
  }));
  const levels = Array.from({ length: 3000 }, (_, i) => `c${i}`);
  columns.push({
    kind: 'category',
    name: 'country',
    // a Zipf-like tail, of which training sees only a part
    codes: Int32Array.from({ length: rowCount }, () => Math.floor(3000 ** random.uniform() - 1)),
    levels,
  });
  columns.push({
    kind: 'category',
    name: 'plan',
    codes: Int32Array.from({ length: rowCount }, () =>
      random.uniform() < 0.02 ? -1 : random.integer(3),
    ),
    levels: PLANS,
  });
  const probabilities = Float32Array.from({ length: rowCount }, () => random.uniform() ** 6);
  return { table: { rowCount, columns }, probabilities };
}

export function drawReference(rowCount = 10_000, seed = 1): BinaryReference {
  const random = createRandom(seed);
  const { table, probabilities } = drawSample(random, rowCount);
  const target = Uint8Array.from(probabilities, (p) => (random.uniform() < p ? 1 : 0));
  const task = 'binary';
  return buildReference({
    schema: SCHEMA,
    table,
    task,
    target,
    predictions: probabilities,
    threshold: 0.5,
  });
}
