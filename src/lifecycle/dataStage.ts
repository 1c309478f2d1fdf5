import { DataError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { columnNamed, selectRows, type Table, withoutColumns } from '../core/table.js';
import { chooseTarget, encodeTarget, fingerprintTable, splitStratified } from '../data/index.js';
import { featureMatrix } from '../model/feature.js';
import type { Model } from '../model/model.js';
import type { Schema } from '../model/schema.js';
import type { TrainingMatrix } from '../train/trainingMatrix.js';
import type { ConfigSource } from './config.js';
import { buildFeatureSet, type FeatureSet } from './featureSet.js';
import type { RunEnvironment } from './progress.js';

/** Rows of one side of the split. */
export interface Sample {
  /** raw fields, without the target */
  table: Table;
  /** row-major features */
  matrix: Float32Array;
  labels: Uint8Array;
  /** indices into the data as it was read, ascending */
  rows: Uint32Array;
}

/** What stage 1 hands on. */
export interface PreparedData extends FeatureSet {
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
  source: ConfigSource;
  /** false: no test rows are held out */
  holdOut: boolean;
}

/**
 * Stage 1 after reading: target, split, features.
 * @throws {DataError} when there are too few rows of a class; {ConfigError} on a wrong target or expression.
 */
export function prepareData(input: DataStageInput, environment: RunEnvironment): PreparedData {
  const { table, targetName, source, holdOut } = input;
  const { config } = source;
  const report = (message: string): void => environment.onProgress('data', message);

  const targetColumn = columnNamed(table, targetName);
  const { target, reason } = chooseTarget(targetColumn, {
    positive: input.positive,
    task: 'binary',
  });
  const labels = Uint8Array.from(encodeTarget(targetColumn, target));
  report(`target ${targetName}: ${reason}`);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const smaller = Math.min(positives, labels.length - positives);
  if (smaller < config.training.folds) {
    throw new DataError(
      `target "${targetName}" expected at least ${config.training.folds} rows of each class (one a fold), got ${smaller}`,
    );
  }

  const inputs = withoutColumns(table, [targetName]);
  const random = createRandom(config.seed).fork('split');
  const split = holdOut
    ? splitStratified(labels, config.data.test_fraction, random)
    : { train: Uint32Array.from(labels.keys()), test: new Uint32Array(0) };

  const trainTable = holdOut ? selectRows(inputs, split.train) : inputs;
  const featureSet = buildFeatureSet(trainTable, source);
  const sample = (rows: Uint32Array, part: Table): Sample => ({
    table: part,
    matrix: featureMatrix(featureSet.fields, featureSet.features, part),
    labels: Uint8Array.from(rows, (row) => labels[row]!),
    rows,
  });
  const train = sample(split.train, trainTable);
  const test = holdOut ? sample(split.test, selectRows(inputs, split.test)) : undefined;
  report(
    `${table.rowCount} rows, ${positives} positive (${percent(positives / labels.length)}); ` +
      `${train.rows.length} to train on, ${split.test.length} held out; ${featureSet.features.length} features`,
  );
  return {
    ...featureSet,
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
    labels: Uint8Array.from(encodeTarget(targetColumn, schema.target)),
    rows: Uint32Array.from({ length: table.rowCount }, (_, row) => row),
  };
}

/** The training rows as every learner takes them. */
export function trainingMatrix({ features, train }: PreparedData): TrainingMatrix {
  return {
    matrix: train.matrix,
    rowCount: train.rows.length,
    featureCount: features.length,
    target: train.labels,
    featureNames: features.map((feature) => feature.name),
    categorical: features.flatMap((feature, index) => (feature.kind === 'category' ? [index] : [])),
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
