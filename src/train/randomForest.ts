import { createRandom } from '../core/random.js';
import type { Forest } from '../model/forest.js';
import { type FeatureConstraints, resolveConstraints } from './constraints.js';
import { createForestBuilder } from './forestBuilder.js';
import {
  type ForestOptions,
  resolveForestOptions,
  resolveTreeOptions,
  type TreeOptions,
} from './forestOptions.js';
import { prepareWorkspace } from './prepareWorkspace.js';
import { bootstrapCounts } from './sampling.js';
import { boundedLeafValue } from './splitInfo.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import { binaryProblem, type TrainingProblem } from './trainingProblem.js';
import { createTreeGrower, type TreeGrower } from './treeGrower.js';
import type { Workspace } from './workspace.js';

/**
 * A random forest (Breiman 2001): each tree on a bootstrap sample, each node on a draw of columns; the probability is the
 * mean of the trees' leaf means. Splits reduce the weighted squared error, which for a 0/1 target is the Gini impurity.
 * @throws {ConfigError} on bad options; {ShapeError} or {DataError} on bad data.
 */
export function fitForest(data: TrainingMatrix, options?: Partial<ForestOptions>): Forest {
  const resolved = resolveForestOptions(options);
  const { numTrees, subsample, seed, onProgress } = resolved;
  const problem = binaryProblem(data, resolved.scalePosWeight);
  const constraints = resolveConstraints(data, resolved);
  const workspace = prepareWorkspace(problem, resolved);
  const { rowCount, mapper } = workspace;
  const grower = createMeanGrower(workspace, resolved, constraints);
  const random = createRandom(seed);
  const rowRandom = random.fork('rows');
  const nodeRandom = random.fork('nodes');
  const columns = Uint32Array.from(mapper.columns.keys());
  const draws = Math.max(1, Math.round(rowCount * subsample));
  const builder = createForestBuilder(mapper);
  for (let tree = 1; tree <= numTrees; tree++) {
    const times = bootstrapCounts(rowCount, draws, rowRandom);
    const grown = grower.grow(writeRows(workspace, problem, times), columns, nodeRandom);
    const values = grown.leaves.map(
      ({ gradient, hessian, bounds }) =>
        boundedLeafValue(gradient, hessian, 0, 0, bounds) / numTrees,
    );
    builder.addTree(grown, values);
    onProgress?.({ tree, numTrees });
  }
  return builder.forest('identity', 0);
}

/**
 * One classification tree (Breiman et al. 1984): leaves hold the weighted share of positives.
 * @throws {ConfigError} on bad options; {ShapeError} or {DataError} on bad data.
 */
export function fitTree(data: TrainingMatrix, options?: Partial<TreeOptions>): Forest {
  const resolved = resolveTreeOptions(options);
  const problem = binaryProblem(data, resolved.scalePosWeight);
  const constraints = resolveConstraints(data, resolved);
  const workspace = prepareWorkspace(problem, resolved);
  const { mapper } = workspace;
  const grower = createMeanGrower(workspace, resolved, constraints);
  const columns = Uint32Array.from(mapper.columns.keys());
  const random = createRandom(resolved.seed).fork('nodes');
  const grown = grower.grow(writeRows(workspace, problem), columns, random);
  const builder = createForestBuilder(mapper);
  const values = grown.leaves.map(({ gradient, hessian, bounds }) =>
    boundedLeafValue(gradient, hessian, 0, 0, bounds),
  );
  builder.addTree(grown, values);
  return builder.forest('identity', 0);
}

/** Trees whose leaves are plain weighted means of the target: nothing shrinks them. */
function createMeanGrower(
  workspace: Workspace,
  options: TreeOptions,
  constraints: FeatureConstraints,
): TreeGrower {
  const columnCount = workspace.mapper.columns.length;
  const colsampleByNode = options.colsampleByNode || 1 / Math.sqrt(Math.max(1, columnCount));
  return createTreeGrower(
    workspace,
    { ...options, colsampleByNode, l1: 0, l2: 0, catL2: 0 },
    constraints,
  );
}

/**
 * Writes the rows of a tree and their gradients: with gradient `-w y` and hessian `w` the best leaf value is the weighted mean
 * of y. @param times - how often each row was drawn; once each when absent. @returns how many rows
 */
function writeRows(
  { words, floats, layout, rowCount }: Workspace,
  { target, weight }: TrainingProblem,
  times?: Uint32Array,
): number {
  const indices = layout.sampleIndices / 4;
  const gradients = layout.gradients / 4;
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    const w = times ? weight[row]! * times[row]! : weight[row]!;
    if (w === 0) continue;
    words[indices + count++] = row;
    floats[gradients + 2 * row] = -w * target[row]!;
    floats[gradients + 2 * row + 1] = w;
  }
  return count;
}
