import { sigmoidLine } from '../model/calibrator.js';
import type { QuantizedModel } from '../model/quantized.js';
import type { KernelExports } from './kernel.js';
import { predictRowsInto } from './predictRows.js';
import { type KernelImage, stageViews } from './stage.js';

/** The links of several classes by their numbers in assembly/score/classes.ts. */
const CLASS_LINKS = ['softmax', 'logit', 'identity'];

/** Turns the margins of the first `count` staged rows into predictions. The margins are overwritten. */
export type KernelLink = (count: number) => void;

/** Chooses what the kernel does after the margins, once. What it has no entry for is done by `predictRowsInto`. */
export function createKernelLink(
  model: QuantizedModel,
  kernel: KernelExports,
  image: KernelImage,
): KernelLink {
  const { margins, marginStride, predictions, outputCount } = image;
  const { link } = model.predictor;
  const { calibrator } = model;
  const isPlain = calibrator.kind === 'none';
  if (model.task === 'multiclass') {
    const scale = calibrator.kind === 'temperature' ? 1 / calibrator.temperature : 1;
    const number = CLASS_LINKS.indexOf(link);
    if (isPlain || link !== 'identity') {
      return (count) =>
        kernel.classesInto(margins, marginStride, count, outputCount, number, scale, predictions);
    }
  } else if (model.task === 'binary') {
    const line = sigmoidLine(calibrator, link);
    if (line) {
      const { slope, intercept } = line;
      return (count) => kernel.sigmoidInto(margins, count, slope, intercept, predictions);
    }
    if (isPlain) return (count) => kernel.clampInto(margins, count, predictions);
  } else if (link === 'log') {
    return (count) => kernel.expInto(margins, count, predictions);
  } else {
    const views = stageViews(image);
    return (count) => views.predictions.set(views.margins.subarray(0, count));
  }
  return createJavaScriptLink(model, image);
}

/** `predictRowsInto`, which wants the margins of a row side by side. */
function createJavaScriptLink(model: QuantizedModel, image: KernelImage): KernelLink {
  const { outputCount, stagedRows } = image;
  const { margins, predictions } = stageViews(image);
  const rowMargins = new Float64Array(outputCount);
  return (count) => {
    for (let row = 0; row < count; row++) {
      for (let output = 0; output < outputCount; output++) {
        rowMargins[output] = margins[output * stagedRows + row]!;
      }
      predictRowsInto(model, rowMargins, 1, predictions, row * outputCount);
    }
  };
}
