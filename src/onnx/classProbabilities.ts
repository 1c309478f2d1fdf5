import type { Link } from '../model/forest.js';
import type { GraphBuilder, Value } from './graphBuilder.js';

/** Below this the `exp` of the reference is exactly 0, where ONNX Runtime's has subnormal numbers left. */
const EXP_UNDERFLOW = -708.3964185322641;

/**
 * Adds the probabilities of several classes, in float64: what `classProbabilities` of the model gives. Where the parts of
 * the classes have no positive sum, each class gets the same.
 * @param margins - double `[N, classCount]`.
 * @returns double `[N, classCount]`.
 */
export function addClassProbabilities(
  graph: GraphBuilder,
  link: Link,
  margins: Value,
  classCount: number,
): Value {
  const parts = addParts(graph, link, margins);
  const axis = graph.addInitializer({ type: 'int64', dims: [1], values: [1] });
  const sum = graph.addNode('ReduceSum', [parts, axis]);
  // false for NaN as well
  const hasSum = graph.addNode('Greater', [sum, graph.scalar('double', 0)]);
  const shares = graph.addNode('Div', [parts, sum]);
  return graph.addNode('Where', [hasSum, shares, graph.scalar('double', 1 / classCount)]);
}

/** What each class has before the division by the sum, at least 0 or NaN. */
function addParts(graph: GraphBuilder, link: Link, margins: Value): Value {
  const zero = graph.scalar('double', 0);
  switch (link) {
    case 'identity':
      return graph.addNode('Max', [margins, zero]);
    case 'logit': {
      // all of them may be tiny, and then zeros count
      const vanishes = graph.addNode('Less', [margins, graph.scalar('double', EXP_UNDERFLOW)]);
      return graph.addNode('Where', [vanishes, zero, graph.addNode('Sigmoid', [margins])]);
    }
    default: {
      const axes = { kind: 'ints', value: [1] } as const;
      const greatest = graph.addNode('ReduceMax', [margins], { axes });
      return graph.addNode('Exp', [graph.addNode('Sub', [margins, greatest])]);
    }
  }
}
