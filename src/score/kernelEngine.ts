import type { QuantizedModel } from '../model/quantized.js';
import type { BinnedRows, Engine, FeatureSource } from './engine.js';
import type { LinkMaker } from './extra/extraLink.js';
import type { ImageWriter } from './imageWriter.js';
import { instantiate, type Kernel } from './kernel.js';
import { stageForest, WALKED_ROWS } from './kernelImage.js';
import { createKernelLink } from './kernelLink.js';
import type { Extra } from './needsExtra.js';
import { stageViews } from './stage.js';

type Source = FeatureSource | BinnedRows;

/** What layForest makes of a forest: nothing, as its nodes are not in order, or all that it should. */
const REFUSED = 0;
const WITH_ROWS = 2;

/**
 * Scores a model with a WebAssembly kernel, in an instance and a memory of its own.
 * Rows are copied in, some hundred at a time; the memory never grows.
 * @param extra - where the model needs it
 * @param createTwin - walks the rows of a model that is too large for the kernel's tables of one row
 * @returns undefined when this kernel cannot score this model, or refuses it: the twin says why.
 */
export async function createKernelEngine(
  model: QuantizedModel,
  kernel: Kernel,
  extra: Extra | undefined,
  createTwin: () => Promise<Engine>,
): Promise<Engine | undefined> {
  const { predictor, features } = model;
  const isForest = predictor.kind === 'forest';
  let makeLink: LinkMaker | undefined;
  const placeLink = (writer: ImageWriter): void => {
    makeLink = extra?.placeExtraLink(model, writer);
  };
  const image = isForest
    ? stageForest(predictor, features.length, placeLink)
    : extra!.stageLinear(predictor, features.length, placeLink);
  if (!image) return undefined;
  const more = isForest && !makeLink ? undefined : extra!.KERNEL_HEX;
  const entries = await instantiate(kernel, image.memory, more);
  const { rowMargins, linearMargins } = entries;
  const batchMargins = isForest ? entries.forestMargins : linearMargins;
  const outcome = isForest ? entries.layForest(image.plan) : WITH_ROWS;
  if (!batchMargins || outcome === REFUSED) return undefined;
  const link = makeLink?.(entries, image) ?? createKernelLink(model, entries, image, extra);
  const { plan, stagedRows, featureCount, outputCount, marginStride } = image;
  const { input, bins, margins, predictions } = stageViews(image);

  /** Margins of the rows from `start` on, as many as can be staged, into the kernel's memory. Returns how many. */
  function stageMargins(source: Source, start: number, rowCount: number): number {
    const count = Math.min(stagedRows, rowCount - start);
    const target = source[0] instanceof Uint8Array ? bins : input;
    let columnStride = 0;
    if (source instanceof Float32Array) {
      input.set(source.subarray(start * featureCount, (start + count) * featureCount));
    } else {
      // a few rows are walked one by one, for which they have to be rows
      const isTurned = count <= WALKED_ROWS && target === input;
      columnStride = isTurned ? 0 : target.BYTES_PER_ELEMENT * stagedRows;
      source.forEach((own, index) => {
        if (!isTurned) target.set(own.subarray(start, start + count), index * stagedRows);
        else for (let i = 0; i < count; i++) input[i * featureCount + index] = own[start + i]!;
      });
    }
    batchMargins!(plan, image!.input, columnStride, count, image!.margins, target === bins);
    return count;
  }

  function predictionsInto(source: Source, rowCount: number, out: Float32Array): void {
    for (let start = 0; start < rowCount; start += stagedRows) {
      const count = stageMargins(source, start, rowCount);
      link(count);
      const staged =
        count === stagedRows ? predictions : predictions.subarray(0, count * outputCount);
      out.set(staged, start * outputCount);
    }
  }

  function marginsInto(source: Source, rowCount: number, out: Float32Array): void {
    for (let start = 0; start < rowCount; start += stagedRows) {
      const count = stageMargins(source, start, rowCount);
      // outputs stand one after the other
      for (let output = 0; output < outputCount; output++) {
        const from = output * stagedRows;
        let at = start * outputCount + output;
        for (let i = from; i < from + count; i++, at += outputCount) out[at] = margins[i]!;
      }
    }
  }

  function rowPredictionInto(values: ArrayLike<number>, out: Float32Array): void {
    for (let i = 0; i < featureCount; i++) input[i] = values[i]!;
    if (isForest) rowMargins(plan, image!.input, image!.margins, marginStride);
    else linearMargins!(plan, image!.input, 0, 1, image!.margins);
    link(1);
    for (let output = 0; output < outputCount; output++) out[output] = predictions[output]!;
  }

  return {
    kernel: kernel.kind,
    predictionsInto,
    marginsInto,
    rowPredictionInto:
      outcome === WITH_ROWS ? rowPredictionInto : (await createTwin()).rowPredictionInto,
  };
}
