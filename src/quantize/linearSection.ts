import { FormatError } from '../core/errors.js';
import type { Feature } from '../model/feature.js';
import type { Linear } from '../model/linear.js';
import type { Task } from '../model/model.js';
import type {
  QuantizedCategorical,
  QuantizedLinear,
  QuantizedNumeric,
  QuantizedSum,
} from '../model/quantized.js';
import { asElements, asFinite, asInteger, asList, asMap, asNumber, asOneOf } from './checked.js';
import { MAX_FEATURES, MAX_OUTPUTS, MAX_TERMS } from './limits.js';
import type { Packed } from './messagePack.js';

/** The links that a linear model may have, by what it predicts. */
const LINKS: Readonly<Record<Exclude<Task, 'regression'>, readonly Linear['link'][]>> =
  Object.freeze({ binary: ['logit'], multiclass: ['softmax', 'logit'] });

type NumericInput = Omit<QuantizedNumeric, 'inverseStep' | 'weight'>;
type CategoricalInput = Omit<QuantizedCategorical, 'values' | 'weight'>;

/**
 * The linear section: what the inputs are, once, and for each output a column of steps and weights. An output that an input does
 * not move has the weight 0 there.
 */
export function packLinear({ link, sums }: QuantizedLinear): object {
  const numeric = distinctInputs(sums.flatMap((sum) => sum.numeric.map(numericInput)));
  const categorical = distinctInputs(sums.flatMap((sum) => sum.categorical.map(categoricalInput)));
  return {
    link,
    numeric: [...numeric.values()],
    categorical: [...categorical.values()],
    sums: sums.map((sum) => {
      const numericOf = new Map(sum.numeric.map((term) => [keyOf(numericInput(term)), term]));
      const terms = [...numeric.keys()].map((key) => numericOf.get(key));
      const categoricalOf = new Map(
        sum.categorical.map((term) => [keyOf(categoricalInput(term)), term]),
      );
      const tables = [...categorical.keys()].map((key) => categoricalOf.get(key));
      return {
        intercept: sum.intercept,
        scale: sum.scale,
        weights: Int8Array.from(terms, (term) => term?.weight ?? 0),
        inverseSteps: Float64Array.from(terms, (term) => term?.inverseStep ?? 0),
        tableWeights: Int8Array.from(tables, (table) => table?.weight ?? 0),
        tables: tables.map((table) => table?.values ?? new Int16Array(0)),
      };
    }),
  };
}

function numericInput({
  inverseStep: _step,
  weight: _weight,
  ...input
}: QuantizedNumeric): NumericInput {
  return input;
}

function categoricalInput({
  values: _values,
  weight: _weight,
  ...input
}: QuantizedCategorical): CategoricalInput {
  return input;
}

function keyOf(input: object): string {
  return Object.values(input).join();
}

/** The inputs of all sums, each once, by feature. */
function distinctInputs<T extends { featureIndex: number }>(inputs: readonly T[]): Map<string, T> {
  const sorted = [...inputs].sort((a, b) => a.featureIndex - b.featureIndex);
  return new Map(sorted.map((input) => [keyOf(input), input]));
}

/** @throws {FormatError} saying what was seen and what was expected. */
export function unpackLinear(
  content: Packed,
  features: readonly Feature[],
  task: Task,
): QuantizedLinear {
  if (task === 'regression')
    throw new FormatError('linear: a linear model has classes, the task is regression');
  const map = asMap(content, 'linear');
  const numeric = asList(map.get('numeric'), 'linear.numeric', 0, MAX_FEATURES).map(
    (entry, index) => unpackNumeric(entry, `linear.numeric[${index}]`, features),
  );
  const categorical = asList(map.get('categorical'), 'linear.categorical', 0, MAX_FEATURES).map(
    (entry, index) => unpackCategorical(entry, `linear.categorical[${index}]`, features),
  );
  const sums = asList(map.get('sums'), 'linear.sums', 1, MAX_OUTPUTS);
  asInteger(sums.length * (numeric.length + categorical.length), 'linear: terms', 0, MAX_TERMS);
  return {
    kind: 'linear',
    link: asOneOf(map.get('link'), 'linear.link', LINKS[task]),
    sums: sums.map((entry, output) =>
      unpackSum(entry, `linear.sums[${output}]`, numeric, categorical, features),
    ),
  };
}

function unpackNumeric(entry: Packed, path: string, features: readonly Feature[]): NumericInput {
  const map = asMap(entry, path);
  const lower = asNumber(map.get('lower'), `${path}.lower`);
  const upper = asNumber(map.get('upper'), `${path}.upper`);
  if (lower > upper) throw new FormatError(`${path}: lower ${lower} is above upper ${upper}`);
  return {
    featureIndex: unpackFeatureIndex(map, path, features),
    fill: asFinite(map.get('fill'), `${path}.fill`),
    lower,
    upper,
    center: asFinite(map.get('center'), `${path}.center`),
  };
}

function unpackCategorical(
  entry: Packed,
  path: string,
  features: readonly Feature[],
): CategoricalInput {
  const map = asMap(entry, path);
  const featureIndex = unpackFeatureIndex(map, path, features);
  const feature = features[featureIndex]!;
  if (feature.kind !== 'category') {
    throw new FormatError(`${path}: "${feature.name}" is not a category`);
  }
  const fill = asInteger(map.get('fill'), `${path}.fill`, -1, feature.levels.length - 1);
  return { featureIndex, fill };
}

function unpackFeatureIndex(
  map: Map<string, Packed>,
  path: string,
  features: readonly Feature[],
): number {
  return asInteger(map.get('featureIndex'), `${path}.featureIndex`, 0, features.length - 1);
}

function unpackSum(
  entry: Packed,
  path: string,
  numeric: readonly NumericInput[],
  categorical: readonly CategoricalInput[],
  features: readonly Feature[],
): QuantizedSum {
  const map = asMap(entry, path);
  const weights = asElements(map.get('weights'), `${path}.weights`, Int8Array);
  const steps = asElements(map.get('inverseSteps'), `${path}.inverseSteps`, Float64Array);
  const tableWeights = asElements(map.get('tableWeights'), `${path}.tableWeights`, Int8Array);
  const tables = asList(
    map.get('tables'),
    `${path}.tables`,
    categorical.length,
    categorical.length,
  );
  for (const [name, { length }, expected] of [
    ['weights', weights, numeric.length],
    ['inverseSteps', steps, numeric.length],
    ['tableWeights', tableWeights, categorical.length],
  ] as const) {
    if (length === expected) continue;
    throw new FormatError(
      `${path}.${name}: expected ${expected} entries, one an input, got ${length}`,
    );
  }
  const sum: QuantizedSum = {
    intercept: asFinite(map.get('intercept'), `${path}.intercept`),
    scale: asFinite(map.get('scale'), `${path}.scale`, 0),
    numeric: [],
    categorical: [],
  };
  numeric.forEach((input, index) => {
    const weight = unpackWeight(weights[index], `${path}.weights[${index}]`);
    if (weight === 0) return;
    const stepPath = `${path}.inverseSteps[${index}]`;
    const inverseStep = asFinite(steps[index], stepPath, Number.MIN_VALUE);
    sum.numeric.push({ ...input, inverseStep, weight });
  });
  categorical.forEach((input, index) => {
    const weight = unpackWeight(tableWeights[index], `${path}.tableWeights[${index}]`);
    if (weight === 0) return;
    const values = asElements(tables[index], `${path}.tables[${index}]`, Int16Array);
    const feature = features[input.featureIndex]!;
    if (feature.kind !== 'category' || feature.levels.length !== values.length) {
      throw new FormatError(
        `${path}.tables[${index}]: ${values.length} values do not fit the levels of "${feature.name}"`,
      );
    }
    sum.categorical.push({ ...input, values, weight });
  });
  return sum;
}

function unpackWeight(value: number | undefined, path: string): number {
  return asInteger(value, path, -127, 127);
}
