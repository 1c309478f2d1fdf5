import {
  type QuantizedForest,
  type QuantizedModel,
  quantizedOutputCount,
} from '../model/quantized.js';
import type { Engine } from './engine.js';
import type { ImageWriter } from './imageWriter.js';
import { layInterpolation } from './interpolationTable.js';
import { createForestWalker } from './javascriptForest.js';
import { instantiate, type Kernel, type KernelExports } from './kernel.js';
import { createKernelImage, type ForestImage } from './kernelImage.js';
import { createKernelLink, needsExtraLink } from './kernelLink.js';
import { createLinearImage } from './linearImage.js';
import type { KernelImage } from './stage.js';

/** What gives the margins of staged rows. */
interface MarginSource {
  /** those of the first `count` rows into the stage */
  batch(count: number): void;
  /** those of one row into `out`; allocates nothing */
  row(values: ArrayLike<number>, out: Float64Array): void;
}

/**
 * Scores a model with a WebAssembly kernel, in an instance and a memory of its own.
 * Rows are copied in, some hundred at a time; the memory never grows.
 * @returns undefined when this kernel cannot score this model.
 */
export async function createKernelEngine(
  model: QuantizedModel,
  kernel: Kernel,
): Promise<Engine | undefined> {
  const { predictor, calibrator } = model;
  const featureCount = model.features.length;
  const outputCount = quantizedOutputCount(predictor);
  const table = calibrator.kind === 'isotonic' ? layInterpolation(calibrator) : undefined;
  let tableAddress = 0;
  const placeTable = (writer: ImageWriter): void => {
    if (table) tableAddress = writer.place(table.values);
  };
  const isLinear = predictor.kind === 'linear';
  const image = isLinear
    ? createLinearImage(predictor, featureCount, placeTable)
    : createKernelImage(predictor, featureCount, placeTable);
  if (!image) return undefined;
  const { stagedRows } = image;
  const entries = await instantiate(kernel, image.memory, isLinear || needsExtraLink(model));
  const link = createKernelLink(
    model,
    entries,
    image,
    table && { ...table, address: tableAddress },
  );
  const source = isLinear
    ? createLinearSource(entries, image, featureCount, outputCount)
    : createForestSource(entries, image as ForestImage, featureCount, predictor);
  if (!source) return undefined;

  const { buffer } = image.memory;
  const input = new Float32Array(buffer, image.input, stagedRows * featureCount);
  // outputs one after the other
  const margins = new Float64Array(buffer, image.margins, stagedRows * outputCount);
  const predictions = new Float32Array(buffer, image.predictions, stagedRows * outputCount);

  /** Margins of the rows from `start` on, as many as can be staged, into the kernel's memory. Returns how many. */
  function stageMargins(matrix: Float32Array, start: number, rowCount: number): number {
    const count = Math.min(stagedRows, rowCount - start);
    input.set(matrix.subarray(start * featureCount, (start + count) * featureCount));
    source!.batch(count);
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
        for (let output = 0; output < outputCount; output++) {
          const from = output * stagedRows;
          let at = start * outputCount + output;
          for (let i = from; i < from + count; i++, at += outputCount) out[at] = margins[i]!;
        }
      }
    },
    rowMarginsInto: source.row,
  };
}

/** One row of a forest too large for the tables of single rows is walked in JavaScript. */
function createForestSource(
  { forestMargins, rowMargins }: KernelExports,
  { memory, plan, input, margins, hasRowTables }: ForestImage,
  featureCount: number,
  forest: QuantizedForest,
): MarginSource {
  const outputCount = forest.baseScores.length;
  const walk = hasRowTables ? undefined : createForestWalker(forest);
  const row = new Float32Array(memory.buffer, input, featureCount);
  const rowOut = new Float64Array(memory.buffer, margins, outputCount);
  return {
    batch: (count) => forestMargins(plan, input, 0, count, margins),
    row(values, out) {
      if (walk) {
        for (let output = 0; output < outputCount; output++) out[output] = walk(values, 0, output);
        return;
      }
      for (let i = 0; i < featureCount; i++) row[i] = values[i]!;
      // the last margin is returned, which spares a model of one output a look into the memory
      out[outputCount - 1] = rowMargins(plan, input, margins, 8);
      for (let output = outputCount - 2; output >= 0; output--) out[output] = rowOut[output]!;
    },
  };
}

function createLinearSource(
  { linearMargins }: KernelExports,
  { memory, plan, input, margins, stagedRows }: KernelImage,
  featureCount: number,
  outputCount: number,
): MarginSource | undefined {
  if (!linearMargins) return undefined;
  const row = new Float32Array(memory.buffer, input, featureCount);
  const all = new Float64Array(memory.buffer, margins, stagedRows * outputCount);
  return {
    batch: (count) => void linearMargins(plan, input, 0, count, margins),
    row(values, out) {
      for (let i = 0; i < featureCount; i++) row[i] = values[i]!;
      out[outputCount - 1] = linearMargins(plan, input, 0, 1, margins);
      for (let output = outputCount - 2; output >= 0; output--) {
        out[output] = all[output * stagedRows]!;
      }
    },
  };
}
