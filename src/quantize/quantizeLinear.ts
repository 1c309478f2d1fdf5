import { ConfigError } from '../core/errors.js';
import type { Linear, LinearCategorical, LinearNumeric } from '../model/linear.js';
import type {
  QuantizedCategorical,
  QuantizedLinear,
  QuantizedNumeric,
  QuantizedSum,
} from '../model/quantized.js';
import { MAX_OUTPUTS } from './limits.js';

/** An input that nothing clips is quantised over this many scales to both sides of its center. */
const UNCLIPPED_REACH = 64;
const WEIGHT_LIMIT = 127;
const VALUE_LIMIT = 32767;

/**
 * Makes the weights of a linear model int8 and its inputs int16, with one scale for the sum of each output.
 *
 * One step of a sum is `scale`, chosen so that the input with the greatest reach uses both ranges in full. The rounding of a
 * weight to int8 is absorbed by the step of its own input, `scale * |weight| * inverseStep = |slope|`, so the only error is the
 * rounding of the input to an integer: at most half a step, `scale * |weight| / 2` in the margin, and the bound is the sum of these.
 *
 * That holds for every input because clipping bounds are part of the model. Where a model clips nothing, values beyond 64
 * scales from the center are clipped here and not there, so no bound holds and `marginBound` is Infinity.
 * @returns the greatest bound of an output as `marginBound`.
 */
export function quantizeLinear(linear: Linear): { linear: QuantizedLinear; marginBound: number } {
  const outputCount = linear.intercepts.length;
  if (outputCount > MAX_OUTPUTS) {
    throw new ConfigError(`${outputCount} outputs are too many, the most is ${MAX_OUTPUTS}`);
  }
  const sums = linear.intercepts.map((_, output) => quantizeSum(linear, output));
  const bound = sums.reduce((most, sum) => Math.max(most, sum.bound), 0);
  return {
    linear: { kind: 'linear', link: linear.link, sums: sums.map(({ sum }) => sum) },
    marginBound: linear.numeric.every(isClipped) ? bound : Infinity,
  };
}

function quantizeSum(linear: Linear, output: number): { sum: QuantizedSum; bound: number } {
  const intercept = linear.intercepts[output]!;
  const numericReach = linear.numeric.map((input) => reachOf(input, output));
  const categoricalReach = linear.categorical.map((input) =>
    input.weights[output]!.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0),
  );
  const greatest = [...numericReach, ...categoricalReach].reduce((a, b) => Math.max(a, b), 0);
  if (!Number.isFinite(greatest)) throw new ConfigError('the weights of the model are not finite');
  const scale = greatest > 0 ? greatest / (WEIGHT_LIMIT * VALUE_LIMIT) : 1;

  // inputs that cannot move the margin are left out; the others stand in the order of the blob
  const numeric = linear.numeric
    .map((input, i) => quantizeNumeric(input, output, numericReach[i]!, scale))
    .filter(({ weight }) => weight !== 0)
    .sort((a, b) => a.featureIndex - b.featureIndex);
  const categorical = linear.categorical
    .map((input, i) => quantizeCategorical(input, output, categoricalReach[i]!, scale))
    .filter(({ weight }) => weight !== 0)
    .sort((a, b) => a.featureIndex - b.featureIndex);
  let bound = 0;
  let magnitude = Math.abs(intercept);
  for (const { weight } of [...numeric, ...categorical]) bound += (scale * Math.abs(weight)) / 2;
  for (const reach of [...numericReach, ...categoricalReach]) magnitude += reach;
  // float rounding: a few operations an input, then the float32 of a margin that is handed out
  const operations = 8 * (numeric.length + categorical.length) + 8;
  const centers = centerMagnitude(linear, output);
  bound += (magnitude + centers) * operations * 2 ** -52 + magnitude * 2 ** -24;
  return { sum: { intercept, scale, numeric, categorical }, bound };
}

/** The greatest amount by which an input moves the margin. */
function reachOf(input: LinearNumeric, output: number): number {
  return Math.abs(input.weights[output]!) * (widthOf(input) / input.scale);
}

/** The greatest distance of an input from its center. */
function widthOf(input: LinearNumeric): number {
  const unclipped = UNCLIPPED_REACH * input.scale;
  const below = Number.isFinite(input.lower) ? Math.abs(input.lower - input.center) : unclipped;
  const above = Number.isFinite(input.upper) ? Math.abs(input.upper - input.center) : unclipped;
  return Math.max(below, above);
}

function isClipped(input: LinearNumeric): boolean {
  return Number.isFinite(input.lower) && Number.isFinite(input.upper);
}

/** Subtracting the center loses digits where it is large beside the width; part of the rounding bound. */
function centerMagnitude(linear: Linear, output: number): number {
  let sum = 0;
  for (const { weights, scale, center } of linear.numeric) {
    sum += Math.abs((weights[output]! / scale) * center);
  }
  return sum;
}

function quantizeNumeric(
  input: LinearNumeric,
  output: number,
  reach: number,
  scale: number,
): QuantizedNumeric {
  const weight = weightFor(reach, scale) * (input.weights[output]! < 0 ? -1 : 1);
  const slope = input.weights[output]! / input.scale;
  return {
    featureIndex: input.featureIndex,
    fill: input.fill,
    lower: input.lower,
    upper: input.upper,
    center: input.center,
    inverseStep: weight === 0 ? 0 : slope / (scale * weight),
    weight,
  };
}

function quantizeCategorical(
  input: LinearCategorical,
  output: number,
  reach: number,
  scale: number,
): QuantizedCategorical {
  const weight = weightFor(reach, scale);
  const values = input.weights[output]!.map((value) =>
    weight === 0 ? 0 : Math.round(value / (scale * weight)),
  );
  return {
    featureIndex: input.featureIndex,
    values: Int16Array.from(values),
    fill: input.fill,
    weight,
  };
}

/** The smallest int8 with which int16 values span the reach; 0 when there is none to span. */
function weightFor(reach: number, scale: number): number {
  if (reach === 0) return 0;
  return Math.min(WEIGHT_LIMIT, Math.max(1, Math.ceil(reach / (scale * VALUE_LIMIT))));
}
