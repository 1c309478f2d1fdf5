import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  fitPreprocessing,
  type NumericPreparation,
  type OneHotPreparation,
  PREPROCESSING_DEFAULTS,
  type PreprocessingOptions,
} from '../../src/train/preprocessing.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';

function columnOf(values: number[], weight?: number[]): TrainingMatrix {
  return {
    matrix: Float32Array.from(values),
    rowCount: values.length,
    featureCount: 1,
    target: new Uint8Array(values.length),
    ...(weight && { weight }),
  };
}

function numeric(
  values: number[],
  options?: Partial<PreprocessingOptions>,
  weight?: number[],
): NumericPreparation {
  const settings = { ...PREPROCESSING_DEFAULTS, ...options };
  return fitPreprocessing(columnOf(values, weight), settings).numeric[0]!;
}

function oneHot(codes: number[], options?: Partial<PreprocessingOptions>): OneHotPreparation {
  const settings = { ...PREPROCESSING_DEFAULTS, ...options };
  return fitPreprocessing({ ...columnOf(codes), categorical: [0] }, settings).categorical[0]!;
}

test('median, quartiles and fences', () => {
  // quartiles 2.5 and 6.5
  const values = [8, 1, 2, 3, 4, 5, 6, 7];
  const { fill, lower, upper } = numeric([...values, NaN], { clipFactor: 0.25 });
  assert.equal([fill, lower, upper], [4.5, 1.5, 7.5]);
  const wide = numeric(values, { clipFactor: 3 });
  assert.equal([wide.lower, wide.upper], [1, 8]);
});

test('centre and scale are those of the filled and clipped values', () => {
  const { center, scale } = numeric([0, 2, NaN, 100, 1, 1, 0, 2], { clipFactor: 1 });
  // quartiles 0 and 2, the fill 1, and 100 clipped to 4
  assert.is(center, 11 / 8);
  assert.ok(Math.abs(scale - Math.sqrt(27 / 8 - center * center)) < 1e-6);
});

test('a column that is mostly 0 is not clipped to 0', () => {
  const { lower, upper, scale } = numeric([...new Array<number>(90).fill(0), 5, 7, 9], {
    clipFactor: 1.5,
  });
  assert.equal([lower, upper], [0, 9]);
  assert.ok(scale < 9 && scale !== 1);
});

test('a constant has scale 1, an empty column is 0', () => {
  assert.is(numeric([3, 3, NaN, 3]).scale, 1);
  assert.is(numeric([16777216, 16777216]).scale, 1);
  const empty = { featureIndex: 0, fill: 0, lower: 0, upper: 0, center: 0, scale: 1 };
  assert.equal(numeric([NaN, NaN]), empty);
  assert.equal(numeric([Infinity, NaN, -Infinity]), empty);
});

test('infinities count as the ends of the range', () => {
  const { lower, upper, center, scale } = numeric([1, 2, 3, 4, Infinity, -Infinity]);
  assert.equal([lower, upper], [1, 4]);
  assert.is(center, 2.5);
  assert.ok(Number.isFinite(scale));
});

test('the most frequent value, the smallest of several', () => {
  assert.is(numeric([5, 2, 5, 2, 9, NaN], { imputation: 'mostFrequent' }).fill, 2);
  assert.is(numeric([5, 2, 5, 9, NaN], { imputation: 'mostFrequent' }).fill, 5);
});

test('a weight is the same as repeating the row', () => {
  const row = fc.tuple(
    fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(NaN)),
    fc.integer({ min: 1, max: 4 }),
  );
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 30 }),
      fc.constantFrom('median' as const, 'mostFrequent' as const),
      (rows, imputation) => {
        const options = { imputation, clipFactor: 1 };
        const weighted = numeric(
          rows.map(([x]) => x),
          options,
          rows.map(([, weight]) => weight),
        );
        const repeated = numeric(
          rows.flatMap(([x, weight]) => new Array<number>(weight).fill(x)),
          options,
        );
        for (const key of ['fill', 'lower', 'upper', 'center', 'scale'] as const) {
          assert.ok(Math.abs(weighted[key] - repeated[key]) < 1e-6, key);
        }
      },
    ),
  );
});

test('every constant is float32', () => {
  const values = Array.from({ length: 101 }, (_, i) => Math.exp(i / 9));
  for (const constant of Object.values(numeric(values, { clipFactor: 1 }))) {
    assert.is(Math.fround(constant), constant);
  }
});

test('levels and missing have a column each, rare ones share one', () => {
  const codes = [0, 0, 0, 1, 3, 3, 3, 4, -1, NaN, NaN];
  const own = oneHot(codes, { minLevelRows: 2 });
  assert.equal(Array.from(own.columnOfLevel), [0, 1, -1, 2, 1]);
  assert.equal([own.columnOfMissing, own.columnCount, own.fill], [3, 4, -1]);
  const joined = oneHot(codes, { minLevelRows: 3 });
  assert.is(joined.columnOfMissing, joined.columnOfLevel[1]);
});

test('missing is the commonest level when asked for', () => {
  const { fill, columnOfMissing, columnOfLevel } = oneHot([2, 0, 2, 1, NaN], {
    missingCategory: 'mostFrequent',
    minLevelRows: 1,
  });
  assert.is(fill, 2);
  assert.is(columnOfMissing, columnOfLevel[2]);
});

test('a category without levels has no column', () => {
  for (const missingCategory of ['own', 'mostFrequent'] as const) {
    const { columnCount, columnOfMissing, fill } = oneHot([-1, -1], { missingCategory });
    assert.equal([columnCount, columnOfMissing, fill], [0, -1, -1]);
  }
});

test('wrong options are named', () => {
  assert.throws(() => numeric([1], { clipFactor: -1 }), /"clipFactor" expected/);
  assert.throws(() => numeric([1], { minLevelRows: 0 }), /"minLevelRows" expected/);
  const imputation = 'mean' as 'median';
  assert.throws(() => numeric([1], { imputation }), /"imputation" expected one of/);
});

test.run();
