import { createRandom } from '../core/random.js';
import type { Model } from '../model/model.js';
import type { QuantizationEffect, QuantizedModel } from '../model/quantized.js';
import { exportOnnx, exportQuantizedOnnx } from '../onnx/index.js';
import { compareEngines, type EngineComparison } from '../optimize/index.js';
import { encodeBlob, quantizeModel } from '../quantize/index.js';
import type { Config } from './config.js';
import type { Sample } from './dataStage.js';
import { evenMatrix } from './evenRows.js';
import type { RunEnvironment } from './progress.js';

/** Rows of the training data that the quantiser measures its rounding on. */
const CALIBRATION_ROWS = 4096;

/**
 * Greatest difference on the calibration rows with which a form is small enough and good enough: of a probability, or of a
 * number in standard deviations of the predictions.
 */
const ENOUGH = 0.01;

/** A model in every form that is deployed. */
export interface ModelForms {
  quantized: QuantizedModel;
  /** the packed integer model */
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
  const calibration = evenMatrix(
    train.matrix,
    model.features.length,
    train.rows.length,
    CALIBRATION_ROWS,
  );
  const quantized = quantizeEnough(model, config.quantization.leaf_bits, calibration);
  const forms = {
    quantized,
    blob: encodeBlob(quantized),
    onnx: exportOnnx(model),
    quantizedOnnx: exportQuantizedOnnx(quantized),
  };
  environment.onProgress(
    'optimize',
    `${formatName(quantized)}: blob ${kilobytes(forms.blob)}, ONNX ${kilobytes(forms.onnx)}, quantised ONNX ${kilobytes(forms.quantizedOnnx)}`,
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
    target: sample.target,
    batchRows: config.benchmark.batch_rows,
    rounds: config.benchmark.rounds,
    now: environment.now,
    random: createRandom(config.seed).fork('benchmark'),
  });
}

/**
 * The smallest form that stays within {@link ENOUGH} of the reference on the calibration rows: leaves of the configured
 * width, then of 16 bits. Near-separable data can make trees with a few huge leaves, beside which one byte cannot hold the others.
 */
function quantizeEnough(
  model: Model,
  leafBits: number,
  calibration: { matrix: Float32Array; rowCount: number },
): QuantizedModel {
  if (leafBits === 8) {
    const small = quantizeModel(model, { leafBits: 8, calibration });
    if (relativeDelta(small.measured!) <= ENOUGH) return small;
  }
  return quantizeModel(model, { leafBits: 16, calibration });
}

/** Probabilities as they are, numbers in standard deviations of the predictions. */
function relativeDelta({ maxDelta, standardDeviation }: QuantizationEffect): number {
  if (standardDeviation === undefined || maxDelta === 0) return maxDelta;
  return maxDelta / standardDeviation;
}

function formatName({ predictor }: QuantizedModel): string {
  return predictor.kind === 'forest' ? `int${predictor.leafBits} leaves` : 'int8 weights';
}

function kilobytes(bytes: Uint8Array): string {
  return `${(bytes.length / 1000).toFixed(1)} kB`;
}
