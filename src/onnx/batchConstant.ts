import type { GraphBuilder, Value } from './graphBuilder.js';

/**
 * The same numbers on every row, shape `[N, values.length]`.
 * @param like - any value of shape `[N, 1]`.
 */
export function addBatchConstants(
  graph: GraphBuilder,
  like: Value,
  type: 'float' | 'double',
  values: readonly number[],
): Value {
  const shape = graph.addNode('Shape', [like]);
  if (values.length > 1) return graph.addNode('Expand', [graph.row(type, values), shape]);
  const fill = { kind: 'tensor', value: { type, dims: [1], values } } as const;
  return graph.addNode('ConstantOfShape', [shape], { value: fill });
}
