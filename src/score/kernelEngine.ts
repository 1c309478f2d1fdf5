import type { QuantizedLinear, QuantizedModel } from '../model/quantized.js';
import type { Engine } from './engine.js';
import type { LinkMaker } from './extra/extraLink.js';
import { ImageWriter } from './imageWriter.js';
import { createForestWalker } from './javascriptForest.js';
import { instantiate, type Kernel } from './kernel.js';
import { stageForest } from './kernelImage.js';
import { createKernelLink } from './kernelLink.js';
import { type KernelImage, reserveStage, stageViews } from './stage.js';

/** What layForest makes of a forest: nothing, as its nodes are not in order, or all that it should. */
const REFUSED = 0;
const WITH_ROWS = 2;

/** What not every model needs, loaded on demand. */
type Extra = typeof import('./extra/index.js');

/**
 * Scores a model with a WebAssembly kernel, in an instance and a memory of its own.
 * Rows are copied in, some hundred at a time; the memory never grows.
 * @returns undefined when this kernel cannot score this model, or refuses it: a twin in JavaScript says why.
 */
export async function createKernelEngine(
  model: QuantizedModel,
  kernel: Kernel,
): Promise<Engine | undefined> {
  const { predictor, features } = model;
  const isForest = predictor.kind === 'forest';
  const extra = needsExtra(model) ? await loadExtra() : undefined;
  let makeLink: LinkMaker | undefined;
  const placeLink = (writer: ImageWriter): void => {
    makeLink = extra?.placeExtraLink(model, writer);
  };
  const image = isForest
    ? stageForest(predictor, features.length, placeLink)
    : extra && createLinearImage(predictor, features.length, placeLink, extra);
  if (!image) return undefined;
  const entries = await instantiate(kernel, image.memory, extra?.KERNEL_HEX);
  const { rowMargins, linearMargins } = entries;
  const batchMargins = isForest ? entries.forestMargins : linearMargins;
  const outcome = isForest ? entries.layForest(image.plan) : WITH_ROWS;
  if (!batchMargins || outcome === REFUSED) return undefined;
  const link = makeLink?.(entries, image) ?? createKernelLink(model, entries, image);
  const walk = isForest && outcome !== WITH_ROWS ? createForestWalker(predictor) : undefined;
  const { plan, stagedRows, featureCount, outputCount, marginStride } = image;
  const { input, margins, predictions } = stageViews(image);

  /** Margins of the rows from `start` on, as many as can be staged, into the kernel's memory. Returns how many. */
  function stageMargins(matrix: Float32Array, start: number, rowCount: number): number {
    const count = Math.min(stagedRows, rowCount - start);
    input.set(matrix.subarray(start * featureCount, (start + count) * featureCount));
    batchMargins!(plan, image!.input, 0, count, image!.margins);
    return count;
  }

  return {
    kernel: kernel.kind,
    predictionsInto(matrix, rowCount, out) {
      for (let start = 0; start < rowCount; start += stagedRows) {
        const count = stageMargins(matrix, start, rowCount);
        link(count);
        const staged =
          count === stagedRows ? predictions : predictions.subarray(0, count * outputCount);
        out.set(staged, start * outputCount);
      }
    },
    marginsInto(matrix, rowCount, out) {
      for (let start = 0; start < rowCount; start += stagedRows) {
        const count = stageMargins(matrix, start, rowCount);
        // outputs stand one after the other
        for (let output = 0; output < outputCount; output++) {
          const from = output * stagedRows;
          let at = start * outputCount + output;
          for (let i = from; i < from + count; i++, at += outputCount) out[at] = margins[i]!;
        }
      }
    },
    rowMarginsInto(values, out) {
      if (walk) {
        for (let output = 0; output < outputCount; output++) out[output] = walk(values, 0, output);
        return;
      }
      for (let i = 0; i < featureCount; i++) input[i] = values[i]!;
      // the last margin is returned, which spares a model of one output a look into the memory
      out[outputCount - 1] = isForest
        ? rowMargins(plan, image.input, image.margins, marginStride)
        : linearMargins!(plan, image.input, 0, 1, image.margins);
      for (let output = outputCount - 2; output >= 0; output--) {
        out[output] = margins[output * stagedRows]!;
      }
    },
  };
}

function needsExtra({ predictor, calibrator: { kind } }: QuantizedModel): boolean {
  if (predictor.kind === 'linear' || kind === 'beta' || kind === 'isotonic') return true;
  return kind === 'temperature' && predictor.link === 'identity';
}

/** Where parts of a package cannot be loaded on demand, JavaScript does without them. */
async function loadExtra(): Promise<Extra | undefined> {
  try {
    return await import('./extra/index.js');
  } catch {
    return undefined;
  }
}

function createLinearImage(
  linear: QuantizedLinear,
  featureCount: number,
  placeMore: (writer: ImageWriter) => void,
  { placeLinear }: Extra,
): KernelImage | undefined {
  const writer = new ImageWriter();
  const stage = reserveStage(writer, featureCount, linear.sums.length);
  const plan = placeLinear(linear, featureCount, writer, stage);
  if (plan === undefined) return undefined;
  placeMore(writer);
  return { ...stage, plan, memory: writer.finish() };
}
