import type { Calibrator } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';
import type { BinaryHead, Head } from '../model/model.js';
import type { Schema } from '../model/schema.js';
import { addBatchConstants } from './batchConstant.js';
import { addClassProbabilities } from './classProbabilities.js';
import type { GraphBuilder, Value } from './graphBuilder.js';

/**
 * Adds what comes after the margins, and the graph outputs, label first; see `exportOnnx`. Links and calibrators run in
 * float64 and are rounded once; a label is decided on the rounded probabilities.
 * @param model - the parts that come after its predictor, and that quantising leaves alone.
 * @param margins - double `[N, outputCount]`.
 */
export function addOutputs(
  graph: GraphBuilder,
  model: Head & { schema: Schema },
  link: Link,
  margins: Value,
): void {
  const { classes } = model.schema.target;
  switch (model.task) {
    case 'binary':
      addBinaryOutputs(graph, model, classes, link, margins);
      break;
    case 'multiclass':
      addClassOutputs(graph, classes, link, margins);
      break;
    case 'regression':
      addNumberOutput(graph, link, margins);
      break;
  }
}

function addBinaryOutputs(
  graph: GraphBuilder,
  { calibrator, threshold }: BinaryHead,
  [negative, positive]: readonly string[],
  link: Link,
  margin: Value,
): void {
  const label = graph.addOutput('label', 'string', ['N', 1]);
  const probability = graph.addOutput('probability', 'float', ['N', 1]);
  const calibrated = addCalibrator(graph, calibrator, link, margin);
  graph.cast(calibrated, 'float', probability);
  const cut = graph.scalar('float', threshold.value);
  const isPositive = graph.addNode('GreaterOrEqual', [probability, cut]);
  const names = [positive!, negative!].map((name) =>
    graph.addInitializer({ type: 'string', dims: [], values: [name] }),
  );
  graph.addNode('Where', [isPositive, ...names], {}, label);
}

/** The label is the first class of those with the greatest probability. */
function addClassOutputs(
  graph: GraphBuilder,
  classes: readonly string[],
  link: Link,
  margins: Value,
): void {
  const label = graph.addOutput('label', 'string', ['N', 1]);
  const probabilities = graph.addOutput('probabilities', 'float', ['N', classes.length]);
  graph.cast(addClassProbabilities(graph, link, margins, classes.length), 'float', probabilities);
  const best = graph.addNode('ArgMax', [probabilities], { axis: { kind: 'int', value: 1 } });
  const names = graph.addInitializer({ type: 'string', dims: [classes.length], values: classes });
  graph.addNode('Gather', [names, best], {}, label);
}

function addNumberOutput(graph: GraphBuilder, link: Link, margin: Value): void {
  const prediction = graph.addOutput('prediction', 'float', ['N', 1]);
  graph.cast(link === 'log' ? graph.addNode('Exp', [margin]) : margin, 'float', prediction);
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
  if (segments.length === 0) return addBatchConstants(graph, margin, 'double', [y[0]!]);
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
