import { createRandom } from '../../src/core/random.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';

/** Features of {@link syntheticMatrix}, by column. */
export const SYNTHETIC_FEATURES = 8;

/**
 * A binary problem with everything that is awkward: normal and heavy-tailed numbers, few distinct values, missing values that
 * mean something, infinities, both zeros, a constant, and two categorical features (3 and 40 levels, rare ones, missing, unseen).
 */
export function syntheticMatrix(rowCount: number, seed: number): TrainingMatrix {
  const random = createRandom(seed);
  const matrix = new Float32Array(rowCount * SYNTHETIC_FEATURES);
  const target = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const x = matrix.subarray(row * SYNTHETIC_FEATURES, (row + 1) * SYNTHETIC_FEATURES);
    x[0] = random.normal();
    x[1] = Math.exp(3 * random.normal());
    x[2] = random.integer(5) - 2;
    x[3] = random.uniform() < 0.3 ? NaN : random.normal();
    x[4] = [Infinity, -Infinity, 0, -0, random.normal()][random.integer(5)]!;
    x[5] = 7;
    x[6] = random.uniform() < 0.1 ? NaN : random.integer(3);
    x[7] = random.uniform() < 0.05 ? -1 : Math.floor(40 * random.uniform() ** 2);
    const margin =
      x[0]! * x[2]! +
      (Number.isNaN(x[3]) ? 1.5 : -0.5) +
      (x[4]! > 0 ? 1 : 0) +
      (x[6] === 1 ? -1 : 0) +
      (x[7]! % 3 === 0 ? 1 : -1) +
      0.2 * Math.log(x[1]!);
    target[row] = random.uniform() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
  }
  // both classes, however few rows there are
  if (rowCount > 1) target.set([0, 1]);
  return { matrix, rowCount, featureCount: SYNTHETIC_FEATURES, target, categorical: [6, 7] };
}
