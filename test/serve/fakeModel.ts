import { sigmoid } from '../../src/core/elementary.js';
import { createRandom } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import type { Rule, Schema } from '../../src/model/schema.js';
import { type BinaryReference, buildReference } from '../../src/monitor/index.js';
import type { RowRecord, Scorer } from '../../src/score/scorer.js';

export const SCHEMA: Schema = {
  fields: [
    { name: 'student_country', type: 'category' },
    { name: 'minutes_watched', type: 'number' },
    { name: 'practice_exams_started', type: 'number' },
    { name: 'practice_exams_passed', type: 'number' },
  ],
  target: { name: 'purchased', classes: ['0', '1'] },
};

export const RULES: Rule[] = [
  {
    source: 'practice_exams_passed <= practice_exams_started',
    expression: {
      op: 'lessOrEqual',
      args: [
        { op: 'field', field: 3 },
        { op: 'field', field: 2 },
      ],
    },
    field: 'practice_exams_passed',
    message: 'practice_exams_passed must not be above practice_exams_started',
  },
];

export const RECORD = {
  student_country: 'US',
  minutes_watched: 358.1,
  practice_exams_started: 2,
  practice_exams_passed: 2,
};

/** A scorer whose probability is a function of the minutes alone. */
export function fakeScorer(overrides: Partial<Scorer> = {}): Scorer {
  const probability = (minutes: number): number => Math.fround(sigmoid(minutes / 100 - 4));
  const predict = (rows: readonly RowRecord[] | Float32Array): Float32Array => {
    if (rows instanceof Float32Array) throw new Error('the service scores records');
    return Float32Array.from(rows, (row) => probability(Number(row.minutes_watched ?? 0)));
  };
  return {
    task: 'binary',
    outputCount: 1,
    schema: SCHEMA,
    features: [],
    threshold: { value: 0.5, policy: 'fixed' },
    rules: RULES,
    kernel: 'javascript',
    predict,
    predictRow: () => 0,
    predictInto: () => undefined,
    margin: predict,
    label: (p) => ((p as number) >= 0.5 ? '1' : '0'),
    labels: (p) => Array.from(p, (one) => (one >= 0.5 ? '1' : '0')),
    ...overrides,
  } as Scorer;
}

/** Rows of a thousand students, and what the fake scorer makes of them. */
export function fakeReference(): BinaryReference {
  const random = createRandom(1);
  const rowCount = 1000;
  const minutes = Float32Array.from({ length: rowCount }, () => 600 * random.uniform());
  const started = Float32Array.from({ length: rowCount }, () => random.integer(5));
  const passed = started.map((count) => Math.floor(count * random.uniform()));
  const table: Table = {
    rowCount,
    columns: [
      {
        kind: 'category',
        name: 'student_country',
        codes: Int32Array.from({ length: rowCount }, () => random.integer(3)),
        levels: ['US', 'IN', 'NA'],
      },
      { kind: 'number', name: 'minutes_watched', values: minutes },
      { kind: 'number', name: 'practice_exams_started', values: started },
      { kind: 'number', name: 'practice_exams_passed', values: passed },
    ],
  };
  const probabilities = minutes.map((m) => sigmoid(m / 100 - 4));
  const target = probabilities.map((p) => (random.uniform() < p ? 1 : 0));
  return buildReference({
    schema: SCHEMA,
    table,
    task: 'binary',
    target,
    predictions: probabilities,
    threshold: 0.5,
  });
}
