import { ConfigError, ShapeError } from '../core/errors.js';
import { greatestClass } from '../model/multiclass.js';
import { type QuantizedModel, quantizedOutputCount } from '../model/quantized.js';
import { createRecordEncoder, type RecordOptions } from './encodeRecords.js';
import type { Engine } from './engine.js';
import { predictRowsInto } from './predictRows.js';
import type { RowRecord, Scorer } from './scorer.js';

/** Puts names, checks and labels around an engine. @throws {ConfigError} on a wrong record option. */
export function createScorer(
  model: QuantizedModel,
  engine: Engine,
  recordOptions: Partial<RecordOptions>,
): Scorer {
  const { task, schema, features, rules } = model;
  const { classes } = schema.target;
  const threshold = model.task === 'binary' ? model.threshold : undefined;
  const featureCount = features.length;
  const outputCount = quantizedOutputCount(model.predictor);
  const encoder = createRecordEncoder(schema.fields, features, recordOptions);
  const oneRow = new Float32Array(featureCount);
  const rowMargins = new Float64Array(outputCount);
  const onePrediction = new Float32Array(1);

  /** The feature matrix of either kind of rows, and how many there are. */
  function toMatrix(rows: readonly RowRecord[] | Float32Array): [Float32Array, number] {
    if (rows instanceof Float32Array) {
      const rowCount = featureCount === 0 ? 0 : rows.length / featureCount;
      if (Number.isInteger(rowCount)) return [rows, rowCount];
      throw new ShapeError(
        `a matrix of ${rows.length} values is no whole number of rows of ${featureCount} features`,
      );
    }
    if (!Array.isArray(rows)) {
      throw new ShapeError('expected an array of records or a row-major Float32Array');
    }
    const matrix = new Float32Array(rows.length * featureCount);
    rows.forEach((record, row) => {
      encoder.encodeInto(record, row, matrix, row * featureCount);
    });
    return [matrix, rows.length];
  }

  function rowInto(values: ArrayLike<number>, out: Float32Array): void {
    if (values.length !== featureCount) {
      throw new ShapeError(
        `a row of ${values.length} values, the model has ${featureCount} features`,
      );
    }
    engine.rowMarginsInto(values, rowMargins);
    predictRowsInto(model, rowMargins, 1, out, 0);
  }

  function checkRoom(out: Float32Array, rowCount: number): void {
    if (out.length >= rowCount * outputCount) return;
    throw new ShapeError(
      `"out" has room for ${out.length} of ${rowCount * outputCount} predicted numbers`,
    );
  }

  function labelAt(predictions: ArrayLike<number>, row: number): string {
    const chosen = threshold
      ? Number(predictions[row]! >= threshold.value)
      : greatestClass(predictions, row * outputCount, outputCount);
    return classes[chosen]!;
  }

  /** The labels of as many rows as there are, or of `expected`. */
  function labelsOf(predictions: ArrayLike<number>, expected?: number): string[] {
    if (task === 'regression') throw new ConfigError('a regression has no classes to label with');
    const rowCount = predictions.length / outputCount;
    if (Number.isInteger(rowCount) && (expected === undefined || rowCount === expected)) {
      return Array.from({ length: rowCount }, (_, row) => labelAt(predictions, row));
    }
    throw new ShapeError(
      `expected ${outputCount} probabilities a row, got ${predictions.length} for ${expected ?? 'several'}`,
    );
  }

  return {
    task,
    outputCount,
    schema,
    features,
    threshold,
    rules,
    kernel: engine.kernel,
    predict(rows) {
      if (Array.isArray(rows) && rows.length === 1) {
        const out = new Float32Array(outputCount);
        encoder.encodeInto(rows[0] as RowRecord, 0, oneRow, 0);
        rowInto(oneRow, out);
        return out;
      }
      const [matrix, rowCount] = toMatrix(rows);
      const out = new Float32Array(rowCount * outputCount);
      engine.predictionsInto(matrix, rowCount, out);
      return out;
    },
    predictRow(values) {
      if (outputCount > 1) {
        throw new ShapeError(
          `this model predicts ${outputCount} probabilities a row, use predictRowInto`,
        );
      }
      rowInto(values, onePrediction);
      return onePrediction[0]!;
    },
    predictRowInto(values, out) {
      checkRoom(out, 1);
      rowInto(values, out);
    },
    predictInto(matrix, rowCount, out) {
      if (!Number.isInteger(rowCount) || rowCount < 0) {
        throw new ShapeError(`"rowCount" expected an integer from 0, got ${rowCount}`);
      }
      if (matrix.length < rowCount * featureCount) {
        throw new ShapeError(
          `a matrix of ${matrix.length} values, ${rowCount} rows of ${featureCount} features need ${rowCount * featureCount}`,
        );
      }
      checkRoom(out, rowCount);
      engine.predictionsInto(matrix, rowCount, out);
    },
    margin(rows) {
      const [matrix, rowCount] = toMatrix(rows);
      const out = new Float32Array(rowCount * outputCount);
      engine.marginsInto(matrix, rowCount, out);
      return out;
    },
    label: (prediction) =>
      labelsOf(typeof prediction === 'number' ? [prediction] : prediction, 1)[0]!,
    labels: (predictions) => labelsOf(predictions),
  };
}
