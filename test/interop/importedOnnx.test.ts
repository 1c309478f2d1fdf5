import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import type { Column, Table } from '../../src/core/table.js';
import { adversarialTable } from '../../src/evaluate/adversarial.js';
import { openOnnx } from '../../src/evaluate/onnxSession.js';
import { comparePredictions, decisionOf } from '../../src/evaluate/parity.js';
import { fromLightGbm, fromXgboost } from '../../src/interop/index.js';
import { featureMatrix } from '../../src/model/feature.js';
import type { Model } from '../../src/model/model.js';
import { exportOnnx } from '../../src/onnx/index.js';
import { type Expected, predict, readExpected, readFixture, SHARED_MODELS } from './models.js';

/** A matrix as raw fields: a code becomes the level that it stands for. */
function tableOf({ schema, features }: Model, matrix: Float64Array): Table {
  const width = features.length;
  const rowCount = matrix.length / width;
  const columns = schema.fields.map(({ name, type }, field): Column => {
    const values = Float32Array.from(
      { length: rowCount },
      (_, row) => matrix[row * width + field]!,
    );
    if (type === 'number') return { kind: 'number', name, values };
    const feature = features[field]!;
    const levels = feature.kind === 'category' ? [...feature.levels, 'unseen'] : [];
    const codes = Int32Array.from(values, (code) =>
      code >= 0 && code < levels.length - 1 ? code : code === code ? levels.length - 1 : -1,
    );
    return { kind: 'category', name, codes, levels };
  });
  return { rowCount, columns };
}

async function checkGraph({ objective, model: text, matrix }: Expected): Promise<void> {
  const model = text.startsWith('{') ? fromXgboost(text) : fromLightGbm(text);
  const rows = tableOf(model, matrix);
  const hard = adversarialTable(model, rows, { rowCount: 1000, random: createRandom(71) });
  const session = await openOnnx(exportOnnx(model));
  for (const table of [rows, hard]) {
    const reference = predict(model, featureMatrix(model.schema.fields, model.features, table));
    const { predictions } = await session.predictTable(table, model.schema);
    const compared = comparePredictions(reference.prediction, predictions, decisionOf(model));
    // a number is rounded to float32 wherever it is; what trees of this size give varies by less
    const size = Math.max(1, ...reference.prediction.map(Math.abs));
    assert.ok(compared.maxDelta <= 1e-6 * size, `${objective}: ${compared.maxDelta} of ${size}`);
  }
  await session.release();
}

for (const library of ['lightgbm', 'xgboost'] as const) {
  test(`${library}: graphs of every objective give the reference's predictions`, async () => {
    for (const expected of readFixture(library)) await checkGraph(expected);
  });
}

for (const name of [
  'lgb_binary_adult_cat',
  'lgb_multiclass_iris',
  'lgb_regression_california',
  'xgb_regression_california',
]) {
  test(`${name}: the graph gives the reference's predictions`, async () => {
    if (!existsSync(join(SHARED_MODELS, name))) {
      console.log(`skipped: no ${name} beside the checkout`);
      return;
    }
    await checkGraph(readExpected(name, name.startsWith('lgb') ? 'model.txt' : 'model.json'));
  });
}

test.run();
