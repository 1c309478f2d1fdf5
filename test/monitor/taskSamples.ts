import type { Random } from '../../src/core/random.js';
import { createRandom } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import { classProbabilities } from '../../src/model/multiclass.js';
import {
  buildReference,
  type MulticlassReference,
  type RegressionReference,
} from '../../src/monitor/index.js';
import { drawSample, SCHEMA } from './samples.js';

/** Classes of very unequal shares, the last about 1 %. */
export const CLASSES = ['rail', 'road', 'sea', 'air'];
const INTERCEPTS = [2.2, 1.4, 0.4, -0.4];

/** Rows of the columns of `drawSample`, and what a model of another task makes of them. */
export interface TaskSample {
  table: Table;
  predictions: Float32Array;
  target: Float64Array;
}

/** Class probabilities; `shift` is added to the margins of each class. */
export function drawClasses(random: Random, rowCount: number, shift = [0, 0, 0, 0]): TaskSample {
  const { table } = drawSample(random, rowCount);
  const margins = Float64Array.from(
    { length: 4 * rowCount },
    (_, i) => INTERCEPTS[i % 4]! + shift[i % 4]! + random.normal(),
  );
  const predictions = Float32Array.from(classProbabilities('softmax', margins, 4));
  const target = Float64Array.from({ length: rowCount }, (_, row) => {
    let rest = random.uniform();
    for (let code = 0; code < 3; code++) {
      rest -= predictions[4 * row + code]!;
      if (rest < 0) return code;
    }
    return 3;
  });
  return { table, predictions, target };
}

/** Predictions with a heavy tail; `change` is made to each of them. */
export function drawNumbers(
  random: Random,
  rowCount: number,
  change: (x: number) => number = (x) => x,
): TaskSample {
  const { table } = drawSample(random, rowCount);
  const predictions = Float32Array.from({ length: rowCount }, () =>
    change(20 + 5 * Math.exp(0.8 * random.normal())),
  );
  const target = Float64Array.from(predictions, (x) => x + random.normal());
  return { table, predictions, target };
}

export function classReference(rowCount = 10_000, seed = 1): MulticlassReference {
  const schema = { ...SCHEMA, target: { name: 'carrier', classes: CLASSES } };
  const sample = drawClasses(createRandom(seed), rowCount);
  return buildReference({ schema, task: 'multiclass', ...sample });
}

export function numberReference(rowCount = 10_000, seed = 1): RegressionReference {
  const schema = { ...SCHEMA, target: { name: 'price', classes: [] } };
  const sample = drawNumbers(createRandom(seed), rowCount);
  return buildReference({ schema, task: 'regression', ...sample });
}
