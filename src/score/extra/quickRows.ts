import { type QuantizedModel, quantizedOutputCount } from '../../model/quantized.js';
import type { Engine } from '../engine.js';
import { compileAtOnce } from '../kernelModule.js';
import { KERNEL_HEX } from './kernelBytes.js';
import { predictRowsInto } from './predictRows.js';
import { layRowMasks } from './rowMasks.js';

/** Rows that are scored one by one before it pays to lay the forest out once more. */
const ROWS_BEFORE = 1000;

/**
 * An engine that scores single rows without walking once it has scored many of them: half the time for trees of up to 32 leaves, and
 * the same bytes. What it takes for that, up to some MiB and milliseconds, only those pay for who score row by row.
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
  let { rowPredictionInto } = engine;
  let rowsBefore = ROWS_BEFORE;
  return {
    ...engine,
    rowPredictionInto(values, out) {
      if (rowsBefore-- === 0) rowPredictionInto = maskedRows(model, module) ?? rowPredictionInto;
      rowPredictionInto(values, out);
    },
  };
}

type MaskedMargins = (plan: number, row: number, out: number) => number;

/**
 * What predicts one row by {@link layRowMasks}.
 * @param module - a kernel that may have the entry; else it is compiled
 * @returns undefined where that is not to be had, or the engine compiles nothing at once.
 */
export function maskedRows(
  model: QuantizedModel,
  module?: WebAssembly.Module,
): Engine['rowPredictionInto'] | undefined {
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
    return (values, out) => {
      for (let i = 0; i < input.length; i++) input[i] = values[i]!;
      maskedMargins(plan, row, margins);
      predictRowsInto(model, sums, 1, out, 0);
    };
  } catch {
    // no memory, or a policy: rows are walked as before
    return undefined;
  }
}
