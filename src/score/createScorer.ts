import { ConfigError, ShapeError } from '../core/errors.js';
import { greatestClass } from '../model/multiclass.js';
import { type QuantizedModel, quantizedOutputCount } from '../model/quantized.js';
import type { BinnedRows, Engine, FeatureSource } from './engine.js';
import type { RecordOptions } from './fieldValues.js';
import type { Extra } from './needsExtra.js';
import { createRowReader } from './rowReader.js';
import type { ContributionsInto, Rows, Scorer } from './scorer.js';

/** What a scorer does with the features of some rows, and how many numbers come out of each. */
interface Step<T> {
  into(source: FeatureSource | BinnedRows, rowCount: number, out: T): void;
  width: number;
  ArrayType: new (length: number) => T;
}

/** Puts names, checks and labels around an engine. @throws {ConfigError} on a wrong record option. */
export function createScorer(
  model: QuantizedModel,
  engine: Engine,
  recordOptions: Partial<RecordOptions>,
  extra: Extra | undefined,
  contributionsInto: ContributionsInto | undefined,
): Scorer {
  const { task, schema, features, rules } = model;
  const { classes } = schema.target;
  const threshold = model.task === 'binary' ? model.threshold : undefined;
  const featureCount = features.length;
  const outputCount = quantizedOutputCount(model.predictor);
  const reader = createRowReader(model, recordOptions, extra);
  const onePrediction = new Float32Array(1);

  const predicting: Step<Float32Array> = {
    into: engine.predictionsInto,
    width: outputCount,
    ArrayType: Float32Array,
  };
  const summing: Step<Float32Array> = { ...predicting, into: engine.marginsInto };

  /** Takes the first `wanted` rows, or all, into `given`, or an array that is made for them. */
  function run<T extends Float32Array | Float64Array>(
    { into, width, ArrayType }: Step<T>,
    rows: Rows,
    wanted?: number,
    given?: T,
  ): T {
    const one = reader.readOne(rows);
    const open = one ? undefined : reader.open(rows);
    const available = open ? open.rowCount : 1;
    const rowCount = wanted ?? available;
    if (!(Number.isInteger(rowCount) && rowCount >= 0 && rowCount <= available)) {
      throw new ShapeError(
        `expected 0 to ${Math.floor(available)} whole rows of ${featureCount} features, got ${rowCount}`,
      );
    }
    if (given) checkRoom(given, rowCount * width);
    const out = given ?? new ArrayType(rowCount * width);
    for (let start = 0; open && start < rowCount; start += open.blockRows) {
      const count = Math.min(open.blockRows, rowCount - start);
      into(open.encode(start, count), count, start ? (out.subarray(start * width) as T) : out);
    }
    if (one && rowCount > 0) {
      if (into === predicting.into) rowInto(one, out as Float32Array);
      else into(one, 1, out);
    }
    return out;
  }

  function rowInto(values: ArrayLike<number>, out: Float32Array): void {
    if (values.length !== featureCount) {
      throw new ShapeError(`expected a row of ${featureCount} features, got ${values.length}`);
    }
    engine.rowPredictionInto(values, out);
  }

  /** Rows of predictions, `expected` if it is given, that have classes. */
  function countPredictions(predictions: ArrayLike<number>, expected?: number): number {
    if (task === 'regression') throw new ConfigError('a regression has no classes to label with');
    const rowCount = predictions.length / outputCount;
    if (Number.isInteger(rowCount) && (expected ?? rowCount) === rowCount) return rowCount;
    throw new ShapeError(
      `expected ${outputCount} probabilities a row, got ${predictions.length} for ${expected ?? 'several'}`,
    );
  }

  function classAt(predictions: ArrayLike<number>, row: number): number {
    return threshold
      ? Number(predictions[row]! >= threshold.value)
      : greatestClass(predictions, row * outputCount, outputCount);
  }

  return {
    task,
    outputCount,
    schema,
    features,
    threshold,
    rules,
    kernel: engine.kernel,
    predict: (rows) => run(predicting, rows),
    predictInto(rows, rowCount, out) {
      run(predicting, rows, rowCount, out);
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
      checkRoom(out, outputCount);
      rowInto(values, out);
    },
    margin: (rows) => run(summing, rows),
    marginInto(rows, rowCount, out) {
      run(summing, rows, rowCount, out);
    },
    bin(rows) {
      if (!extra) throw new ConfigError('bins need loadScorer(blob, { columns: true })');
      return extra.binRows(model, reader, rows);
    },
    label(prediction) {
      const predictions = typeof prediction === 'number' ? [prediction] : prediction;
      countPredictions(predictions, 1);
      return classes[classAt(predictions, 0)]!;
    },
    labels(predictions) {
      const length = countPredictions(predictions);
      return Array.from({ length }, (_, row) => classes[classAt(predictions, row)]!);
    },
    labelsInto(predictions, out) {
      const rowCount = countPredictions(predictions);
      checkRoom(out, rowCount);
      for (let row = 0; row < rowCount; row++) out[row] = classAt(predictions, row);
    },
    contributions(rows) {
      if (contributionsInto) {
        const width = outputCount * (featureCount + 1);
        return run({ into: contributionsInto, width, ArrayType: Float64Array }, rows);
      }
      throw new ConfigError(
        'contributions need loadScorer(blob, { explainer }), which is in "coppice/explain"',
      );
    },
  };
}

function checkRoom(out: ArrayLike<number>, count: number): void {
  if (out.length >= count) return;
  throw new ShapeError(`"out" expected room for ${count} numbers, got ${out.length}`);
}
