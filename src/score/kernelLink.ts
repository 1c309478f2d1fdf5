import { sigmoidLine } from '../model/calibrator.js';
import type { QuantizedModel } from '../model/quantized.js';
import type { KernelExports } from './kernel.js';
import type { Extra } from './needsExtra.js';
import { type KernelImage, type StageViews, stageViews } from './stage.js';

/** The links of several classes by their numbers in assembly/score/classes.ts. */
const CLASS_LINKS = ['softmax', 'logit', 'identity'];

/** Turns the margins of the first `count` staged rows into predictions. The margins are overwritten. */
export type KernelLink = (count: number) => void;

/**
 * Chooses what the kernel does after the margins, once.
 * @param extra - where the link is none of these
 */
export function createKernelLink(
  model: QuantizedModel,
  kernel: KernelExports,
  image: KernelImage,
  extra: Extra | undefined,
): KernelLink {
  const { margins, marginStride, predictions, outputCount } = image;
  const { link } = model.predictor;
  const { calibrator } = model;
  const isPlain = calibrator.kind === 'none';
  const views = stageViews(image);
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
    // shares are probabilities as they are
    if (isPlain) return (count) => clampInto(views, count, 0, 1);
  } else if (link === 'identity') {
    return (count) => clampInto(views, count, -Infinity, Infinity);
  }
  return extra!.createJavaScriptLink(model, image);
}

function clampInto(
  { margins, predictions }: StageViews,
  count: number,
  least: number,
  most: number,
): void {
  for (let i = 0; i < count; i++) predictions[i] = Math.min(most, Math.max(least, margins[i]!));
}
