import { type ClassCalibrator, SHARE_MARGIN } from '../model/calibrator.js';
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
  calibrator: ClassCalibrator,
): Value {
  if (calibrator.kind === 'none') return addShares(graph, link, margins, classCount);
  const scale = graph.scalar('double', 1 / calibrator.temperature);
  if (link !== 'identity') {
    const scaled = graph.addNode('Mul', [margins, scale]);
    return addShares(graph, link, scaled, classCount);
  }
  // powers of the shares, pulled off 0 as `pullIn` does
  const shares = addShares(graph, link, margins, classCount);
  const shrunk = graph.scalar('double', 1 - classCount * SHARE_MARGIN);
  const pulled = graph.addNode('Add', [
    graph.addNode('Mul', [shares, shrunk]),
    graph.scalar('double', SHARE_MARGIN),
  ]);
  const logarithms = graph.addNode('Mul', [graph.addNode('Log', [pulled]), scale]);
  return addShares(graph, 'softmax', logarithms, classCount);
}

/** What the link makes of each margin, divided by the sum over the classes. */
function addShares(graph: GraphBuilder, link: Link, margins: Value, classCount: number): Value {
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
    case 'logit':
      return addSigmoid(graph, margins);
    default: {
      const axes = { kind: 'ints', value: [1] } as const;
      const greatest = graph.addNode('ReduceMax', [margins], { axes });
      return graph.addNode('Exp', [graph.addNode('Sub', [margins, greatest])]);
    }
  }
}

/**
 * The logistic function, of which all may be tiny here: the operator Sigmoid has no more than 16 digits behind the point,
 * and is 0 at -40.
 */
function addSigmoid(graph: GraphBuilder, margins: Value): Value {
  const constant = (value: number): Value => graph.scalar('double', value);
  const negative = graph.addNode('Neg', [graph.addNode('Abs', [margins])]);
  const vanishes = graph.addNode('Less', [negative, constant(EXP_UNDERFLOW)]);
  const power = graph.addNode('Exp', [negative]);
  const e = graph.addNode('Where', [vanishes, constant(0), power]);
  const isNegative = graph.addNode('Less', [margins, constant(0)]);
  const numerator = graph.addNode('Where', [isNegative, e, constant(1)]);
  return graph.addNode('Div', [numerator, graph.addNode('Add', [e, constant(1)])]);
}
