import { type QuantizedModel, quantizedOutputCount } from '../../model/quantized.js';
import { forestMarginsInto } from '../../quantize/quantizedMargin.js';
import type { BinnedRows, Engine, FeatureSource } from '../engine.js';
import { createForestWalker } from './forestWalker.js';
import { createLinearSum } from './linearSum.js';
import { predictRowsInto } from './predictRows.js';

/** The float64 margin of one output for the row that begins at `offset`. */
export type MarginAt = (matrix: ArrayLike<number>, offset: number, output: number) => number;

/** The twin of the kernels: one row after the other, in JavaScript. */
export function createJavaScriptEngine(model: QuantizedModel): Engine {
  const { predictor } = model;
  const featureCount = model.features.length;
  const outputCount = quantizedOutputCount(predictor);
  const marginAt: MarginAt =
    predictor.kind === 'linear' ? createLinearSum(predictor) : createForestWalker(predictor);
  const margins = new Float64Array(outputCount);
  const values = new Float32Array(featureCount);
  const bins = new Uint8Array(predictor.kind === 'forest' ? predictor.columns.length : 0);

  function setMargins(source: FeatureSource | BinnedRows | ArrayLike<number>, row: number): void {
    let matrix = source as ArrayLike<number>;
    let offset = row * featureCount;
    if (predictor.kind === 'forest' && source[0] instanceof Uint8Array) {
      for (let column = 0; column < bins.length; column++) {
        bins[column] = (source as BinnedRows)[column]![row]!;
      }
      forestMarginsInto(predictor, bins, margins, 0);
      return;
    }
    if (Array.isArray(source) && source[0] instanceof Float32Array) {
      for (let feature = 0; feature < featureCount; feature++)
        values[feature] = source[feature][row];
      matrix = values;
      offset = 0;
    }
    for (let output = 0; output < outputCount; output++) {
      margins[output] = marginAt(matrix, offset, output);
    }
  }

  return {
    kernel: 'javascript',
    predictionsInto(source, rowCount, out) {
      for (let row = 0; row < rowCount; row++) {
        setMargins(source, row);
        predictRowsInto(model, margins, 1, out, row * outputCount);
      }
    },
    marginsInto(source, rowCount, out) {
      for (let row = 0; row < rowCount; row++) {
        setMargins(source, row);
        out.set(margins, row * outputCount);
      }
    },
    rowPredictionInto(row, out) {
      setMargins(row, 0);
      predictRowsInto(model, margins, 1, out, 0);
    },
  };
}
