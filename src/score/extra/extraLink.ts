import type { Calibrator } from '../../model/calibrator.js';
import type { QuantizedModel } from '../../model/quantized.js';
import type { ImageWriter } from '../imageWriter.js';
import type { KernelExports } from '../kernel.js';
import type { KernelLink } from '../kernelLink.js';
import type { KernelImage } from '../stage.js';
import { layInterpolation } from './interpolationTable.js';

/** where the number of a link in assembly/score/classes.ts is that of softmax */
const SOFTMAX = 0;
/** classes beyond which a share that is pulled off 0 and 1 may have no logarithm: 1 / SHARE_MARGIN */
const MOST_CLASSES = 1024;

/** Makes a link out of the entries of a kernel and the model's place in its memory; undefined where the kernel has no entry for it. */
export type LinkMaker = (kernel: KernelExports, image: KernelImage) => KernelLink | undefined;

/**
 * The links that not every model needs: beta, isotonic, the temperature of shares, and e to the margin.
 * @param writer - places what a link reads
 */
export function placeExtraLink(model: QuantizedModel, writer: ImageWriter): LinkMaker | undefined {
  const { calibrator, predictor } = model;
  const { kind } = calibrator;
  const isShare = predictor.link === 'identity';
  if (predictor.link === 'log') return linkByExp;
  if (kind === 'isotonic') return placeInterpolation(calibrator, writer);
  if (kind === 'beta') {
    return linkByCosts(isShare, calibrator.a, calibrator.b, 1, calibrator.c);
  }
  if (kind !== 'temperature' || !isShare) return undefined;
  const scale = 1 / calibrator.temperature;
  return model.task === 'multiclass' ? linkByShareLogs(scale) : linkByCosts(true, 1, 1, scale, 0);
}

/** `sigmoid(slope * (b * -log(1 - p) - a * -log p) + intercept)`, with the bits of `calibrate`. */
function linkByCosts(
  isShare: boolean,
  a: number,
  b: number,
  slope: number,
  intercept: number,
): LinkMaker {
  return ({ costsInPlace, sigmoidInto }, { margins, predictions }) =>
    costsInPlace &&
    ((count) => {
      costsInPlace(margins, count, isShare, a, b);
      sigmoidInto(margins, count, slope, intercept, predictions);
    });
}

const linkByExp: LinkMaker = ({ expInto }, { margins, predictions }) =>
  expInto && ((count) => expInto(margins, count, predictions));

/** Shares with a temperature are classes by softmax of their logarithms. */
function linkByShareLogs(scale: number): LinkMaker {
  return (
    { shareLogsInPlace, classesInto },
    { margins, marginStride, predictions, outputCount },
  ) =>
    shareLogsInPlace && outputCount <= MOST_CLASSES
      ? (count) => {
          shareLogsInPlace(margins, marginStride, count, outputCount);
          classesInto(margins, marginStride, count, outputCount, SOFTMAX, scale, predictions);
        }
      : undefined;
}

function placeInterpolation(
  calibrator: Extract<Calibrator, { kind: 'isotonic' }>,
  writer: ImageWriter,
): LinkMaker | undefined {
  const table = layInterpolation(calibrator);
  if (!table) return undefined;
  const { values, knotCount, steps } = table;
  const address = writer.place(values);
  return ({ interpolateInto }, { margins, predictions }) =>
    interpolateInto &&
    ((count) => interpolateInto(margins, count, address, knotCount, steps, predictions));
}
