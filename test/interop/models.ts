import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { margins, predictions } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';

/** Models of other libraries with their predictions: fixtures, and real ones that stand beside the checkout on some machines. */

/** Where {@link readExpected} finds its folders. */
export const SHARED_MODELS: string = join(
  import.meta.dirname,
  ...['..', '..', '..', 'shared', 'models'],
);

export interface Expected {
  objective: string;
  /** the file as the library writes it */
  model: string;
  /** a number a row, or an array of one a class */
  raw: number[] | number[][];
  prediction: number[] | number[][];
  /** row-major; NaN is missing */
  matrix: Float64Array;
}

/** The cases that `fixtures/makeModels.py` wrote for a library. */
export function readFixture(library: 'lightgbm' | 'xgboost'): Expected[] {
  const path = join(import.meta.dirname, 'fixtures', `${library}.json`);
  const { rows, cases } = JSON.parse(readFileSync(path, 'utf8')) as {
    rows: (number | null)[][];
    cases: Expected[];
  };
  const matrix = Float64Array.from(rows.flat(), (value) => value ?? NaN);
  return cases.map((each) => ({ ...each, matrix }));
}

/** A folder of {@link SHARED_MODELS}: the model, `rows.csv` and `expected.json`. */
export function readExpected(name: string, file: 'model.txt' | 'model.json'): Expected {
  const folder = join(SHARED_MODELS, name);
  const read = (part: string): string => readFileSync(join(folder, part), 'utf8');
  const cells = read('rows.csv')
    .trim()
    .split('\n')
    .slice(1)
    .flatMap((line) => line.split(','));
  return {
    ...JSON.parse(read('expected.json')),
    model: read(file),
    matrix: Float64Array.from(cells, (cell) => (cell === '' ? NaN : Number(cell))),
  };
}

/** What this library makes of the rows, in float64. */
export function predict(
  model: Model,
  matrix: ArrayLike<number>,
): { raw: Float64Array; prediction: Float64Array } {
  const featureCount = model.features.length;
  const raw = margins(model.predictor, matrix, matrix.length / featureCount, featureCount);
  return { raw, prediction: predictions(model, raw) };
}

/** The greatest `|actual - expected|`, each divided by `max(1, |expected|)`. */
export function largestError(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity;
  return expected.reduce((largest, value, i) => {
    const error = Math.abs(actual[i]! - value) / Math.max(1, Math.abs(value));
    return Math.max(largest, error === error ? error : Infinity);
  }, 0);
}
