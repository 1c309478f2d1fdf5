import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { columnNamed, selectRows, type Table } from '../../src/core/table.js';
import { type Feature, featureMatrix } from '../../src/model/feature.js';
import type { Field } from '../../src/model/schema.js';
import { readTable } from '../../src/node/readTable.js';
import type { Part, SplitData, Task } from './splitData.js';

/** An entry of the manifest, as far as it is used. */
export interface Dataset {
  name: string;
  file: string;
  task: Task;
  target: string;
  positive_class: string | null;
  classes: string[] | null;
  numeric_columns: string[];
  categorical_columns: string[];
  /** ranking only: the column whose value is the same for all rows of a query */
  group_column: string | null;
}

/** Test scores of the reference libraries on a set, by metric. */
export interface ReferenceScores {
  lightgbm: Record<string, number>;
  sklearn_hgb: Record<string, number>;
}

/** Where the real sets are: `COPPICE_DATA`, or `../shared/data`. */
export function dataDirectory(): string {
  return process.env.COPPICE_DATA ?? join('..', 'shared', 'data');
}

/** The sets of the manifest; empty when the directory is absent. */
export function readManifest(): Dataset[] {
  const file = join(dataDirectory(), 'manifest.json');
  if (!existsSync(file)) return [];
  return JSON.parse(readFileSync(file, 'utf8')).datasets;
}

/** The scores that `reference.json` holds for each set. */
export function readReferences(): {
  versions: Record<string, string>;
  scores: Record<string, ReferenceScores>;
} {
  const { about, scores } = JSON.parse(
    readFileSync(join(dataDirectory(), 'reference.json'), 'utf8'),
  );
  return { versions: about.versions, scores };
}

/**
 * Reads a set and splits it as the references were: by a hash of the row number, for ranking of the query.
 * Categories are codes into the sorted levels of the training rows.
 * @throws {DataError} on a file that does not fit the manifest.
 */
export async function readRealData(dataset: Dataset): Promise<SplitData> {
  const { name, task, target } = dataset;
  const table = await readDataset(dataset);
  const group = dataset.group_column ? numbers(table, dataset.group_column) : undefined;
  const isTest = (row: number): boolean => hashShare(group ? group[row]! : row) < 0.25;
  const rows = Uint32Array.from({ length: table.rowCount }, (_, row) => row);
  const trainTable = selectRows(
    table,
    rows.filter((row) => !isTest(row)),
  );
  const testTable = selectRows(table, rows.filter(isTest));

  const fields = table.columns
    .filter((column) => column.name !== target && column.name !== dataset.group_column)
    .map((column): Field => ({ name: column.name, type: column.kind }));
  const features = fields.map((field, index) => featureOf(field, index, trainTable));
  const partOf = (part: Table): Part => ({
    rowCount: part.rowCount,
    matrix: featureMatrix(fields, features, part),
    target: targetOf(part, dataset),
    ...(dataset.group_column ? { group: runLengths(numbers(part, dataset.group_column)) } : {}),
  });
  return {
    name,
    task,
    classCount: task === 'binary' || task === 'multiclass' ? dataset.classes!.length : 0,
    featureCount: features.length,
    categorical: [...features.keys()].filter((index) => features[index]!.kind === 'category'),
    train: partOf(trainTable),
    test: partOf(testTable),
  };
}

/** Knuth's multiplicative hash, in [0, 1). */
function hashShare(value: number): number {
  return (Math.imul(value, 2654435761) >>> 0) / 2 ** 32;
}

async function readDataset(dataset: Dataset): Promise<Table> {
  const { target, task, numeric_columns, categorical_columns, group_column } = dataset;
  const types = Object.fromEntries<'number' | 'category'>([
    ...numeric_columns.map((column) => [column, 'number'] as const),
    ...categorical_columns.map((column) => [column, 'category'] as const),
    [target, task === 'binary' || task === 'multiclass' ? 'category' : 'number'],
    ...(group_column ? [[group_column, 'number'] as const] : []),
  ]);
  return (await readTable(join(dataDirectory(), dataset.file), { types })).table;
}

function featureOf({ name, type }: Field, field: number, train: Table): Feature {
  const column = columnNamed(train, name);
  if (type === 'number' || column.kind === 'number') return { kind: 'field', name, field };
  const seen = new Set(column.codes);
  const levels = column.levels.filter((_, code) => seen.has(code)).sort();
  return { kind: 'category', name, field, levels };
}

function targetOf(table: Table, { target, classes, positive_class, task }: Dataset): Float64Array {
  const column = columnNamed(table, target);
  if (column.kind === 'number') return Float64Array.from(column.values);
  const targetOfCode = column.levels.map((level) =>
    task === 'binary' ? Number(level === positive_class) : classes!.indexOf(level),
  );
  return Float64Array.from(column.codes, (code) => targetOfCode[code]!);
}

function numbers(table: Table, name: string): Float32Array {
  const column = columnNamed(table, name);
  if (column.kind === 'number') return column.values;
  throw new TypeError(`expected "${name}" to hold numbers`);
}

/** How often each value stands in a row. */
function runLengths(values: Float32Array): Int32Array {
  const lengths: number[] = [];
  values.forEach((value, i) => {
    if (i > 0 && value === values[i - 1]) lengths[lengths.length - 1]!++;
    else lengths.push(1);
  });
  return Int32Array.from(lengths);
}
