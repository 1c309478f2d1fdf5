import { margins, predictions } from '../model/margin.js';
import { type Model, outputCountOf } from '../model/model.js';
import { greatestClass } from '../model/multiclass.js';
import type { QuantizationEffect, QuantizedModel } from '../model/quantized.js';
import { quantizedMargins } from './quantizedMargin.js';
import type { Calibration } from './quantizeModel.js';

/** What quantisation does to the predictions of the calibration rows, of which there is at least one. */
export function measureEffect(
  model: Model,
  quantized: QuantizedModel,
  { matrix, rowCount }: Calibration,
): QuantizationEffect {
  const exact = margins(model.predictor, matrix, rowCount, model.features.length);
  const before = predictions(model, exact);
  const after = predictions(model, quantizedMargins(quantized, matrix, rowCount));
  let maxDelta = 0;
  let sum = 0;
  before.forEach((value, index) => {
    const delta = Math.abs(after[index]! - value);
    if (delta > maxDelta) maxDelta = delta;
    sum += delta;
  });
  const effect: QuantizationEffect = {
    rowCount,
    maxDelta,
    meanDelta: sum / before.length,
    decisionFlips: countFlips(model, Float32Array.from(before), Float32Array.from(after), rowCount),
  };
  if (model.task === 'regression') effect.standardDeviation = standardDeviation(before);
  return effect;
}

/** Rows whose label changes; labels are taken from float32 probabilities. */
function countFlips(
  model: Model,
  before: Float32Array,
  after: Float32Array,
  rowCount: number,
): number {
  if (model.task === 'regression') return 0;
  const width = outputCountOf(model.predictor);
  let flips = 0;
  for (let row = 0; row < rowCount; row++) {
    const changes =
      model.task === 'binary'
        ? before[row]! >= model.threshold.value !== after[row]! >= model.threshold.value
        : greatestClass(before, row * width, width) !== greatestClass(after, row * width, width);
    if (changes) flips++;
  }
  return flips;
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / values.length);
}
