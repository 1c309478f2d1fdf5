import { checkInteger, checkKnownKeys, show } from '../core/check.js';
import { ConfigError, DataError, ShapeError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import type { Forest } from '../model/forest.js';
import { margins, predictions } from '../model/margin.js';
import { type Model, outputCountOf, type Predictor } from '../model/model.js';
import { checkRows } from './checkRows.js';
import {
  type MetricFunction,
  metricNamed,
  type PermutationMetric,
  type PermutationMetricName,
} from './permutationMetric.js';

export interface PermutationOptions {
  model: Model;
  /** row-major feature matrix; best of rows that the model was not trained on (IN) */
  matrix: ArrayLike<number>;
  /** by default as many as the matrix holds */
  rowCount?: number;
  /** per row: 0 or 1 (binary), the index of the class (multiclass), or the number */
  target: ArrayLike<number>;
  /** per row, >= 0; by default all rows count alike */
  weight?: ArrayLike<number>;
  /** by default logLoss, for regression meanSquaredError; a function comes with its direction */
  metric?: PermutationMetricName | { evaluate: MetricFunction; greaterIsBetter: boolean };
  /** shuffles of each feature, >= 1; default 5 */
  repeats?: number;
  /** a 32-bit integer; default 0 */
  seed?: number;
}

const OPTION_NAMES = [
  'model',
  'matrix',
  'rowCount',
  'target',
  'weight',
  'metric',
  'repeats',
  'seed',
] as const;

export interface PermutationImportance {
  /** name of the metric, `custom` for a function */
  metric: string;
  greaterIsBetter: boolean;
  /** the metric of the rows as they are */
  baseline: number;
  /** greatest mean drop first, of equals the first feature */
  features: PermutedFeature[];
}

export interface PermutedFeature {
  feature: string;
  /** column of the feature matrix */
  featureIndex: number;
  /** how much worse the metric becomes, mean over the repeats: positive when the feature helps */
  mean: number;
  /** standard deviation over the repeats (divisor repeats - 1), 0 for a single one */
  deviation: number;
  /** of each repeat */
  drops: number[];
}

/**
 * How much worse a model becomes when a feature's column is shuffled (Breiman 2001; as model reliance, Fisher, Rudin and Dominici
 * 2019). Works for every model, needs no covers, and speaks of the rows given: on held-out rows of what the feature is worth
 * there. Features that stand in for one another share their worth, so each may look dispensable. A derived feature is shuffled by
 * itself, not with the fields it is made of.
 *
 * Each feature has random numbers of its own, so its result does not depend on the others. Only the trees that read the feature are
 * scored again; a feature that no tree reads has exactly 0. O(features used * repeats * rows * trees that read it * depth).
 * @throws {ConfigError} on a bad option. @throws {ShapeError} on lengths that differ. @throws {DataError} on a target out of range, or where
 * the metric is not defined.
 */
export function permutationImportance(options: PermutationOptions): PermutationImportance {
  checkKnownKeys('permutation option', options, OPTION_NAMES);
  const { model, target, weight, repeats = 5, seed = 0 } = options;
  checkInteger('repeats', repeats, 1);
  checkInteger('seed', seed, -(2 ** 31), 2 ** 32 - 1);
  const featureCount = model.features.length;
  const { matrix, rowCount } = checkRows(options.matrix, featureCount, options.rowCount);
  checkTarget(model, target, rowCount);
  checkWeight(weight, rowCount);
  const metric = resolveMetric(model, options.metric);

  const measure = (marginsOfRows: Float64Array): number =>
    metric.evaluate(target, predictions(model, marginsOfRows), weight);
  const asGiven = margins(model.predictor, matrix, rowCount, featureCount);
  const baseline = measure(asGiven.slice());
  if (typeof baseline !== 'number') {
    throw new ConfigError(`"metric" expected to return a number, got ${show(baseline)}`);
  }
  if (!Number.isFinite(baseline)) {
    throw new DataError(
      `the metric ${metric.name} of the rows as they are is ${baseline}; is a class absent, or the target constant?`,
    );
  }
  const direction = metric.greaterIsBetter ? 1 : -1;
  // own copy: a column is shuffled and put back
  const work = Float64Array.from({ length: rowCount * featureCount }, (_, at) => matrix[at]!);
  const random = createRandom(seed);
  const features = model.features.map(({ name }, featureIndex): PermutedFeature => {
    const drops: number[] = new Array(repeats).fill(0);
    const parts = splitPredictor(model.predictor, featureIndex);
    if (parts) {
      const ownRandom = random.fork(`feature ${featureIndex}`);
      const column = Float64Array.from({ length: rowCount }, (_, row) => {
        return work[row * featureCount + featureIndex]!;
      });
      const rest = parts.without && margins(parts.without, work, rowCount, featureCount);
      const shuffled = column.slice();
      for (let repeat = 0; repeat < repeats; repeat++) {
        ownRandom.shuffle(shuffled);
        setColumn(work, featureIndex, featureCount, shuffled);
        const moved = margins(parts.reading, work, rowCount, featureCount);
        if (rest) for (let i = 0; i < moved.length; i++) moved[i]! += rest[i]!;
        drops[repeat] = direction * (baseline - measure(moved));
      }
      setColumn(work, featureIndex, featureCount, column);
    }
    return { feature: name, featureIndex, ...summarize(drops), drops };
  });
  features.sort((a, b) => b.mean - a.mean || a.featureIndex - b.featureIndex);
  return { metric: metric.name, greaterIsBetter: metric.greaterIsBetter, baseline, features };
}

function setColumn(
  work: Float64Array,
  featureIndex: number,
  featureCount: number,
  column: Float64Array,
): void {
  for (let row = 0; row < column.length; row++) {
    work[row * featureCount + featureIndex] = column[row]!;
  }
}

/** The part of a predictor that reads a feature and the part that does not; undefined when nothing reads it. */
function splitPredictor(
  predictor: Predictor,
  feature: number,
): { reading: Predictor; without?: Predictor } | undefined {
  if (predictor.kind === 'linear') {
    const reads = [...predictor.numeric, ...predictor.categorical].some(
      ({ featureIndex }) => featureIndex === feature,
    );
    return reads ? { reading: predictor } : undefined;
  }
  const { roots, featureIndex, left } = predictor;
  const reading: number[] = [];
  const without: number[] = [];
  let end = left.length;
  for (let tree = roots.length - 1; tree >= 0; tree--) {
    const root = roots[tree]!;
    let reads = false;
    if (root >= 0) {
      for (let node = root; node < end; node++) reads ||= featureIndex[node] === feature;
      end = root;
    }
    (reads ? reading : without).push(tree);
  }
  if (reading.length === 0) return undefined;
  const zeros = new Float64Array(predictor.baseScores.length);
  return {
    reading: { ...someTrees(predictor, reading.reverse()), baseScores: zeros },
    without: someTrees(predictor, without.reverse()),
  };
}

function someTrees(forest: Forest, trees: readonly number[]): Forest {
  return {
    ...forest,
    roots: Int32Array.from(trees, (tree) => forest.roots[tree]!),
    treeOutput: Int32Array.from(trees, (tree) => forest.treeOutput[tree]!),
  };
}

function summarize(drops: readonly number[]): { mean: number; deviation: number } {
  const mean = drops.reduce((sum, drop) => sum + drop, 0) / drops.length;
  if (drops.length === 1) return { mean, deviation: 0 };
  const squares = drops.reduce((sum, drop) => sum + (drop - mean) * (drop - mean), 0);
  return { mean, deviation: Math.sqrt(squares / (drops.length - 1)) };
}

function resolveMetric(model: Model, given: PermutationOptions['metric']): PermutationMetric {
  if (typeof given !== 'object') return metricNamed(model, given);
  checkKnownKeys('metric option', given, ['evaluate', 'greaterIsBetter']);
  if (typeof given.evaluate !== 'function' || typeof given.greaterIsBetter !== 'boolean') {
    throw new ConfigError(
      '"metric" expected a name or { evaluate: function, greaterIsBetter: boolean }',
    );
  }
  return { name: 'custom', ...given };
}

function checkTarget(model: Model, target: ArrayLike<number>, rowCount: number): void {
  if (target.length !== rowCount) {
    throw new ShapeError(`"target" has ${target.length} values, expected ${rowCount}, one a row`);
  }
  if (rowCount === 0) throw new DataError('permutation importance needs rows, got none');
  const classCount = model.task === 'binary' ? 2 : outputCountOf(model.predictor);
  for (let row = 0; row < rowCount; row++) {
    const value = target[row]!;
    const isValid =
      model.task === 'regression'
        ? Number.isFinite(value)
        : Number.isInteger(value) && value >= 0 && value < classCount;
    if (isValid) continue;
    const expected =
      model.task === 'regression'
        ? 'a finite number'
        : `a class index in [0, ${classCount - 1}] (the place of the class in the target's classes)`;
    throw new DataError(`row ${row}: "target" expected ${expected}, got ${show(value)}`);
  }
}

function checkWeight(weight: ArrayLike<number> | undefined, rowCount: number): void {
  if (!weight) return;
  if (weight.length !== rowCount) {
    throw new ShapeError(`"weight" has ${weight.length} values, expected ${rowCount}, one a row`);
  }
  let total = 0;
  for (let row = 0; row < rowCount; row++) {
    const w = weight[row]!;
    if (!(w >= 0 && w < Infinity)) {
      throw new DataError(`row ${row}: "weight" expected a finite number >= 0, got ${show(w)}`);
    }
    total += w;
  }
  if (!(total > 0)) throw new DataError('"weight" is 0 for every row');
}
