import { nextUp32 } from '../../src/core/float.js';
import { margins } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import type { QuantizedModel } from '../../src/model/quantized.js';
import { quantizedMargins } from '../../src/quantize/index.js';

/** Passes over the features of a row: a climb seldom goes on beyond. */
const PASSES = 4;

/**
 * The worst error of a margin, of any output, that a search finds: from each row it climbs, a feature after the other, to the
 * value that makes the error greatest, once upwards and once downwards. The values that are tried reach every branch: a point
 * between all neighbouring thresholds, every level, unseen and missing.
 * @param starts - row-major, rows to climb from (IN)
 */
export function worstError(model: Model, quantized: QuantizedModel, starts: Float32Array): number {
  const width = model.features.length;
  const candidates = model.features.map((_, feature) => branchValues(model, feature));
  let worst = 0;
  for (let at = 0; at < starts.length; at += width) {
    for (const sign of [1, -1]) {
      const row = starts.slice(at, at + width);
      let reached = -Infinity;
      for (let pass = 0; pass < PASSES; pass++) {
        const before = reached;
        for (let feature = 0; feature < width; feature++) {
          const values = candidates[feature]!;
          const tried = new Float32Array(values.length * width);
          values.forEach((value, i) => {
            tried.set(row, i * width);
            tried[i * width + feature] = value;
          });
          const errors = rowErrors(model, quantized, tried, values.length, sign);
          const best = errors.indexOf(Math.max(...errors));
          if (errors[best]! <= reached) continue;
          reached = errors[best]!;
          row[feature] = values[best]!;
        }
        if (reached === before) break;
      }
      worst = Math.max(worst, reached);
    }
  }
  return worst;
}

/** Of each row the greatest signed error of its margins; the float32 that is handed out counts too. */
function rowErrors(
  model: Model,
  quantized: QuantizedModel,
  matrix: Float32Array,
  rowCount: number,
  sign: number,
): number[] {
  const exact = margins(model.predictor, matrix, rowCount, model.features.length);
  const rounded = quantizedMargins(quantized, matrix, rowCount);
  const outputCount = exact.length / rowCount;
  const errors = new Array<number>(rowCount).fill(-Infinity);
  exact.forEach((margin, i) => {
    const row = Math.floor(i / outputCount);
    const error = Math.max(
      sign * (rounded[i]! - margin),
      sign * (Math.fround(rounded[i]!) - margin),
    );
    errors[row] = Math.max(errors[row]!, error);
  });
  return errors;
}

function branchValues({ features, predictor }: Model, index: number): number[] {
  const feature = features[index]!;
  if (feature.kind === 'category') return [...feature.levels.keys(), -1, NaN];
  if (predictor.kind !== 'forest') throw new TypeError('the search is for forests');
  const thresholds = [...predictor.threshold].filter(
    (threshold, node) => predictor.featureIndex[node] === index && threshold === threshold,
  );
  // the threshold itself goes left at its node, the next float right
  return [-Infinity, ...new Set(thresholds.flatMap((t) => [t, nextUp32(t)])), Infinity, NaN];
}
