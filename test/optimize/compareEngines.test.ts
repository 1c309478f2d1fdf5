import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ShapeError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { exportOnnx, exportQuantizedOnnx } from '../../src/onnx/index.js';
import {
  compareEngines,
  formatEngineComparison,
  formatLatencyTable,
} from '../../src/optimize/index.js';
import { encodeBlob, quantizeModel } from '../../src/quantize/index.js';
import { modelOf, randomForest, referencePredictions, tableOf } from '../onnx/models.js';

const MODEL = modelOf(
  randomForest(createRandom(1), { treeCount: 20, maxLeaves: 8, thresholds: [0, 0.5, -1] }),
);
const QUANTIZED = quantizeModel(MODEL, { leafBits: 8 });
const FILES = {
  blob: encodeBlob(QUANTIZED),
  onnx: exportOnnx(MODEL),
  quantizedOnnx: exportQuantizedOnnx(QUANTIZED),
};
const TABLE = tableOf(createRandom(2), 300, [0, 1, NaN]);

/** The shape of the report is tested, and no time. */
function options() {
  return {
    model: MODEL,
    ...FILES,
    table: TABLE,
    rounds: 2,
    now: () => performance.now(),
    random: createRandom(3),
  };
}

test('reports each engine with size, latency and accuracy, and the ratios between them', async () => {
  const random = createRandom(4);
  const labels = Uint8Array.from(referencePredictions(MODEL, TABLE), (p) =>
    random.uniform() < p ? 1 : 0,
  );
  const comparison = await compareEngines({ ...options(), target: labels, batchRows: 128 });
  assert.is(comparison.batchRows, 128);
  assert.is(comparison.rowCount, 300);
  const [ours, ...peers] = comparison.engines;
  assert.match(ours!.subject, /^(wasm|javascript)-int8$/);
  assert.equal(
    peers.map(({ subject }) => subject),
    ['onnx-fp32', 'onnx-int8'],
  );
  assert.ok(ours!.oneRecord !== undefined);
  assert.equal(
    comparison.engines.map(({ sizeBytes }) => sizeBytes),
    [FILES.blob.length, FILES.onnx.length, FILES.quantizedOnnx.length],
  );
  for (const { accuracy, throughput, oneRow } of comparison.engines) {
    assert.ok(accuracy!['rocAuc']! > 0.5 && accuracy!['logLoss']! < Math.LN2);
    assert.ok(Math.abs(accuracy!['logLoss']! - ours!.accuracy!['logLoss']!) < 0.01);
    assert.ok(throughput.value > 0 && oneRow.p50.value > 0);
  }
  assert.is(comparison.oneRowRatios.length, 6);
  assert.is(comparison.batchRatios.length, 3);

  const lines = formatLatencyTable(comparison.engines).split('\n');
  assert.is(lines.length, 1 + 3 + 2 + 2);
  assert.match(lines[0]!, /^engine +size .*p50 µs/);
  const text = formatEngineComparison(comparison);
  assert.match(text, 'as fast as onnx-fp32 on one row');
  assert.match(text, 'as fast as onnx-int8 on 128 rows');
});

test('a batch is cut to the rows there are, and accuracy left out without labels', async () => {
  const { batchRows, engines } = await compareEngines(options());
  assert.is(batchRows, 300);
  for (const engine of engines) assert.not.ok('accuracy' in engine);
});

test('an empty table and labels of another length are refused', async () => {
  const wrong = [{ table: tableOf(createRandom(5), 0, [0]) }, { target: new Uint8Array(3) }];
  for (const part of wrong) {
    try {
      await compareEngines({ ...options(), ...part });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, ShapeError);
    }
  }
});

test.run();
