import { sigmoidLine } from '../model/calibrator.js';
import type { QuantizedForest, QuantizedModel } from '../model/quantized.js';
import { createRowEngine, type Engine } from './engine.js';
import { createForestWalker } from './javascriptForest.js';
import { stageForest } from './kernelImage.js';
import { predictRowsInto } from './predictRows.js';

/** What assembly/score exports. */
interface KernelExports {
  /** 0: the nodes are not in order; 1: there are no tables to walk one row; 2: there are */
  layForest(plan: number): number;
  forestMargins(
    plan: number,
    rows: number,
    columnStride: number,
    rowCount: number,
    margins: number,
  ): void;
  rowMargins(plan: number, row: number, out: number, stride: number): number;
  sigmoidInto(
    margins: number,
    rowCount: number,
    slope: number,
    intercept: number,
    out: number,
  ): void;
  clampInto(margins: number, rowCount: number, out: number): void;
  expInto(margins: number, rowCount: number, out: number): void;
  classesInto(
    margins: number,
    stride: number,
    rowCount: number,
    classCount: number,
    link: number,
    scale: number,
    out: number,
  ): void;
}

const REFUSED = 0;
const WITH_ROWS = 2;
/** The links of several classes by their numbers in the kernel. */
const CLASS_LINKS = ['softmax', 'logit', 'identity'];

/**
 * Scores a forest with the WebAssembly kernel, in an instance and a memory of its own.
 * Rows are copied in, some hundred at a time; the memory never grows.
 */
export async function createSimdEngine(
  model: QuantizedModel,
  forest: QuantizedForest,
  module: WebAssembly.Module,
): Promise<Engine> {
  const featureCount = model.features.length;
  const outputCount = forest.baseScores.length;
  const image = stageForest(forest, featureCount);
  const { memory, plan, stagedRows, marginStride } = image;
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const kernel = instance.exports as unknown as KernelExports;
  const outcome = kernel.layForest(plan);
  // whose walker asks for the nodes, and so finds out what is wrong with them
  if (outcome === REFUSED) return createRowEngine(model, createForestWalker(forest));
  const input = new Float32Array(memory.buffer, image.input, stagedRows * featureCount);
  const row = input.subarray(0, featureCount);
  // outputs one after the other
  const margins = new Float64Array(memory.buffer, image.margins, stagedRows * outputCount);
  const predictions = new Float32Array(memory.buffer, image.predictions, stagedRows * outputCount);
  const rowMargins = new Float64Array(outputCount);
  const walker = outcome === WITH_ROWS ? undefined : createForestWalker(forest);

  /** Margins of the rows from `start` on, as many as can be staged, into the kernel's memory. Returns how many. */
  function stageMargins(matrix: Float32Array, start: number, rowCount: number): number {
    const count = Math.min(stagedRows, rowCount - start);
    input.set(matrix.subarray(start * featureCount, (start + count) * featureCount));
    kernel.forestMargins(plan, image.input, 0, count, image.margins);
    return count;
  }

  /** From the staged margins to predictions. */
  function link(count: number): void {
    const line = model.task === 'binary' && sigmoidLine(model.calibrator, forest.link);
    if (model.task === 'multiclass') linkClasses(count);
    else if (forest.link === 'log') kernel.expInto(image.margins, count, image.predictions);
    else if (line) {
      const { slope, intercept } = line;
      kernel.sigmoidInto(image.margins, count, slope, intercept, image.predictions);
    } else if (model.task === 'binary' && model.calibrator.kind === 'none') {
      kernel.clampInto(image.margins, count, image.predictions);
    } else predictRowsInto(model, margins, count, predictions, 0);
  }

  /** Shares have a temperature in JavaScript only: it takes their logarithms. */
  function linkClasses(count: number): void {
    const { calibrator } = model;
    const scale = calibrator.kind === 'temperature' ? 1 / calibrator.temperature : 1;
    if (forest.link !== 'identity' || calibrator.kind === 'none') {
      const number = CLASS_LINKS.indexOf(forest.link);
      kernel.classesInto(
        image.margins,
        marginStride,
        count,
        outputCount,
        number,
        scale,
        image.predictions,
      );
      return;
    }
    for (let i = 0; i < count; i++) {
      for (let output = 0; output < outputCount; output++) {
        rowMargins[output] = margins[output * stagedRows + i]!;
      }
      predictRowsInto(model, rowMargins, 1, predictions, i * outputCount);
    }
  }

  return {
    kernel: 'simd',
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
    rowMarginsInto(values, out) {
      if (walker) {
        for (let output = 0; output < outputCount; output++)
          out[output] = walker(values, 0, output);
        return;
      }
      for (let i = 0; i < featureCount; i++) row[i] = values[i]!;
      out[outputCount - 1] = kernel.rowMargins(plan, image.input, image.margins, 8);
      for (let output = outputCount - 2; output >= 0; output--) out[output] = margins[output]!;
    },
  };
}
