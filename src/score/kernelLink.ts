import { type Calibrator, SHARE_MARGIN, sigmoidLine } from '../model/calibrator.js';
import { type QuantizedModel, quantizedOutputCount } from '../model/quantized.js';
import type { InterpolationTable } from './interpolationTable.js';
import type { KernelExports } from './kernel.js';
import { predictRowsInto } from './predictRows.js';
import type { KernelImage } from './stage.js';

/** The links of several classes by their numbers in assembly/score/classes.ts. */
const CLASS_LINKS = ['softmax', 'logit', 'identity'];

/** Turns the margins of the first `count` staged rows into predictions. The margins are overwritten. */
export type KernelLink = (count: number) => void;

/** Whether predictions need entries that not every kernel has. */
export function needsExtraLink({ calibrator, predictor }: QuantizedModel): boolean {
  const { kind } = calibrator;
  return (
    kind === 'beta' ||
    kind === 'isotonic' ||
    (kind === 'temperature' && predictor.link === 'identity')
  );
}

/** Chooses what the kernel does after the margins, once. What it has no entry for is done by `predictRowsInto`. */
export function createKernelLink(
  model: QuantizedModel,
  kernel: KernelExports,
  image: KernelImage,
  interpolation: (InterpolationTable & { address: number }) | undefined,
): KernelLink {
  const { margins, predictions } = image;
  const { link } = model.predictor;
  if (model.task === 'multiclass') return createClassLink(model, kernel, image);
  if (model.task === 'regression') {
    if (link === 'log') return (count) => kernel.expInto(margins, count, predictions);
    return createJavaScriptLink(model, image);
  }
  const { calibrator } = model;
  const { costsInPlace, interpolateInto } = kernel;
  const line = sigmoidLine(calibrator, link);
  const costs = costLine(calibrator, link);
  if (line)
    return (count) => kernel.sigmoidInto(margins, count, line.slope, line.intercept, predictions);
  if (calibrator.kind === 'none') return (count) => kernel.clampInto(margins, count, predictions);
  if (costs && costsInPlace) {
    return (count) => {
      costsInPlace(margins, count, link === 'identity', costs.a, costs.b);
      kernel.sigmoidInto(margins, count, costs.slope, costs.intercept, predictions);
    };
  }
  if (interpolation && interpolateInto) {
    const { address, knotCount, steps } = interpolation;
    return (count) => interpolateInto(margins, count, address, knotCount, steps, predictions);
  }
  return createJavaScriptLink(model, image);
}

/** Calibrators as `sigmoid(slope * (b * -log(1 - p) - a * -log p) + intercept)`, with the bits of `calibrate`. */
function costLine(
  calibrator: Calibrator,
  link: string,
): { a: number; b: number; slope: number; intercept: number } | undefined {
  if (calibrator.kind === 'beta') {
    return { a: calibrator.a, b: calibrator.b, slope: 1, intercept: calibrator.c };
  }
  if (calibrator.kind !== 'temperature' || link !== 'identity') return undefined;
  return { a: 1, b: 1, slope: 1 / calibrator.temperature, intercept: 0 };
}

function createClassLink(
  model: QuantizedModel,
  kernel: KernelExports,
  image: KernelImage,
): KernelLink {
  const { calibrator, predictor } = model;
  const { margins, marginStride, predictions } = image;
  const classCount = quantizedOutputCount(predictor);
  const scale = calibrator.kind === 'temperature' ? 1 / calibrator.temperature : 1;
  const classesBy = (link: number, count: number): void =>
    kernel.classesInto(margins, marginStride, count, classCount, link, scale, predictions);
  if (calibrator.kind === 'none' || predictor.link !== 'identity') {
    const link = CLASS_LINKS.indexOf(predictor.link);
    return (count) => classesBy(link, count);
  }
  // shares with a temperature are classes by softmax of their logarithms
  const { shareLogsInPlace } = kernel;
  if (!shareLogsInPlace || classCount * SHARE_MARGIN > 1) return createJavaScriptLink(model, image);
  return (count) => {
    shareLogsInPlace(margins, marginStride, count, classCount);
    classesBy(0, count);
  };
}

/** `predictRowsInto`, which wants the margins of a row side by side. */
function createJavaScriptLink(model: QuantizedModel, image: KernelImage): KernelLink {
  const { buffer } = image.memory;
  const outputCount = quantizedOutputCount(model.predictor);
  const margins = new Float64Array(buffer, image.margins, image.stagedRows * outputCount);
  const predictions = new Float32Array(buffer, image.predictions, image.stagedRows * outputCount);
  if (outputCount === 1) return (count) => predictRowsInto(model, margins, count, predictions, 0);
  const rowMargins = new Float64Array(outputCount);
  return (count) => {
    for (let row = 0; row < count; row++) {
      for (let output = 0; output < outputCount; output++) {
        rowMargins[output] = margins[output * image.stagedRows + row]!;
      }
      predictRowsInto(model, rowMargins, 1, predictions, row * outputCount);
    }
  };
}
