import { ShapeError } from '../core/errors.js';
import { type QuantizedModel, quantizedOutputCount } from '../model/quantized.js';
import { predictRowsInto } from './predictRows.js';

/**
 * Features of rows as the predictor reads them: a row-major matrix, or an array for each feature, in the order of the features.
 * Float32; NaN is missing, a category is the index of its level.
 */
export type FeatureSource = Float32Array | readonly Float32Array[];

/**
 * Cuts a column-major matrix into an array for each feature, which are views of it: what `scorer.predict` takes.
 * @param matrix - length featureCount * rowCount
 * @throws {ShapeError} when it is no whole number of columns.
 * @example
 * scorer.predict(columnMajor(matrix, rowCount));
 */
export function columnMajor(matrix: Float32Array, rowCount: number): Float32Array[] {
  const featureCount = rowCount > 0 ? matrix.length / rowCount : 0;
  if (Number.isInteger(featureCount)) {
    return Array.from({ length: featureCount }, (_, feature) =>
      matrix.subarray(feature * rowCount, (feature + 1) * rowCount),
    );
  }
  throw new ShapeError(
    `expected a column-major matrix of ${rowCount} rows, got ${matrix.length} values`,
  );
}

/** What scores feature rows. Engines of one model give the same bytes; {@link Scorer} adds names, checks and labels. */
export interface Engine {
  readonly kernel: 'simd' | 'portable' | 'javascript';
  /** Predictions of `rowCount` rows of a row-major matrix, float32, row-major, into `out`. */
  predictionsInto(matrix: Float32Array, rowCount: number, out: Float32Array): void;
  /** Margins of `rowCount` rows of a row-major matrix, rounded to float32, row-major, into `out`. */
  marginsInto(matrix: Float32Array, rowCount: number, out: Float32Array): void;
  /** The float64 margins of one row into `out`, an element an output; allocates nothing. */
  rowMarginsInto(values: ArrayLike<number>, out: Float64Array): void;
}

/** An engine that takes features a column at a time too. */
export interface ColumnEngine extends Engine {
  predictionsInto(source: FeatureSource, rowCount: number, out: Float32Array): void;
  marginsInto(source: FeatureSource, rowCount: number, out: Float32Array): void;
}

/** rows that are prepared at a time: two tiles of the kernel */
export const BLOCK_ROWS = 1024;

/** Lets an engine of row-major matrices take columns: the one place where they are transposed. */
export function acceptColumns(engine: Engine, model: QuantizedModel): ColumnEngine {
  const featureCount = model.features.length;
  const outputCount = quantizedOutputCount(model.predictor);
  let block: Float32Array | undefined;

  function run(
    into: 'predictionsInto' | 'marginsInto',
    source: FeatureSource,
    rowCount: number,
    out: Float32Array,
  ): void {
    if (source instanceof Float32Array) {
      engine[into](source, rowCount, out);
      return;
    }
    block ??= new Float32Array(BLOCK_ROWS * featureCount);
    for (let start = 0; start < rowCount; start += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rowCount - start);
      for (let feature = 0; feature < featureCount; feature++) {
        const column = source[feature]!;
        let at = feature;
        for (let row = start; row < start + count; row++, at += featureCount)
          block[at] = column[row]!;
      }
      engine[into](block, count, out.subarray(start * outputCount));
    }
  }

  return {
    ...engine,
    predictionsInto: (source, rowCount, out) => run('predictionsInto', source, rowCount, out),
    marginsInto: (source, rowCount, out) => run('marginsInto', source, rowCount, out),
  };
}

/** The float64 margin of one output for the row that begins at `offset`. */
export type MarginAt = (matrix: ArrayLike<number>, offset: number, output: number) => number;

/** An engine that has one path only, a row at a time. */
export function createRowEngine(model: QuantizedModel, marginAt: MarginAt): Engine {
  const featureCount = model.features.length;
  const outputCount = quantizedOutputCount(model.predictor);
  const margins = new Float64Array(outputCount);

  function rowInto(matrix: ArrayLike<number>, offset: number, out: Float64Array): void {
    for (let output = 0; output < outputCount; output++) {
      out[output] = marginAt(matrix, offset, output);
    }
  }

  return {
    kernel: 'javascript',
    predictionsInto(matrix, rowCount, out) {
      for (let row = 0; row < rowCount; row++) {
        rowInto(matrix, row * featureCount, margins);
        predictRowsInto(model, margins, 1, out, row * outputCount);
      }
    },
    marginsInto(matrix, rowCount, out) {
      for (let row = 0; row < rowCount; row++) {
        rowInto(matrix, row * featureCount, margins);
        out.set(margins, row * outputCount);
      }
    },
    rowMarginsInto: (values, out) => rowInto(values, 0, out),
  };
}
