import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError } from '../../src/core/errors.js';
import { fromLightGbm, fromXgboost } from '../../src/interop/index.js';
import { predict, readFixture } from './models.js';

/** What a broken file may hold where a number, a text or a list was. */
const ODD_VALUES = [
  '-1',
  '0',
  '1',
  '7',
  '1e9',
  '-1e300',
  'NaN',
  'null',
  '"x"',
  '""',
  '[]',
  '{}',
  'true',
];

/** A file with one of its numbers, quoted texts or lists replaced, or cut off, is refused in words or is a model. */
function checkBroken(texts: readonly string[], read: typeof fromXgboost, place: RegExp): void {
  const places = texts.map((text) => [...text.matchAll(place)]);
  const change = fc.record({
    file: fc.nat(texts.length - 1),
    at: fc.nat(),
    value: fc.constantFrom(...ODD_VALUES),
    cut: fc.boolean(),
  });
  fc.assert(
    fc.property(change, ({ file, at, value, cut }) => {
      const text = texts[file]!;
      const { index, 0: found } = places[file]![at % places[file]!.length]!;
      const rest = cut ? '' : text.slice(index + found.length);
      try {
        const model = read(text.slice(0, index) + value + rest);
        const count = model.features.length;
        // every row finds a leaf
        assert.is(predict(model, new Float64Array(2 * count)).raw.length % 2, 0);
      } catch (error) {
        assert.instance(error, FormatError, `${error} for ${value} at ${index} of file ${file}`);
      }
    }),
    { numRuns: 3000 },
  );
}

test('broken XGBoost files', () => {
  const texts = readFixture('xgboost').map(({ model }) => model);
  checkBroken(texts, fromXgboost, /-?\d[\d.Ee+-]*|"[^"]*"|\[[^[\]]*\]/g);
});

test('broken LightGBM files', () => {
  const texts = readFixture('lightgbm').map(({ model }) => model);
  checkBroken(texts, fromLightGbm, /-?\d[\d.e+-]*|[a-z_]+=/g);
});

test.run();
