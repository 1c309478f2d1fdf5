import { exp } from '../../core/elementary.js';
import { calibrate } from '../../model/calibrator.js';
import { classProbabilitiesInto } from '../../model/multiclass.js';
import { type QuantizedModel, quantizedOutputCount } from '../../model/quantized.js';

/**
 * What a model makes of margins, rounded to float32 once: the calibrated probability, the probability of each class, or a number.
 * The definition that the kernel's links reproduce bit for bit.
 * @param margins - row-major; those of several classes are overwritten (IN and OUT)
 * @param at - where in `out` the first row goes
 */
export function predictRowsInto(
  model: QuantizedModel,
  margins: Float64Array,
  rowCount: number,
  out: Float32Array,
  at: number,
): void {
  const { link } = model.predictor;
  if (model.task === 'binary') {
    const { calibrator } = model;
    for (let row = 0; row < rowCount; row++) {
      out[at + row] = calibrate(calibrator, link, margins[row]!);
    }
  } else if (model.task === 'regression') {
    for (let row = 0; row < rowCount; row++) {
      out[at + row] = link === 'log' ? exp(margins[row]!) : margins[row]!;
    }
  } else {
    const { calibrator } = model;
    const classCount = quantizedOutputCount(model.predictor);
    const end = rowCount * classCount;
    for (let start = 0; start < end; start += classCount) {
      classProbabilitiesInto(link, margins, start, classCount, calibrator, margins, start);
    }
    for (let i = 0; i < end; i++) out[at + i] = margins[i]!;
  }
}
