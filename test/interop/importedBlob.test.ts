import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLightGbm, fromXgboost } from '../../src/interop/index.js';
import { decodeBlob, encodeBlob, quantizedMargins } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { type Expected, predict, readExpected, readFixture, SHARED_MODELS } from './models.js';

const SHARED = [
  'lgb_binary_adult_cat',
  'lgb_binary_higgs_deep',
  'lgb_binary_student',
  'lgb_multiclass_iris',
  'lgb_regression_california',
  'xgb_binary_breast',
  'xgb_multiclass_iris',
  'xgb_regression_california',
];

for (const name of SHARED) {
  test(`${name}: the blob keeps its bound`, async () => {
    if (!existsSync(join(SHARED_MODELS, name))) {
      console.log(`skipped: no ${name} beside the checkout`);
      return;
    }
    const file = name.startsWith('lgb') ? 'model.txt' : 'model.json';
    await checkBlob(readExpected(name, file));
  });
}

for (const library of ['lightgbm', 'xgboost'] as const) {
  for (const expected of readFixture(library)) {
    test(`${library} ${expected.objective}: the blob keeps its bound`, () => checkBlob(expected));
  }
}

async function checkBlob({ model: text, matrix }: Expected): Promise<void> {
  const model = text.startsWith('{') ? fromXgboost(text) : fromLightGbm(text);
  const blob = encodeBlob(model, { leafBits: 16 });
  const decoded = decodeBlob(blob);
  const single = Float32Array.from(matrix);
  const reference = predict(model, single).raw;
  const rowCount = single.length / model.features.length;
  const defined = Float32Array.from(quantizedMargins(decoded, single, rowCount));
  for (const kernel of ['simd', 'javascript'] as const) {
    const margins = (await loadScorer(blob, { kernel })).margin(single);
    assert.equal(margins, defined);
    margins.forEach((margin, i) => {
      const rounding = Math.abs(reference[i]!) * 2 ** -24;
      assert.ok(Math.abs(margin - reference[i]!) <= decoded.marginBound + rounding);
    });
  }
}

test.run();
