import type { Calibrator } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';
import type { Model } from '../model/model.js';
import { addBatchConstant } from './expressionGraph.js';
import type { GraphBuilder, Value } from './graphBuilder.js';

/** The parts of a model that come after its predictor, and that quantising leaves alone. */
type Head = Pick<Model, 'calibrator' | 'schema' | 'threshold'>;

/**
 * Adds what comes after the margin, and the graph outputs: `label`, string `[N, 1]`, first, and `probability`, float
 * `[N, 1]`, second. The link and the calibrator run in float64; the probability is rounded once, and compared with the
 * threshold after that.
 * @param margin - double `[N, 1]`.
 */
export function addOutputs(
  graph: GraphBuilder,
  { calibrator, schema, threshold }: Head,
  link: Link,
  margin: Value,
): void {
  const label = graph.addOutput('label', 'string', ['N', 1]);
  const probability = graph.addOutput('probability', 'float', ['N', 1]);
  const calibrated = addCalibrator(graph, calibrator, link, margin);
  graph.cast(calibrated, 'float', probability);
  const cut = graph.scalar('float', threshold.value);
  const isPositive = graph.addNode('GreaterOrEqual', [probability, cut]);
  const names = [schema.target.positive, schema.target.negative].map((name) =>
    graph.addInitializer({ type: 'string', dims: [], values: [name] }),
  );
  graph.addNode('Where', [isPositive, ...names], {}, label);
}

/** From the margin to the probability, both double `[N, 1]`. */
function addCalibrator(
  graph: GraphBuilder,
  calibrator: Calibrator,
  link: Link,
  margin: Value,
): Value {
  switch (calibrator.kind) {
    case 'none':
      return link === 'logit'
        ? graph.addNode('Sigmoid', [margin])
        : graph.addNode('Clip', [margin, graph.scalar('double', 0), graph.scalar('double', 1)]);
    case 'sigmoid': {
      const scaled = graph.addNode('Mul', [margin, graph.scalar('double', calibrator.slope)]);
      const intercept = graph.scalar('double', calibrator.intercept);
      return graph.addNode('Sigmoid', [graph.addNode('Add', [scaled, intercept])]);
    }
    case 'isotonic':
      return addInterpolation(graph, calibrator.x, calibrator.y, margin);
  }
}

/**
 * Piecewise linear through the knots, flat outside: `y[0] + Σ (y[k+1] - y[k]) * clip((m - x[k]) / (x[k+1] - x[k]), 0, 1)`.
 * Every full segment adds its rise exactly, so steep segments cost no accuracy elsewhere.
 */
function addInterpolation(
  graph: GraphBuilder,
  x: readonly number[],
  y: readonly number[],
  margin: Value,
): Value {
  const segments = x.slice(1).map((_, k) => k);
  const differences = (values: readonly number[]): number[] =>
    segments.map((k) => values[k + 1]! - values[k]!);
  if (segments.length === 0) return addBatchConstant(graph, margin, 'double', y[0]!);
  // NaN counts as below the first knot
  const missing = graph.addNode('IsNaN', [margin]);
  const known = graph.addNode('Where', [missing, graph.scalar('double', x[0]!), margin]);
  const offset = graph.addNode('Sub', [known, graph.row('double', x.slice(0, -1))]);
  const fraction = graph.addNode('Div', [offset, graph.row('double', differences(x))]);
  const passed = graph.addNode('Clip', [
    fraction,
    graph.scalar('double', 0),
    graph.scalar('double', 1),
  ]);
  const rises = graph.addInitializer({
    type: 'double',
    dims: [segments.length, 1],
    values: differences(y),
  });
  const climbed = graph.addNode('MatMul', [passed, rises]);
  return graph.addNode('Add', [climbed, graph.scalar('double', y[0]!)]);
}
