import { type Calibrator, calibrate, sigmoidLine } from '../model/calibrator.js';
import type { QuantizedForest } from '../model/quantized.js';
import type { Engine } from './engine.js';
import { createForestWalker } from './javascriptForest.js';
import { createKernelImage } from './kernelImage.js';

/** What assembly/score exports. */
interface KernelExports {
  forestMargins(plan: number, rows: number, rowCount: number, margins: number): void;
  rowMargin(plan: number, row: number): number;
  sigmoidInto(
    margins: number,
    rowCount: number,
    slope: number,
    intercept: number,
    out: number,
  ): void;
  clampInto(margins: number, rowCount: number, out: number): void;
}

/**
 * Scores a forest with the WebAssembly kernel, in an instance and a memory of its own.
 * Rows are copied in, some hundred at a time; the memory never grows.
 */
export async function createSimdEngine(
  forest: QuantizedForest,
  featureCount: number,
  calibrator: Calibrator,
  module: WebAssembly.Module,
): Promise<Engine> {
  const image = createKernelImage(forest, featureCount);
  const { memory, plan, stagedRows } = image;
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const kernel = instance.exports as unknown as KernelExports;
  const input = new Float32Array(memory.buffer, image.input, stagedRows * featureCount);
  const row = input.subarray(0, featureCount);
  const margins = new Float64Array(memory.buffer, image.margins, stagedRows);
  const probabilities = new Float32Array(memory.buffer, image.probabilities, stagedRows);
  const walker = image.hasRowTables ? undefined : createForestWalker(forest);

  /** Margins of the rows from `start` on, as many as can be staged, into the kernel's memory. Returns how many. */
  function stageMargins(matrix: Float32Array, start: number, rowCount: number): number {
    const count = Math.min(stagedRows, rowCount - start);
    input.set(matrix.subarray(start * featureCount, (start + count) * featureCount));
    kernel.forestMargins(plan, image.input, count, image.margins);
    return count;
  }

  function link(count: number): void {
    const line = sigmoidLine(calibrator, forest.link);
    if (line) {
      kernel.sigmoidInto(image.margins, count, line.slope, line.intercept, image.probabilities);
    } else if (calibrator.kind === 'none') {
      kernel.clampInto(image.margins, count, image.probabilities);
    } else {
      for (let i = 0; i < count; i++) {
        probabilities[i] = calibrate(calibrator, forest.link, margins[i]!);
      }
    }
  }

  return {
    kernel: 'simd',
    probabilitiesInto(matrix, rowCount, out) {
      for (let start = 0; start < rowCount; start += stagedRows) {
        const count = stageMargins(matrix, start, rowCount);
        link(count);
        out.set(count === stagedRows ? probabilities : probabilities.subarray(0, count), start);
      }
    },
    marginsInto(matrix, rowCount, out) {
      for (let start = 0; start < rowCount; start += stagedRows) {
        const count = stageMargins(matrix, start, rowCount);
        out.set(count === stagedRows ? margins : margins.subarray(0, count), start);
      }
    },
    rowMargin(values) {
      if (walker) return walker(values, 0);
      for (let i = 0; i < featureCount; i++) row[i] = values[i]!;
      return kernel.rowMargin(plan, image.input);
    },
  };
}
