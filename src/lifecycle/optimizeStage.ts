import { createRandom } from '../core/random.js';
import type { Model } from '../model/model.js';
import type { QuantizedModel } from '../model/quantized.js';
import { exportOnnx, exportQuantizedOnnx } from '../onnx/index.js';
import { compareEngines, type EngineComparison } from '../optimize/index.js';
import { encodeBlob, quantizeModel } from '../quantize/index.js';
import type { Config } from './config.js';
import type { Sample } from './dataStage.js';
import type { RunEnvironment } from './progress.js';

/** Rows of the training data that the quantiser measures its rounding on. */
const CALIBRATION_ROWS = 4096;

/** A model in every form that is deployed. */
export interface ModelForms {
  quantized: QuantizedModel;
  /** the packed int8 model */
  blob: Uint8Array;
  /** float32 ONNX of the whole pipeline */
  onnx: Uint8Array;
  /** ONNX of the quantised pipeline */
  quantizedOnnx: Uint8Array;
}

/**
 * Stage 3, first half: quantises the model and writes its forms.
 * @param train - rows that the rounding of the leaves is balanced and measured on.
 */
export function makeForms(
  model: Model,
  train: Sample,
  config: Config,
  environment: RunEnvironment,
): ModelForms {
  const rowCount = Math.min(train.labels.length, CALIBRATION_ROWS);
  const quantized = quantizeModel(model, {
    leafBits: config.quantization.leaf_bits === 16 ? 16 : 8,
    calibration: { matrix: train.matrix, rowCount },
  });
  const forms = {
    quantized,
    blob: encodeBlob(quantized),
    onnx: exportOnnx(model),
    quantizedOnnx: exportQuantizedOnnx(quantized),
  };
  environment.onProgress(
    'optimize',
    `int${config.quantization.leaf_bits}: blob ${kilobytes(forms.blob)}, ONNX ${kilobytes(forms.onnx)}, quantised ONNX ${kilobytes(forms.quantizedOnnx)}`,
  );
  return forms;
}

/** Stage 3, second half: latency, throughput, size and accuracy of the engines in one interleaved run. */
export async function measureEngines(
  model: Model,
  forms: Pick<ModelForms, 'blob' | 'onnx' | 'quantizedOnnx'>,
  sample: Sample,
  config: Config,
  environment: RunEnvironment,
): Promise<EngineComparison> {
  environment.onProgress(
    'optimize',
    `timing the engines, ${config.benchmark.rounds} interleaved rounds`,
  );
  return compareEngines({
    model,
    blob: forms.blob,
    onnx: forms.onnx,
    quantizedOnnx: forms.quantizedOnnx,
    table: sample.table,
    labels: sample.labels,
    batchRows: config.benchmark.batch_rows,
    rounds: config.benchmark.rounds,
    now: environment.now,
    random: createRandom(config.seed).fork('benchmark'),
  });
}

function kilobytes(bytes: Uint8Array): string {
  return `${(bytes.length / 1000).toFixed(1)} kB`;
}
