import type { GraphBuilder, Value } from './graphBuilder.js';

/**
 * Sums of columns that stand together: `[N, groupCount * width]` to `[N, groupCount]`.
 * @param values - float or double.
 */
export function addGroupSums(
  graph: GraphBuilder,
  values: Value,
  groupCount: number,
  width: number,
): Value {
  if (width === 1) return values;
  // 0 stands for the rows of the batch
  const shape = { type: 'int64', dims: [3], values: [0, groupCount, width] } as const;
  const groups = graph.addNode('Reshape', [values, graph.addInitializer(shape)]);
  const axis = graph.addInitializer({ type: 'int64', dims: [1], values: [2] });
  return graph.addNode('ReduceSum', [groups, axis], { keepdims: { kind: 'int', value: 0 } });
}
