import {
  categoryWeight,
  type Linear,
  type LinearCategorical,
  type LinearNumeric,
} from '../model/linear.js';
import { addBatchConstants } from './batchConstant.js';
import type { FeatureValues } from './featureValues.js';
import type { GraphBuilder, Value } from './graphBuilder.js';

/**
 * Adds a linear model with its preprocessing, in float64: fill, clip, standardise; categories by a look-up of their weights.
 *
 * With one output, terms are weighed and summed in the reference's order: the margin has the reference's bits, even where
 * terms of 1e38 cancel. With several, a matrix product sums in an order of its own.
 * @returns the margins, double `[N, outputCount]`.
 */
export function addLinear(graph: GraphBuilder, features: FeatureValues, linear: Linear): Value {
  const { intercepts, numeric, categorical } = linear;
  if (numeric.length + categorical.length === 0) {
    return addBatchConstants(graph, features.inputs[0]!, 'double', intercepts);
  }
  return intercepts.length === 1
    ? addRunningSum(graph, features, linear)
    : addProduct(graph, features, linear);
}

/** One output: a running sum from the intercept on. */
function addRunningSum(graph: GraphBuilder, features: FeatureValues, linear: Linear): Value {
  const terms: Value[] = [];
  if (linear.numeric.length > 0) {
    const prepared = addPrepared(graph, features, linear.numeric, linear.numeric);
    const weights = graph.row(
      'double',
      linear.numeric.map((input) => input.weights[0]!),
    );
    terms.push(graph.addNode('Mul', [prepared, weights]));
  }
  for (const input of linear.categorical) terms.push(addWeights(graph, features, input, 1));
  const count = linear.numeric.length + linear.categorical.length;
  // the intercept starts the sum: it goes into the first term
  const start = Array.from({ length: count }, (_, i) => (i === 0 ? linear.intercepts[0]! : 0));
  const started = graph.addNode('Add', [graph.concat(terms), graph.row('double', start)]);
  const sums = graph.addNode('CumSum', [started, graph.scalar('int64', 1)]);
  const last = graph.addInitializer({ type: 'int64', dims: [1], values: [count - 1] });
  return graph.addNode('Gather', [sums, last], { axis: { kind: 'int', value: 1 } });
}

/** Several outputs: `[N, inputs] x [inputs, outputs]`, then the intercepts and the weights of the categories. */
function addProduct(
  graph: GraphBuilder,
  features: FeatureValues,
  { intercepts, numeric, categorical }: Linear,
): Value {
  const outputCount = intercepts.length;
  const terms: Value[] = [graph.row('double', intercepts)];
  if (numeric.length > 0) {
    const prepared = addPrepared(graph, features, numeric, numeric);
    const values = numeric.flatMap((input) => input.weights);
    const dims = [numeric.length, outputCount];
    const weights = graph.addInitializer({ type: 'double', dims, values });
    terms.unshift(graph.addNode('MatMul', [prepared, weights]));
  }
  for (const input of categorical) terms.push(addWeights(graph, features, input, outputCount));
  return terms.reduce((sum, term) => graph.addNode('Add', [sum, term]));
}

/** The weights that a category selects. @returns double `[N, outputCount]`. */
function addWeights(
  graph: GraphBuilder,
  features: FeatureValues,
  input: LinearCategorical,
  outputCount: number,
): Value {
  const known = [...input.weights[0]!.keys()];
  return addLookUp(graph, features, input.featureIndex, known, (code) =>
    Array.from({ length: outputCount }, (_, output) => categoryWeight(input, output, code)),
  );
}

/**
 * Numeric inputs filled, clipped and centred, then divided by `scale` or multiplied by `inverseStep`.
 * @returns double `[N, inputs.length]`.
 */
export function addPrepared(
  graph: GraphBuilder,
  features: FeatureValues,
  inputs: readonly Omit<LinearNumeric, 'scale' | 'weights'>[],
  scales: readonly ({ scale: number } | { inverseStep: number })[],
): Value {
  const row = (pick: (input: (typeof inputs)[number]) => number): Value =>
    graph.row('double', inputs.map(pick));
  const raw = graph.concat(inputs.map((input) => features.number(input.featureIndex)));
  const wide = graph.cast(raw, 'double');
  const missing = graph.addNode('IsNaN', [wide]);
  let value = graph.addNode('Where', [missing, row((input) => input.fill), wide]);
  if (inputs.some((input) => input.lower > -Infinity)) {
    value = graph.addNode('Max', [value, row((input) => input.lower)]);
  }
  if (inputs.some((input) => input.upper < Infinity)) {
    value = graph.addNode('Min', [value, row((input) => input.upper)]);
  }
  value = graph.addNode('Sub', [value, row((input) => input.center)]);
  const factors = scales.map((by) => ('scale' in by ? by.scale : by.inverseStep));
  const opType = 'scale' in scales[0]! ? 'Div' : 'Mul';
  return graph.addNode(opType, [value, graph.row('double', factors)]);
}

/**
 * A function of a category code, by a look-up.
 * @param known - its codes.
 * @param valuesOfCode - as many values for each code.
 * @returns double `[N, values]`.
 */
export function addLookUp(
  graph: GraphBuilder,
  features: FeatureValues,
  featureIndex: number,
  known: readonly number[],
  valuesOfCode: (code: number) => readonly number[],
): Value {
  const { codes, index } = features.domain(featureIndex, known);
  const values = codes.flatMap(valuesOfCode);
  const dims = [codes.length, values.length / codes.length];
  const table = graph.addInitializer({ type: 'double', dims, values });
  return graph.addNode('Gather', [table, index]);
}
