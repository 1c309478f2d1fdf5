import { type Calibrator, calibrate } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';

/** What scores feature rows. Engines of one model give the same bytes; {@link Scorer} adds names, checks and labels. */
export interface Engine {
  readonly kernel: 'simd' | 'javascript';
  /** Calibrated probabilities of `rowCount` rows of a row-major matrix, float32, into `out`. */
  probabilitiesInto(matrix: Float32Array, rowCount: number, out: Float32Array): void;
  /** Margins of `rowCount` rows of a row-major matrix, rounded to float32, into `out`. */
  marginsInto(matrix: Float32Array, rowCount: number, out: Float32Array): void;
  /** The float64 margin of one row; allocates nothing. */
  rowMargin(values: ArrayLike<number>): number;
}

/** An engine that has one path only, a row at a time: `marginAt` gives the margin of the row that begins at `offset`. */
export function createRowEngine(
  featureCount: number,
  calibrator: Calibrator,
  link: Link,
  marginAt: (matrix: ArrayLike<number>, offset: number) => number,
): Engine {
  return {
    kernel: 'javascript',
    probabilitiesInto(matrix, rowCount, out) {
      for (let row = 0; row < rowCount; row++) {
        out[row] = calibrate(calibrator, link, marginAt(matrix, row * featureCount));
      }
    },
    marginsInto(matrix, rowCount, out) {
      for (let row = 0; row < rowCount; row++) out[row] = marginAt(matrix, row * featureCount);
    },
    rowMargin: (values) => marginAt(values, 0),
  };
}
