import { type QuantizedModel, quantizedOutputCount } from '../../model/quantized.js';
import type { Engine } from '../engine.js';
import { WALKED_ROWS } from '../kernelImage.js';
import { compileAtOnce } from '../kernelModule.js';
import { KERNEL_HEX } from './kernelBytes.js';
import { predictRowsInto } from './predictRows.js';
import { layRowMasks } from './rowMasks.js';

/** Rows in calls of few before it pays to lay the forest out once more. */
const ROWS_BEFORE = 1000;

/** Predicts the row of features that begins at `offset`, into `out` from `at` on. */
type PredictRow = (
  matrix: ArrayLike<number>,
  offset: number,
  out: Float32Array,
  at: number,
) => void;

type MaskedMargins = (plan: number, row: number, out: number) => number;

/**
 * An engine that scores calls of few rows without walking the tops of trees once it has seen many: half the time for trees of up to 32
 * leaves, two thirds for larger ones, and the same bytes. What it takes for that, up to some MiB and milliseconds, only those pay for who score row by row.
 * @param engine - of the model
 * @param module - the kernel of the engine, which may have all entries
 * @returns `engine` itself where there is nothing to gain: no SIMD, no forest
 */
export function quickRows(
  model: QuantizedModel,
  engine: Engine,
  module?: WebAssembly.Module,
): Engine {
  const { predictor } = model;
  if (engine.kernel !== 'simd' || predictor.kind !== 'forest') return engine;
  const featureCount = model.features.length;
  const outputCount = quantizedOutputCount(predictor);
  let rowsBefore = ROWS_BEFORE;
  let predictRow: PredictRow | undefined;

  function laidOutAfter(rowCount: number): PredictRow | undefined {
    if (rowsBefore > 0) {
      rowsBefore -= rowCount;
      if (rowsBefore <= 0) predictRow = maskedRow(model, module);
    }
    return predictRow;
  }

  return {
    ...engine,
    predictionsInto(source, rowCount, out) {
      const isFew = rowCount <= WALKED_ROWS && source instanceof Float32Array;
      const quick = isFew ? laidOutAfter(rowCount) : undefined;
      if (!quick) return engine.predictionsInto(source, rowCount, out);
      for (let row = 0; row < rowCount; row++) {
        quick(source as Float32Array, row * featureCount, out, row * outputCount);
      }
    },
    rowPredictionInto(values, out) {
      const quick = laidOutAfter(1);
      if (quick) quick(values, 0, out, 0);
      else engine.rowPredictionInto(values, out);
    },
  };
}

/**
 * What predicts one row by {@link layRowMasks}.
 * @param module - a kernel that may have the entry; else it is compiled
 * @returns undefined where that is not to be had, or the engine compiles nothing at once.
 */
export function maskedRow(
  model: QuantizedModel,
  module?: WebAssembly.Module,
): PredictRow | undefined {
  const { predictor, features } = model;
  try {
    const masks = predictor.kind === 'forest' && layRowMasks(predictor, features.length);
    if (!masks) return undefined;
    const { memory, plan, row, margins } = masks;
    const entryOf = (kernel: WebAssembly.Module): MaskedMargins | undefined =>
      new WebAssembly.Instance(kernel, { env: { memory } }).exports[
        'maskedMargins'
      ] as MaskedMargins;
    const maskedMargins = (module && entryOf(module)) ?? entryOf(compileAtOnce(KERNEL_HEX))!;
    const input = new Float32Array(memory.buffer, row, features.length);
    const sums = new Float64Array(memory.buffer, margins, quantizedOutputCount(predictor));
    return (matrix, offset, out, at) => {
      for (let i = 0; i < input.length; i++) input[i] = matrix[offset + i]!;
      maskedMargins(plan, row, margins);
      predictRowsInto(model, sums, 1, out, at);
    };
  } catch {
    // no memory, or a policy: rows are walked as before
    return undefined;
  }
}
