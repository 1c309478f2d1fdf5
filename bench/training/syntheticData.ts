import { createRandom } from '../../src/core/random.js';
import type { Part, SplitData } from './splitData.js';

const FEATURE_COUNT = 28;
const TEST_ROWS = 25_000;
const NOISE = 1.5;

/**
 * A binary problem of 28 normal features, of which ten tell something, by steps, squares and the larger of two. Rows of a larger
 * set begin with those of a smaller one; test rows are the same for all.
 */
export function syntheticData(name: string, rowCount: number): SplitData {
  return {
    name,
    task: 'binary',
    classCount: 2,
    featureCount: FEATURE_COUNT,
    categorical: [],
    train: drawRows('train', rowCount),
    test: drawRows('test', TEST_ROWS),
  };
}

/** The first rows of the training part; the test part is shared. */
export function firstRows(data: SplitData, name: string, rowCount: number): SplitData {
  const { matrix, target } = data.train;
  return {
    ...data,
    name,
    train: {
      rowCount,
      matrix: matrix.subarray(0, rowCount * data.featureCount),
      target: target.subarray(0, rowCount),
    },
  };
}

function drawRows(stream: string, rowCount: number): Part {
  const random = createRandom(20).fork(stream);
  const matrix = new Float32Array(rowCount * FEATURE_COUNT);
  const target = new Float64Array(rowCount);
  for (let row = 0, at = 0; row < rowCount; row++, at += FEATURE_COUNT) {
    for (let feature = 0; feature < FEATURE_COUNT; feature++) {
      matrix[at + feature] = random.normal();
    }
    target[row] = marginAt(matrix, at) + NOISE * random.normal() > 0 ? 1 : 0;
  }
  return { rowCount, matrix, target };
}

/** Without a pure interaction such as a product: where no single split helps at first, which library wins is luck. */
function marginAt(x: Float32Array, at: number): number {
  const larger = Math.max(x[at]!, x[at + 1]!);
  const gated = x[at + 2]! > 0 ? x[at + 3]! : 0;
  const step = x[at + 4]! > 0 ? x[at + 5]! : -0.3 * x[at + 5]!;
  const square = 0.5 * (x[at + 6]! * x[at + 6]! - 1);
  return (
    larger + gated + step + square + 0.7 * x[at + 7]! + Math.abs(x[at + 8]!) - x[at + 9]! - 1.4
  );
}
