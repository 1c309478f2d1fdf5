import { type QuantizedModel, quantizedOutputCount } from '../model/quantized.js';
import { predictRowsInto } from './predictRows.js';

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
        const at = row * outputCount;
        for (let output = 0; output < outputCount; output++) out[at + output] = margins[output]!;
      }
    },
    rowMarginsInto: (values, out) => rowInto(values, 0, out),
  };
}
