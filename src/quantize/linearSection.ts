import {
  container,
  finite,
  inside,
  integer,
  list,
  number,
  oneOf,
  type Place,
  type Reader,
  record,
  refuse,
} from '../core/place.js';
import type { CategoryFeature, Feature } from '../model/feature.js';
import type { Linear } from '../model/linear.js';
import type { Task } from '../model/model.js';
import type { QuantizedLinear, QuantizedSum } from '../model/quantized.js';
import { elements } from './elements.js';
import { categoryIndex } from './indices.js';
import { MAX_FEATURES, MAX_OUTPUTS, MAX_TERMS } from './limits.js';

/** The links that a linear model may have, by what it predicts. */
const LINKS: Readonly<Record<Task, readonly Linear['link'][]>> = {
  binary: ['logit'],
  multiclass: ['softmax', 'logit'],
  regression: [],
};

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

export function readLinear(features: readonly Feature[], task: Task): Reader<QuantizedLinear> {
  return (place, key) => {
    const section = container(place, key);
    const intercepts = elements(Float64Array, undefined, finite)(section, 'intercepts');
    const outputCount = integer(1, MAX_OUTPUTS)(
      inside(section, 'intercepts', intercepts),
      'length',
    );
    const scales = elements(
      Float64Array,
      outputCount,
      number(0, Number.MAX_VALUE),
    )(section, 'scales');
    const sums = Array.from(intercepts, (intercept, output): QuantizedSum => {
      return { intercept, scale: scales[output]!, numeric: [], categorical: [] };
    });
    const most = Math.min(MAX_FEATURES, Math.floor(MAX_TERMS / outputCount));
    const link = oneOf(LINKS[task])(section, 'link');
    list(0, most, numericInto(sums, features))(section, 'numeric');
    list(0, most, categoricalInto(sums, features))(section, 'categorical');
    return { kind: 'linear', link, sums };
  };
}

/** Adds an input to the sums that it moves. */
function numericInto(sums: readonly QuantizedSum[], features: readonly Feature[]): Reader<void> {
  const read = record({
    featureIndex: integer(0, features.length - 1),
    fill: finite,
    lower: number(-Infinity, Infinity),
    upper: number(-Infinity, Infinity),
    center: finite,
  });
  return (place, key) => {
    const input = read(place, key);
    const own = container(place, key);
    if (input.lower > input.upper) refuse(own, 'lower', `no more than ${input.upper}`);
    const steps = elements(Float64Array, sums.length)(own, 'inverseSteps');
    readWeights(own, sums).forEach((weight, output) => {
      if (weight === 0) return;
      const step = number(Number.MIN_VALUE, Number.MAX_VALUE);
      const inverseStep = step(inside(own, 'inverseSteps', steps), output);
      sums[output]!.numeric.push({ ...input, inverseStep, weight });
    });
  };
}

/** Adds an input to the sums that it moves. */
function categoricalInto(
  sums: readonly QuantizedSum[],
  features: readonly Feature[],
): Reader<void> {
  return (place, key) => {
    const own = container(place, key);
    const featureIndex = categoryIndex(features)(own, 'featureIndex');
    const levelCount = (features[featureIndex] as CategoryFeature).levels.length;
    const fill = integer(-1, levelCount - 1)(own, 'fill');
    const table = elements(Int16Array, sums.length * levelCount)(own, 'values');
    readWeights(own, sums).forEach((weight, output) => {
      const values = table.slice(output * levelCount, (output + 1) * levelCount);
      if (weight !== 0) sums[output]!.categorical.push({ featureIndex, values, fill, weight });
    });
  };
}

function readWeights(place: Place, sums: readonly QuantizedSum[]): Int8Array {
  return elements(Int8Array, sums.length, integer(-127, 127))(place, 'weights');
}
