import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import { canonicalJson, readNumber } from '../core/json.js';
import type { Forest } from './forest.js';
import type { Linear } from './linear.js';
import { type Model, outputCountOf, type Predictor } from './model.js';
import { readCalibrator } from './readCalibrator.js';
import { readIsotonic } from './readIsotonic.js';
import { readThreshold } from './threshold.js';

/** The columns of a forest: name → the array that holds it, and what it runs along. */
const FOREST_COLUMNS = {
  baseScores: [Float64Array, 'output'],
  roots: [Int32Array, 'tree'],
  treeOutput: [Int32Array, 'tree'],
  featureIndex: [Int32Array, 'node'],
  threshold: [Float64Array, 'node'],
  categorySet: [Int32Array, 'node'],
  left: [Int32Array, 'node'],
  right: [Int32Array, 'node'],
  defaultLeft: [Uint8Array, 'node'],
  gain: [Float64Array, 'node'],
  cover: [Float64Array, 'node'],
  leafValue: [Float64Array, 'leaf'],
  leafCover: [Float64Array, 'leaf'],
} as const;

/** Writes `model.json`: equal models are equal bytes, and every number reads back exactly. */
export function serializeModel(model: Model): string {
  return canonicalJson(model);
}

/**
 * Reads `model.json`.
 * @throws {FormatError} saying what was seen and what was expected; a model that passes can be scored safely.
 */
export function parseModel(text: string): Model {
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new FormatError(`model is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (raw?.['format'] !== 'coppice-model') {
    throw new FormatError(`model expected format "coppice-model", got ${show(raw?.['format'])}`);
  }
  if (raw['version'] !== 1) {
    throw new FormatError(`model got version ${show(raw['version'])} when expected 1`);
  }
  if (!['binary', 'multiclass', 'regression'].includes(raw['task'] as string)) {
    throw new FormatError(
      `model expected task binary, multiclass or regression, got ${show(raw['task'])}`,
    );
  }
  const parts = ['schema', 'features', 'predictor', 'calibrator', 'rules'];
  if (raw['task'] === 'binary') parts.push('threshold');
  for (const key of parts) {
    if (typeof raw[key] !== 'object' || raw[key] === null) {
      throw new FormatError(`model expected "${key}", got ${show(raw[key])}`);
    }
  }
  const model = raw as unknown as Model;
  const predictor = readPredictor(raw['predictor'] as Record<string, unknown>, model);
  checkOutputs(model, outputCountOf(predictor));
  const place = { value: raw, path: '' };
  const calibrator = readCalibrator(model.task, readIsotonic)(place, 'calibrator');
  if (model.task !== 'binary') return { ...model, predictor, calibrator } as Model;
  return { ...model, predictor, calibrator, threshold: readThreshold(place, 'threshold') };
}

/** @throws {FormatError} when the classes of the target and the outputs of the predictor do not fit the task. */
export function checkOutputs(
  { task, schema }: Pick<Model, 'task' | 'schema'>,
  outputCount: number,
): void {
  const classCount = schema.target?.classes?.length;
  const fits =
    task === 'multiclass'
      ? classCount >= 3 && outputCount === classCount
      : outputCount === 1 && classCount === (task === 'binary' ? 2 : 0);
  if (fits) return;
  throw new FormatError(
    `a ${task} model got ${classCount} classes and ${outputCount} outputs; expected ${EXPECTED_OUTPUTS[task]}`,
  );
}

const EXPECTED_OUTPUTS = {
  binary: '2 classes and 1 output',
  multiclass: '3 or more classes and an output each',
  regression: 'no classes and 1 output',
} as const;

function readPredictor(raw: Record<string, unknown>, model: Model): Predictor {
  if (raw['kind'] === 'forest') return readForest(raw, model);
  if (raw['kind'] === 'linear') return readLinear(raw, model);
  throw new FormatError(`predictor expected kind forest or linear, got ${show(raw['kind'])}`);
}

function readForest(raw: Record<string, unknown>, model: Model): Forest {
  const forest = { ...raw } as unknown as Forest & Record<string, unknown>;
  for (const [name, [ArrayType]] of Object.entries(FOREST_COLUMNS)) {
    const values = raw[name];
    if (!Array.isArray(values)) throw new FormatError(`forest expected the list "${name}"`);
    const numbers = values.map((value, index) => {
      const number = readNumber(value);
      if (number === undefined) throw new FormatError(`${name}[${index}] is ${show(value)}`);
      return number;
    });
    (forest as Record<string, unknown>)[name] = new ArrayType(numbers);
  }
  checkForest(forest, model.features.length);
  return forest;
}

/**
 * Checks the structure: columns of equal length, children after their parents and in range, sets and features that exist.
 * @throws {FormatError} on the first thing that does not hold.
 */
export function checkForest(forest: Forest, featureCount: number): void {
  const nodeCount = forest.left.length;
  const leafCount = forest.leafValue.length;
  const outputCount = forest.baseScores.length;
  const lengths = {
    output: outputCount,
    tree: forest.roots.length,
    node: nodeCount,
    leaf: leafCount,
  };
  for (const [name, [, along]] of Object.entries(FOREST_COLUMNS)) {
    const { length } = forest[name as keyof typeof FOREST_COLUMNS];
    if (length === lengths[along]) continue;
    throw new FormatError(
      `forest column "${name}" has ${length} entries, expected ${lengths[along]}`,
    );
  }
  const checkChild = (child: number, above: number, what: string): void => {
    const valid = child >= 0 ? child > above && child < nodeCount : ~child < leafCount;
    if (!valid)
      throw new FormatError(
        `${what} points to ${child}; nodes 0..${nodeCount - 1}, leaves ~0..~${leafCount - 1}`,
      );
  };
  forest.roots.forEach((root, tree) => {
    checkChild(root, -1, `root of tree ${tree}`);
    const output = forest.treeOutput[tree]!;
    if (output < 0 || output >= outputCount) {
      throw new FormatError(`tree ${tree} adds to output ${output}, there are ${outputCount}`);
    }
  });
  for (let node = 0; node < nodeCount; node++) {
    checkChild(forest.left[node]!, node, `left of node ${node}`);
    checkChild(forest.right[node]!, node, `right of node ${node}`);
    const feature = forest.featureIndex[node]!;
    if (feature < 0 || feature >= featureCount) {
      throw new FormatError(`node ${node} reads feature ${feature}, there are ${featureCount}`);
    }
    if (forest.categorySet[node]! >= forest.categorySets.length) {
      throw new FormatError(
        `node ${node} names set ${forest.categorySet[node]}, there are ${forest.categorySets.length}`,
      );
    }
  }
}

function readLinear(raw: Record<string, unknown>, model: Model): Linear {
  const linear = raw as unknown as Linear;
  const number = (value: unknown, what: string): number => {
    const read = readNumber(value);
    if (read === undefined) throw new FormatError(`${what} expected a number, got ${show(value)}`);
    return read;
  };
  const feature = (index: unknown): number => {
    if (
      Number.isInteger(index) &&
      (index as number) >= 0 &&
      (index as number) < model.features.length
    ) {
      return index as number;
    }
    throw new FormatError(
      `linear input reads feature ${show(index)}, there are ${model.features.length}`,
    );
  };
  if (!Array.isArray(linear.numeric) || !Array.isArray(linear.categorical)) {
    throw new FormatError('linear expected the lists "numeric" and "categorical"');
  }
  const list = (values: unknown, what: string): number[] => {
    if (!Array.isArray(values))
      throw new FormatError(`${what} expected a list, got ${show(values)}`);
    return values.map((value) => number(value, what));
  };
  const perOutput = <T>(values: T[], what: string): T[] => {
    if (values.length === intercepts.length) return values;
    throw new FormatError(
      `${what} has ${values.length} entries, there are ${intercepts.length} outputs`,
    );
  };
  const intercepts = list(linear.intercepts, 'intercepts');
  return {
    kind: 'linear',
    link: linear.link === 'softmax' ? 'softmax' : 'logit',
    intercepts,
    numeric: linear.numeric.map((input) => ({
      featureIndex: feature(input.featureIndex),
      fill: number(input.fill, 'fill'),
      lower: number(input.lower, 'lower'),
      upper: number(input.upper, 'upper'),
      center: number(input.center, 'center'),
      scale: number(input.scale, 'scale'),
      weights: perOutput(list(input.weights, 'weights'), 'weights'),
    })),
    categorical: linear.categorical.map((input) => ({
      featureIndex: feature(input.featureIndex),
      weights: perOutput(
        input.weights.map((weights) => list(weights, 'weights')),
        'weights',
      ),
      fill: number(input.fill, 'fill'),
    })),
  };
}
