import { type Calibrator, SHARE_MARGIN } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';
import type { BinaryHead, Head, MulticlassHead } from '../model/model.js';
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
      addClassOutputs(graph, model, classes, link, margins);
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
  { calibrator }: MulticlassHead,
  classes: readonly string[],
  link: Link,
  margins: Value,
): void {
  const label = graph.addOutput('label', 'string', ['N', 1]);
  const probabilities = graph.addOutput('probabilities', 'float', ['N', classes.length]);
  const shares = addClassProbabilities(graph, link, margins, classes.length, calibrator);
  graph.cast(shares, 'float', probabilities);
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
      return link === 'logit' ? graph.addNode('Sigmoid', [margin]) : addClamp(graph, margin);
    case 'temperature': {
      const scaled = addScaled(graph, addLogOdds(graph, link, margin), 1 / calibrator.temperature);
      return graph.addNode('Sigmoid', [scaled]);
    }
    case 'sigmoid': {
      const scaled = addScaled(graph, margin, calibrator.slope);
      const intercept = graph.scalar('double', calibrator.intercept);
      return graph.addNode('Sigmoid', [graph.addNode('Add', [scaled, intercept])]);
    }
    case 'beta':
      return addBeta(graph, calibrator, link, margin);
    case 'isotonic':
      return addInterpolation(graph, calibrator.x, calibrator.y, margin);
  }
}

/** `sigmoid(b · cost of the negative class - a · cost of the positive class + c)`; a term whose weight is 0 is left out. */
function addBeta(
  graph: GraphBuilder,
  { a, b, c }: Extract<Calibrator, { kind: 'beta' }>,
  link: Link,
  margin: Value,
): Value {
  const zero = graph.scalar('double', 0);
  if (a === 0 && b === 0) {
    const constant = addBatchConstants(graph, margin, 'double', [c]);
    return graph.addNode('Sigmoid', [constant]);
  }
  const up = b === 0 ? zero : addScaled(graph, addCost(graph, link, margin, 'negative'), b);
  const down = a === 0 ? zero : addScaled(graph, addCost(graph, link, margin, 'positive'), a);
  const difference = graph.addNode('Sub', [up, down]);
  return graph.addNode('Sigmoid', [graph.addNode('Add', [difference, graph.scalar('double', c)])]);
}

function addLogOdds(graph: GraphBuilder, link: Link, margin: Value): Value {
  if (link === 'logit') return margin;
  const costs = (['negative', 'positive'] as const).map((of) => addCost(graph, link, margin, of));
  return graph.addNode('Sub', costs);
}

/** `positiveCost` or `negativeCost` of the margin, in the same operations. */
function addCost(
  graph: GraphBuilder,
  link: Link,
  margin: Value,
  of: 'positive' | 'negative',
): Value {
  const one = graph.scalar('double', 1);
  if (link === 'logit') {
    const x = of === 'negative' ? margin : graph.addNode('Neg', [margin]);
    const small = graph.addNode('Exp', [graph.addNode('Neg', [graph.addNode('Abs', [margin])])]);
    const tail = graph.addNode('Log', [graph.addNode('Add', [one, small])]);
    return graph.addNode('Add', [graph.addNode('Max', [x, graph.scalar('double', 0)]), tail]);
  }
  const pulled = graph.addNode('Add', [
    addScaled(graph, addClamp(graph, margin), 1 - 2 * SHARE_MARGIN),
    graph.scalar('double', SHARE_MARGIN),
  ]);
  const share = of === 'positive' ? pulled : graph.addNode('Sub', [one, pulled]);
  return graph.addNode('Neg', [graph.addNode('Log', [share])]);
}

function addClamp(graph: GraphBuilder, value: Value): Value {
  return graph.addNode('Clip', [value, graph.scalar('double', 0), graph.scalar('double', 1)]);
}

function addScaled(graph: GraphBuilder, value: Value, factor: number): Value {
  return graph.addNode('Mul', [value, graph.scalar('double', factor)]);
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
