import { createRandom } from '../core/random.js';
import { columnNamed, selectRows, type Table, withoutColumns } from '../core/table.js';
import {
  chooseTarget,
  encodeTarget,
  fingerprintTable,
  type Split,
  splitLast,
  splitRandom,
  splitStratified,
} from '../data/index.js';
import { featureMatrix } from '../model/feature.js';
import type { Model, Task } from '../model/model.js';
import type { Schema } from '../model/schema.js';
import type { TrainingMatrix } from '../train/trainingMatrix.js';
import { checkTargetRows } from './checkTargetRows.js';
import type { ConfigSource } from './config.js';
import { buildFeatureSet, type FeatureSet } from './featureSet.js';
import type { RunEnvironment } from './progress.js';

/** Rows of one side of the split. */
export interface Sample {
  /** raw fields, without the target */
  table: Table;
  /** row-major features */
  matrix: Float32Array;
  /** 0 and 1 (binary), class codes in the order of the schema (multiclass) or numbers (regression) */
  target: Float64Array;
  /** indices into the data as it was read, ascending */
  rows: Uint32Array;
}

/** What stage 1 hands on. */
export interface PreparedData extends FeatureSet {
  task: Task;
  schema: Schema;
  train: Sample;
  /** absent when every row is trained on */
  test: Sample | undefined;
  /** for the lineage: rows, columns and how many of what */
  fingerprint: unknown;
}

export interface DataStageInput {
  table: Table;
  targetName: string;
  positive: string | undefined;
  /** chosen by the values of the target when undefined (docs/data.md) */
  task: Task | undefined;
  source: ConfigSource;
  /** false: no test rows are held out */
  holdOut: boolean;
}

/**
 * Stage 1 after reading: target, split, features. Held out are classes by their share and numbers as they come, or the last rows.
 * @throws {DataError} when there are too few rows; {ConfigError} on a wrong target, task or expression.
 */
export function prepareData(input: DataStageInput, environment: RunEnvironment): PreparedData {
  const { table, targetName, source, holdOut } = input;
  const { config } = source;
  const report = (message: string): void => environment.onProgress('data', message);

  const targetColumn = columnNamed(table, targetName);
  const { task, target, reason } = chooseTarget(targetColumn, {
    positive: input.positive,
    task: input.task,
  });
  const values = encodeTarget(targetColumn, target);
  report(`target ${targetName}: ${task}, ${reason}`);

  const inputs = withoutColumns(table, [targetName]);
  const random = createRandom(config.seed).fork('split');
  const fraction = config.data.test_fraction;
  const split: Split = !holdOut
    ? { train: Uint32Array.from(values.keys()), test: new Uint32Array(0) }
    : config.data.hold_out === 'last'
      ? splitLast(values.length, fraction)
      : task === 'regression'
        ? splitRandom(values.length, fraction, random)
        : splitStratified(values, fraction, random);

  const trainTable = holdOut ? selectRows(inputs, split.train) : inputs;
  const sampleOf = (rows: Uint32Array, part: Table, { fields, features }: FeatureSet): Sample => ({
    table: part,
    matrix: featureMatrix(fields, features, part),
    target: Float64Array.from(rows, (row) => values[row]!),
    rows,
  });
  const trained = Float64Array.from(split.train, (row) => values[row]!);
  const { folds } = config.training;
  checkTargetRows(task, target, { values, trained, folds, report });

  const featureSet = buildFeatureSet(trainTable, source);
  const train = sampleOf(split.train, trainTable, featureSet);
  const test = holdOut
    ? sampleOf(split.test, selectRows(inputs, split.test), featureSet)
    : undefined;
  report(
    `${table.rowCount} rows${describeTarget(task, values)}; ` +
      `${train.rows.length} to train on, ${split.test.length} held out; ${featureSet.features.length} features`,
  );
  return {
    ...featureSet,
    task,
    schema: { fields: featureSet.fields, target },
    train,
    test,
    fingerprint: fingerprintTable(table),
  };
}

/**
 * Labelled rows in a trained model's terms: for evaluating, benchmarking and checking it on other data.
 * @param table - holds the model's fields and its target.
 * @throws {ShapeError | DataError} when a field is missing or the target holds other classes.
 */
export function sampleTable({ schema, features }: Model, table: Table): Sample {
  const targetColumn = columnNamed(table, schema.target.name);
  return {
    table,
    matrix: featureMatrix(schema.fields, features, table),
    target: encodeTarget(targetColumn, schema.target),
    rows: Uint32Array.from({ length: table.rowCount }, (_, row) => row),
  };
}

/** The training rows as every learner takes them. */
export function trainingMatrix({ features, train }: PreparedData): TrainingMatrix {
  return {
    matrix: train.matrix,
    rowCount: train.rows.length,
    featureCount: features.length,
    target: train.target,
    featureNames: features.map((feature) => feature.name),
    categorical: features.flatMap((feature, index) => (feature.kind === 'category' ? [index] : [])),
  };
}

function describeTarget(task: Task, values: Float64Array): string {
  if (task === 'multiclass') return '';
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (task === 'binary') {
    return `, ${Math.round(mean * values.length)} positive (${(100 * mean).toFixed(1)} %)`;
  }
  const [least, greatest] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  return `, from ${least} to ${greatest}, mean ${Number(mean.toPrecision(6))}`;
}
