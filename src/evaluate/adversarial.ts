import { checkInteger } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import { type Column, columnNamed, selectRows, type Table } from '../core/table.js';
import { evaluateExpression } from '../model/expression.js';
import type { Model } from '../model/model.js';
import { type CrossingProbe, decisionProbes, generalProbes, type Probe } from './probeValues.js';

export interface AdversarialOptions {
  /** rows to make, in [1, 10000000] */
  rowCount: number;
  random: Random;
}

/**
 * Rows on which two engines would differ if they could: real rows with fields replaced by what is hard for this model.
 *
 * The first half changes one field at a time: special numbers (NaN, ±Infinity, ±0, the largest and the smallest float32),
 * missing, unseen and all known levels; then the values on which the model decides (thresholds, clipping bounds, fills) with
 * their two float32 neighbours, and for derived features raw values on both sides of where they cross a threshold.
 * When the half cannot hold them all, an even sample of each group, first and last included, is taken.
 * The other half replaces each field with a random one of its probes, with probability one half.
 *
 * @param table - real rows to start from, with a column for each field of the model (IN)
 * @returns a new table of the model's fields, in schema order.
 * @throws {ShapeError} when the table is empty or lacks a field.
 */
export function adversarialTable(
  model: Model,
  table: Table,
  { rowCount, random }: AdversarialOptions,
): Table {
  checkInteger('rowCount', rowCount, 1, 10_000_000);
  if (table.rowCount === 0) throw new ShapeError('adversarial rows need at least one real row');
  const rows = Uint32Array.from({ length: rowCount }, () => random.integer(table.rowCount));
  const sampled = selectRows(table, rows);
  const columns = model.schema.fields.map(({ name }) => editable(columnNamed(sampled, name)));
  const general = generalProbes(model);
  const decisions = decisionProbes(model);

  const singleCount = Math.ceil(rowCount / 2);
  const first = evenSample(general, singleCount);
  const singles = [...first, ...evenSample(decisions, singleCount - first.length)];
  singles.forEach((probe, row) => {
    replace(columns, row, probe, random);
  });

  const probesOf = model.schema.fields.map((_, field) =>
    [...general, ...decisions].filter((probe) => probe.field === field),
  );
  for (let row = singles.length; row < rowCount; row++) {
    for (const probes of probesOf) {
      if (random.uniform() < 0.5)
        replace(columns, row, probes[random.integer(probes.length)]!, random);
    }
  }
  return { rowCount, columns };
}

/** A column whose levels can grow; its values are a copy already. */
function editable(column: Column): Column {
  return column.kind === 'category' ? { ...column, levels: [...column.levels] } : column;
}

function replace(
  columns: readonly Column[],
  row: number,
  probe: Probe | CrossingProbe,
  random: Random,
): void {
  const column = columns[probe.field]!;
  if (column.kind === 'number') {
    const value = probe.kind === 'crossing' ? crossing(columns, row, probe, random) : probe.value;
    column.values[row] = value as number;
  } else if (probe.kind === 'value') {
    column.codes[row] = probe.value === undefined ? -1 : codeOf(column.levels, String(probe.value));
  }
}

/** The code of a level, which is added when it is new. */
function codeOf(levels: string[], level: string): number {
  const code = levels.indexOf(level);
  return code >= 0 ? code : levels.push(level) - 1;
}

/**
 * A value of a field next to where the derived feature passes the threshold, by bisection over the float32 numbers
 * between two values that lie on different sides; at random the last before or the first after. When the field cannot
 * move the feature across, the row's own value.
 */
function crossing(
  columns: readonly Column[],
  row: number,
  { field, expression, threshold }: CrossingProbe,
  random: Random,
): number {
  const values = columns.map((column) => (column.kind === 'number' ? column.values[row]! : NaN));
  const own = values[field]!;
  const isAbove = (key: number): boolean => {
    values[field] = numberOfKey(key);
    return evaluateExpression(expression, values) > threshold;
  };
  const start = keyOf(own === own ? own : 0);
  const side = isAbove(start);
  const end = [1e9, -1e9, 1e4, -1e4, 1, 0].map(keyOf).find((key) => isAbove(key) !== side);
  if (end === undefined) return own;
  let near = start;
  let far = end;
  while (Math.abs(far - near) > 1) {
    const middle = Math.trunc((near + far) / 2);
    if (isAbove(middle) === side) near = middle;
    else far = middle;
  }
  return numberOfKey(random.uniform() < 0.5 ? near : far);
}

const floatView = new Float32Array(1);
const intView = new Int32Array(floatView.buffer);

/** Numbers the float32 values in ascending order, by consecutive integers; 0 for ±0. */
function keyOf(x: number): number {
  floatView[0] = x;
  return intView[0]! < 0 ? -(intView[0]! & 0x7fffffff) : intView[0]!;
}

function numberOfKey(key: number): number {
  intView[0] = Math.abs(key);
  return key < 0 ? -floatView[0]! : floatView[0]!;
}

/** At most `count` items, evenly spaced, the first and the last among them. */
function evenSample<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  const step = count > 1 ? (items.length - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => items[Math.round(i * step)]!);
}
