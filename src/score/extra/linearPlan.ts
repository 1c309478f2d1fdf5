import type {
  QuantizedCategorical,
  QuantizedLinear,
  QuantizedNumeric,
} from '../../model/quantized.js';
import { ImageWriter } from '../imageWriter.js';
import { type KernelImage, reserveStage, type Stage } from '../stage.js';

/** steps and levels of inputs and outputs at most, twice MAX_TERMS: beyond it is an odd model, in which outputs share nothing */
const MOST_STEPS = 1 << 23;
/** numeric inputs are taken eight at a time */
const LANES = 8;
const LEVEL_WORDS = 4;
const OUTPUT_BYTES = 32;

/**
 * A linear model in a WebAssembly memory of its own.
 * @param placeMore - places what else is to stand in the memory
 * @returns undefined for a model that does not suit the kernel.
 */
export function stageLinear(
  linear: QuantizedLinear,
  featureCount: number,
  placeMore: (writer: ImageWriter) => void,
): KernelImage | undefined {
  const writer = new ImageWriter();
  const stage = reserveStage(writer, featureCount, linear.sums.length, 0);
  const plan = placeLinear(linear, featureCount, writer, stage);
  if (plan === undefined) return undefined;
  placeMore(writer);
  return { ...stage, plan, memory: writer.finish() };
}

/**
 * Lays a linear model out in the memory of a kernel, as assembly/score/linearPlan.ts describes it.
 * What outputs share of an input stands there once; each output has a step and a weight for every input, 0 where it has none.
 * @returns the address of the plan; undefined for a model that it does not suit.
 */
function placeLinear(
  { sums }: QuantizedLinear,
  featureCount: number,
  writer: ImageWriter,
  { marginStride }: Stage,
): number | undefined {
  const outputCount = sums.length;
  const numeric = shareInputs(
    sums.map((sum) => sum.numeric),
    isSameNumeric,
  );
  const categorical = shareInputs(
    sums.map((sum) => sum.categorical),
    isSameCategorical,
  );
  const inputCount = Math.ceil(numeric.inputs.length / LANES) * LANES;
  const levelCount = categorical.inputs.length;
  if ((inputCount + levelCount) * outputCount > MOST_STEPS) return undefined;

  const plan = new Uint32Array(11);
  const planAddress = writer.place(plan);
  const outputs = new DataView(new ArrayBuffer(OUTPUT_BYTES * outputCount));
  const outputTable = writer.place(outputs);
  const steps = new Float64Array(inputCount * outputCount);
  const weights = new Int8Array(inputCount * outputCount);
  const terms = new Int32Array(2 * levelCount * outputCount);
  const stepTable = writer.place(steps);
  const weightTable = writer.place(weights);
  const termTable = writer.place(terms);
  const noLevels = writer.reserve(2 * (1 + longest(categorical.inputs)));
  plan.set([4 * featureCount, marginStride, outputCount, outputTable, inputCount]);
  plan.set(placeNumeric(writer, numeric.inputs, inputCount), 5);
  plan.set([levelCount, ...placeCategorical(writer, categorical.inputs)], 8);

  const tables: Int16Array[] = [];
  let tableLength = 0;
  sums.forEach(({ intercept, scale, ...sum }, output) => {
    const at = OUTPUT_BYTES * output;
    outputs.setFloat64(at, intercept, true);
    outputs.setFloat64(at + 8, scale, true);
    outputs.setUint32(at + 16, stepTable + 8 * inputCount * output, true);
    outputs.setUint32(at + 20, weightTable + inputCount * output, true);
    outputs.setUint32(at + 24, termTable + 8 * levelCount * output, true);
    sum.numeric.forEach(({ inverseStep, weight }, index) => {
      const place = inputCount * output + numeric.placeOf[output]![index]!;
      steps[place] = inverseStep;
      weights[place] = weight;
    });
    // an input that does not move the output has a table too, all 0
    for (let level = 0; level < levelCount; level++) {
      terms[2 * (levelCount * output + level)] = noLevels;
    }
    sum.categorical.forEach(({ values, weight }, index) => {
      const place = 2 * (levelCount * output + categorical.placeOf[output]![index]!);
      terms[place] = 2 * tableLength;
      terms[place + 1] = weight;
      tables.push(values);
      tableLength += values.length + 1;
    });
  });
  const levels = new Int16Array(tableLength);
  tables.reduce((at, values) => {
    levels.set(values, at);
    return at + values.length + 1;
  }, 0);
  const levelTables = writer.place(levels);
  for (let term = 0; term < terms.length; term += 2) {
    if (terms[term + 1] !== 0) terms[term]! += levelTables;
  }
  return planAddress;
}

/** Addresses of the features, of what prepares them, and of the room for the prepared values. */
function placeNumeric(
  writer: ImageWriter,
  inputs: readonly QuantizedNumeric[],
  inputCount: number,
): number[] {
  const features = new Uint32Array(inputCount);
  // what fills the last eight up is never missing and always 0
  const values = new Float64Array(4 * inputCount);
  inputs.forEach(({ featureIndex, fill, lower, upper, center }, index) => {
    features[index] = featureIndex;
    values[index] = fill;
    values[inputCount + index] = lower;
    values[2 * inputCount + index] = upper;
    values[3 * inputCount + index] = center;
  });
  return [writer.place(features), writer.place(values), writer.reserve(8 * inputCount)];
}

/** Addresses of the categorical inputs and of the room for their levels. */
function placeCategorical(writer: ImageWriter, inputs: readonly QuantizedCategorical[]): number[] {
  const words = new Uint32Array(LEVEL_WORDS * inputs.length);
  inputs.forEach(({ featureIndex, values, fill }, index) => {
    const { length } = values;
    words.set([featureIndex, length, fill < 0 ? length : fill], LEVEL_WORDS * index);
  });
  return [writer.place(words), writer.reserve(4 * inputs.length)];
}

/** Inputs of all outputs, those that several have once, and per output and input of it the place among them. */
interface SharedInputs<T> {
  inputs: T[];
  placeOf: Uint32Array[];
}

/** The inputs of an output stand in the order of the blob, so those of a feature are looked for from the last one found on. */
function shareInputs<T extends { featureIndex: number }>(
  lists: readonly T[][],
  isSame: (a: T, b: T) => boolean,
): SharedInputs<T> {
  const inputs: T[] = [];
  const placesOf = new Map<number, { places: number[]; next: number; output: number }>();
  const placeOf = lists.map((list, output) =>
    Uint32Array.from(list, (input) => {
      const own = placesOf.get(input.featureIndex) ?? { places: [], next: 0, output };
      placesOf.set(input.featureIndex, own);
      if (own.output !== output) Object.assign(own, { next: 0, output });
      const { places } = own;
      while (own.next < places.length && !isSame(inputs[places[own.next]!]!, input)) own.next++;
      if (own.next === places.length) places.push(inputs.push(input) - 1);
      return places[own.next++]!;
    }),
  );
  return { inputs, placeOf };
}

function isSameNumeric(a: QuantizedNumeric, b: QuantizedNumeric): boolean {
  return a.fill === b.fill && a.lower === b.lower && a.upper === b.upper && a.center === b.center;
}

function isSameCategorical(a: QuantizedCategorical, b: QuantizedCategorical): boolean {
  return a.fill === b.fill && a.values.length === b.values.length;
}

function longest(inputs: readonly QuantizedCategorical[]): number {
  return inputs.reduce((most, { values }) => Math.max(most, values.length), 0);
}
