import type { QuantizedCategorical, QuantizedLinear, QuantizedSum } from '../model/quantized.js';
import { addBatchConstants } from './batchConstant.js';
import type { FeatureValues } from './featureValues.js';
import type { GraphBuilder, Value } from './graphBuilder.js';
import { addLookUp, addPrepared } from './linearGraph.js';

/** The largest magnitude of a quantised input. */
const LARGEST_INPUT = 32767;

/**
 * Adds a quantised linear model: int16 inputs, int8 weights, int32 dot products, one an output.
 * @returns the margins, double `[N, outputCount]`.
 */
export function addQuantizedLinear(
  graph: GraphBuilder,
  features: FeatureValues,
  { sums }: QuantizedLinear,
): Value {
  return graph.concat(sums.map((sum) => addSum(graph, features, sum)));
}

/**
 * One output. MatMulInteger takes bytes only, so an input is split into `q = 256 * high + low` with `high` in [-128, 127]
 * and `low` in [0, 255], and multiplied twice.
 * @returns the margin, double `[N, 1]`.
 */
function addSum(
  graph: GraphBuilder,
  features: FeatureValues,
  { intercept, scale, numeric, categorical }: QuantizedSum,
): Value {
  const inputs: Value[] = [];
  if (numeric.length > 0) inputs.push(addRounded(graph, features, numeric));
  for (const input of categorical) {
    inputs.push(
      addLookUp(graph, features, input.featureIndex, [...input.values.keys()], (code) => [
        levelValue(input, code),
      ]),
    );
  }
  if (inputs.length === 0) {
    return addBatchConstants(graph, features.inputs[0]!, 'double', [intercept]);
  }
  const constant = (value: number): Value => graph.scalar('double', value);
  const q = graph.concat(inputs);
  const high = graph.addNode('Floor', [graph.addNode('Div', [q, constant(256)])]);
  const low = graph.addNode('Sub', [q, graph.addNode('Mul', [high, constant(256)])]);
  const values = [...numeric, ...categorical].map((input) => input.weight);
  const weights = graph.addInitializer({ type: 'int8', dims: [values.length, 1], values });
  // unsigned bytes are what every kernel of MatMulInteger takes: the high byte is moved by its zero point
  const moved = graph.cast(graph.addNode('Add', [high, constant(128)]), 'uint8');
  const highSum = graph.addNode('MatMulInteger', [moved, weights, graph.scalar('uint8', 128)]);
  const lowSum = graph.addNode('MatMulInteger', [graph.cast(low, 'uint8'), weights]);
  const dot = graph.addNode('Add', [
    graph.addNode('Mul', [graph.cast(highSum, 'double'), constant(256)]),
    graph.cast(lowSum, 'double'),
  ]);
  const scaled = graph.addNode('Mul', [dot, constant(scale)]);
  return graph.addNode('Add', [scaled, constant(intercept)]);
}

/** The quantised numeric inputs, double `[N, numeric.length]`, integers. */
function addRounded(
  graph: GraphBuilder,
  features: FeatureValues,
  numeric: QuantizedSum['numeric'],
): Value {
  const prepared = addPrepared(graph, features, numeric, numeric);
  // half up, as Math.round does; the operator Round would take halves to even
  const half = graph.addNode('Add', [prepared, graph.scalar('double', 0.5)]);
  return graph.addNode('Clip', [
    graph.addNode('Floor', [half]),
    graph.scalar('double', -LARGEST_INPUT),
    graph.scalar('double', LARGEST_INPUT),
  ]);
}

function levelValue({ values, fill }: QuantizedCategorical, code: number): number {
  const level = code !== code ? fill : code;
  return level >= 0 ? (values[level] ?? 0) : 0;
}
