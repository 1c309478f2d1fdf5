import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import type { Feature } from '../model/feature.js';
import type { Linear } from '../model/linear.js';
import type { Task } from '../model/model.js';
import type { QuantizedLinear, QuantizedSum } from '../model/quantized.js';
import { asElements, asFinite, asInteger, asList, asMap, asNumber, asOneOf } from './checked.js';
import { MAX_FEATURES, MAX_OUTPUTS, MAX_TERMS } from './limits.js';
import type { Packed } from './messagePack.js';

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
  content: Packed,
  features: readonly Feature[],
  task: Task,
): QuantizedLinear {
  const map = asMap(content, 'linear');
  const link = asOneOf(map.get('link'), 'linear.link', LINKS[task]);
  const intercepts = asElements(map.get('intercepts'), 'linear.intercepts', Float64Array);
  const outputCount = asInteger(intercepts.length, 'linear.intercepts.length', 1, MAX_OUTPUTS);
  const scales = asElements(map.get('scales'), 'linear.scales', Float64Array, outputCount);
  const numeric = asList(map.get('numeric'), 'linear.numeric', 0, MAX_FEATURES);
  const categorical = asList(map.get('categorical'), 'linear.categorical', 0, MAX_FEATURES);
  asInteger(outputCount * (numeric.length + categorical.length), 'linear: terms', 0, MAX_TERMS);
  const sums = Array.from(intercepts, (intercept, output): QuantizedSum => {
    return {
      intercept: asFinite(intercept, `linear.intercepts[${output}]`),
      scale: asFinite(scales[output], `linear.scales[${output}]`, 0),
      numeric: [],
      categorical: [],
    };
  });
  numeric.forEach((entry, index) => {
    unpackNumeric(entry, `linear.numeric[${index}]`, features, sums);
  });
  categorical.forEach((entry, index) => {
    unpackCategorical(entry, `linear.categorical[${index}]`, features, sums);
  });
  return { kind: 'linear', link, sums };
}

/** Adds an input to the sums that it moves. */
function unpackNumeric(
  entry: Packed,
  path: string,
  features: readonly Feature[],
  sums: readonly QuantizedSum[],
): void {
  const map = asMap(entry, path);
  const lower = asNumber(map.get('lower'), `${path}.lower`);
  const upper = asNumber(map.get('upper'), `${path}.upper`);
  if (lower > upper) throw new FormatError(`${path}: lower ${lower} is above upper ${upper}`);
  const input = {
    featureIndex: unpackFeatureIndex(map, path, features),
    fill: asFinite(map.get('fill'), `${path}.fill`),
    lower,
    upper,
    center: asFinite(map.get('center'), `${path}.center`),
  };
  const weights = unpackWeights(map, path, sums.length);
  const steps = asElements(
    map.get('inverseSteps'),
    `${path}.inverseSteps`,
    Float64Array,
    sums.length,
  );
  sums.forEach((sum, output) => {
    const weight = weights[output]!;
    if (weight === 0) return;
    const stepPath = `${path}.inverseSteps[${output}]`;
    const inverseStep = asFinite(steps[output], stepPath, Number.MIN_VALUE);
    sum.numeric.push({ ...input, inverseStep, weight });
  });
}

/** Adds an input to the sums that it moves. */
function unpackCategorical(
  entry: Packed,
  path: string,
  features: readonly Feature[],
  sums: readonly QuantizedSum[],
): void {
  const map = asMap(entry, path);
  const featureIndex = unpackFeatureIndex(map, path, features);
  const feature = features[featureIndex]!;
  if (feature.kind !== 'category') {
    throw new FormatError(`${path}: ${show(feature.name)} is not a category`);
  }
  const levelCount = feature.levels.length;
  const fill = asInteger(map.get('fill'), `${path}.fill`, -1, levelCount - 1);
  const weights = unpackWeights(map, path, sums.length);
  const count = sums.length * levelCount;
  const table = asElements(map.get('values'), `${path}.values`, Int16Array, count);
  sums.forEach((sum, output) => {
    const weight = weights[output]!;
    const values = table.slice(output * levelCount, (output + 1) * levelCount);
    if (weight !== 0) sum.categorical.push({ featureIndex, values, fill, weight });
  });
}

function unpackFeatureIndex(
  map: Map<string, Packed>,
  path: string,
  features: readonly Feature[],
): number {
  return asInteger(map.get('featureIndex'), `${path}.featureIndex`, 0, features.length - 1);
}

function unpackWeights(map: Map<string, Packed>, path: string, outputCount: number): Int8Array {
  const weights = asElements(map.get('weights'), `${path}.weights`, Int8Array, outputCount);
  weights.forEach((weight, output) => {
    asInteger(weight, `${path}.weights[${output}]`, -127, 127);
  });
  return weights;
}
