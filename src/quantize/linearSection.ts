import {
  entriesAt,
  inside,
  integerAt,
  mapAt,
  numberAt,
  oneOfAt,
  type Place,
} from '../core/place.js';
import type { Feature } from '../model/feature.js';
import type { Linear } from '../model/linear.js';
import type { Task } from '../model/model.js';
import type { QuantizedLinear, QuantizedSum } from '../model/quantized.js';
import { elementsAt } from './binary.js';
import { MAX_FEATURES, MAX_OUTPUTS, MAX_TERMS } from './limits.js';
import { categoryAt } from './pipelineSection.js';

/** The links that a linear model may have, by what it predicts. */
const LINKS: Readonly<Record<Task, readonly Linear['link'][]>> = Object.freeze({
  binary: ['logit'],
  multiclass: ['softmax', 'logit'],
  regression: [],
});

/**
 * The linear section: each input once, with a weight and a step (or the values of the levels) an output. An output that an input
 * does not move has the weight 0 there.
 */
export function packLinear({ link, sums }: QuantizedLinear): object {
  const outputCount = sums.length;
  const numeric = new Map<string, { weights: Int8Array; inverseSteps: Float64Array }>();
  const categorical = new Map<string, { weights: Int8Array; values: Int16Array }>();
  sums.forEach((sum, output) => {
    for (const { inverseStep, weight, ...input } of sum.numeric) {
      const packed = entryOf(numeric, input, () => ({
        ...input,
        weights: new Int8Array(outputCount),
        inverseSteps: new Float64Array(outputCount),
      }));
      packed.weights[output] = weight;
      packed.inverseSteps[output] = inverseStep;
    }
    for (const { values, weight, ...input } of sum.categorical) {
      const packed = entryOf(categorical, input, () => ({
        ...input,
        weights: new Int8Array(outputCount),
        values: new Int16Array(outputCount * values.length),
      }));
      packed.weights[output] = weight;
      packed.values.set(values, output * values.length);
    }
  });
  return {
    link,
    intercepts: Float64Array.from(sums, ({ intercept }) => intercept),
    scales: Float64Array.from(sums, ({ scale }) => scale),
    numeric: [...numeric.values()],
    categorical: [...categorical.values()],
  };
}

function entryOf<T>(entries: Map<string, T>, input: object, create: () => T): T {
  const key = Object.values(input).join();
  const entry = entries.get(key) ?? create();
  entries.set(key, entry);
  return entry;
}

/** @throws {FormatError} saying what was seen and what was expected. */
export function unpackLinear(
  linear: Place,
  features: readonly Feature[],
  task: Task,
): QuantizedLinear {
  const link = oneOfAt(linear, 'link', LINKS[task]);
  const intercepts = elementsAt(linear, 'intercepts', Float64Array);
  const places = inside(linear, 'intercepts', intercepts);
  const outputCount = integerAt(places, 'length', 1, MAX_OUTPUTS);
  const scales = inside(linear, 'scales', elementsAt(linear, 'scales', Float64Array, outputCount));
  const sums = Array.from(intercepts, (_, output): QuantizedSum => {
    return {
      intercept: numberAt(places, output),
      scale: numberAt(scales, output, 0),
      numeric: [],
      categorical: [],
    };
  });
  const most = Math.min(MAX_FEATURES, Math.floor(MAX_TERMS / outputCount));
  entriesAt(linear, 'numeric', 0, most, (list, index) => {
    unpackNumeric(mapAt(list, index), features, sums);
  });
  entriesAt(linear, 'categorical', 0, most, (list, index) => {
    unpackCategorical(mapAt(list, index), features, sums);
  });
  return { kind: 'linear', link, sums };
}

/** Adds an input to the sums that it moves. */
function unpackNumeric(
  place: Place,
  features: readonly Feature[],
  sums: readonly QuantizedSum[],
): void {
  const lower = numberAt(place, 'lower', -Infinity, Infinity);
  const input = {
    featureIndex: integerAt(place, 'featureIndex', 0, features.length - 1),
    fill: numberAt(place, 'fill'),
    lower,
    upper: numberAt(place, 'upper', lower, Infinity),
    center: numberAt(place, 'center'),
  };
  const steps = elementsAt(place, 'inverseSteps', Float64Array, sums.length);
  unpackWeights(place, sums).forEach((weight, output) => {
    if (weight === 0) return;
    const inverseStep = numberAt(inside(place, 'inverseSteps', steps), output, Number.MIN_VALUE);
    sums[output]!.numeric.push({ ...input, inverseStep, weight });
  });
}

/** Adds an input to the sums that it moves. */
function unpackCategorical(
  place: Place,
  features: readonly Feature[],
  sums: readonly QuantizedSum[],
): void {
  const { featureIndex, levelCount } = categoryAt(place, 'featureIndex', features);
  const fill = integerAt(place, 'fill', -1, levelCount - 1);
  const table = elementsAt(place, 'values', Int16Array, sums.length * levelCount);
  unpackWeights(place, sums).forEach((weight, output) => {
    const values = table.slice(output * levelCount, (output + 1) * levelCount);
    if (weight !== 0) sums[output]!.categorical.push({ featureIndex, values, fill, weight });
  });
}

function unpackWeights(place: Place, sums: readonly QuantizedSum[]): Int8Array {
  const weights = elementsAt(place, 'weights', Int8Array, sums.length);
  weights.forEach((_, output) => {
    integerAt(inside(place, 'weights', weights), output, -127, 127);
  });
  return weights;
}
