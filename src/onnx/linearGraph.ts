import { categoryWeight, type Linear, type LinearNumeric } from '../model/linear.js';
import { addBatchConstant } from './expressionGraph.js';
import type { FeatureValues } from './featureValues.js';
import type { GraphBuilder, Value } from './graphBuilder.js';

/**
 * Adds a linear model with its preprocessing, in float64 and in the reference's order of operations: fill, clip, standardise,
 * weigh; categories by a look-up of the weight; then a running sum from the intercept on. The margin has the reference's
 * bits, even where terms of 1e38 cancel.
 * @returns the margin, double `[N, 1]`.
 */
export function addLinear(graph: GraphBuilder, features: FeatureValues, linear: Linear): Value {
  const terms: Value[] = [];
  if (linear.numeric.length > 0) {
    const prepared = addPrepared(graph, features, linear.numeric, linear.numeric);
    const weights = graph.row(
      'double',
      linear.numeric.map((input) => input.weight),
    );
    terms.push(graph.addNode('Mul', [prepared, weights]));
  }
  for (const input of linear.categorical) {
    terms.push(
      addLookUp(graph, features, input.featureIndex, [...input.weights.keys()], (code) =>
        categoryWeight(input, code),
      ),
    );
  }
  const count = linear.numeric.length + linear.categorical.length;
  if (count === 0) {
    return addBatchConstant(graph, features.inputs[0]!, 'double', linear.intercept);
  }
  // the intercept starts the sum: it goes into the first term
  const start = Array.from({ length: count }, (_, i) => (i === 0 ? linear.intercept : 0));
  const started = graph.addNode('Add', [graph.concat(terms), graph.row('double', start)]);
  const sums = graph.addNode('CumSum', [started, graph.scalar('int64', 1)]);
  const last = graph.addInitializer({ type: 'int64', dims: [1], values: [count - 1] });
  return graph.addNode('Gather', [sums, last], { axis: { kind: 'int', value: 1 } });
}

/**
 * Numeric inputs filled, clipped and centred, then divided by `scale` or multiplied by `inverseStep`.
 * @returns double `[N, inputs.length]`.
 */
export function addPrepared(
  graph: GraphBuilder,
  features: FeatureValues,
  inputs: readonly Omit<LinearNumeric, 'scale' | 'weight'>[],
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

/** A function of a category code, by a look-up. @param known - its codes. @returns double `[N, 1]`. */
export function addLookUp(
  graph: GraphBuilder,
  features: FeatureValues,
  featureIndex: number,
  known: readonly number[],
  valueOfCode: (code: number) => number,
): Value {
  const { codes, index } = features.domain(featureIndex, known);
  const dims = [codes.length, 1];
  const table = graph.addInitializer({ type: 'double', dims, values: codes.map(valueOfCode) });
  return graph.addNode('Gather', [table, index]);
}
