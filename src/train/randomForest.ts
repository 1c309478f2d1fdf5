import { createRandom, type Random } from '../core/random.js';
import { bareModel } from '../model/bareModel.js';
import type { Forest } from '../model/forest.js';
import type { Model, Task } from '../model/model.js';
import {
  type ForestOptions,
  type MeanObjective,
  resolveForestOptions,
  resolveTreeOptions,
  type TreeOptions,
} from './forestOptions.js';
import { resolveConstraints } from './grow/constraints.js';
import { createForestBuilder, type ForestBuilder } from './grow/forestBuilder.js';
import { boundedLeafValue } from './grow/splitInfo.js';
import { createTreeGrower } from './grow/treeGrower.js';
import { createObjective } from './objectives/createObjective.js';
import { prepareWorkspace } from './prepareWorkspace.js';
import { bootstrapCounts } from './sampling.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import { checkShape, checkTwoClasses, trainingProblem } from './trainingProblem.js';

/**
 * A random forest (Breiman 2001): each tree on a bootstrap sample, each node on a draw of columns; the prediction is the mean
 * of the trees' leaf means. Splits reduce the weighted squared error, which for a 0/1 target is the Gini impurity. With
 * several classes every sample grows a tree for each class against the others.
 * @throws {ConfigError} on bad options; {ShapeError} or {DataError} on bad data.
 */
export function fitForest(data: TrainingMatrix, options?: Partial<ForestOptions>): Forest {
  const resolved = resolveForestOptions(options);
  const { numTrees, subsample, seed, onProgress } = resolved;
  const trees = createMeanTrees(data, resolved);
  const random = createRandom(seed);
  const rowRandom = random.fork('rows');
  const nodeRandom = random.fork('nodes');
  const draws = Math.max(1, Math.round(trees.rowCount * subsample));
  for (let tree = 1; tree <= numTrees; tree++) {
    trees.add(numTrees, nodeRandom, bootstrapCounts(trees.rowCount, draws, rowRandom));
    onProgress?.({ tree, numTrees });
  }
  return trees.forest();
}

/**
 * One tree (Breiman et al. 1984): leaves hold the weighted mean of the target, or the share of positives; a tree for each of
 * several classes.
 * @throws {ConfigError} on bad options; {ShapeError} or {DataError} on bad data.
 */
export function fitTree(data: TrainingMatrix, options?: Partial<TreeOptions>): Forest {
  const resolved = resolveTreeOptions(options);
  const trees = createMeanTrees(data, resolved);
  trees.add(1, createRandom(resolved.seed).fork('nodes'));
  return trees.forest();
}

/** {@link fitForest} as a whole model. */
export function trainForest(data: TrainingMatrix, options?: Partial<ForestOptions>): Model {
  return bareModel(data, fitForest(data, options), 'forest', taskOf(options?.objective));
}

/** {@link fitTree} as a whole model. */
export function trainTree(data: TrainingMatrix, options?: Partial<TreeOptions>): Model {
  return bareModel(data, fitTree(data, options), 'tree', taskOf(options?.objective));
}

function taskOf(objective: MeanObjective = 'binary'): Task {
  return objective === 'squared' ? 'regression' : objective;
}

/** Trees whose leaves are plain weighted means of the target: nothing shrinks them. */
interface MeanTrees {
  rowCount: number;
  /**
   * Adds a tree an output.
   * @param share - leaf means are divided by it
   * @param times - how often each row was drawn; once each when absent
   */
  add(share: number, random: Random, times?: Uint32Array): void;
  forest(): Forest;
}

function createMeanTrees(data: TrainingMatrix, options: TreeOptions): MeanTrees {
  checkShape(data);
  const { task, outputCount } = createObjective(
    { ...options, quantileLevel: 0.5, huberDelta: 1, tweediePower: 1.5 },
    data,
  );
  const problem = trainingProblem(data, options.scalePosWeight);
  if (task !== 'regression') checkTwoClasses(problem);
  const workspace = prepareWorkspace(problem, options, 1);
  const { words, floats, layout, mapper } = workspace;
  const { rowCount, target, weight } = problem;
  const columns = Uint32Array.from(mapper.columns.keys());
  const colsampleByNode = options.colsampleByNode || 1 / Math.sqrt(Math.max(1, columns.length));
  const grower = createTreeGrower(
    workspace,
    { ...options, colsampleByNode, l1: 0, l2: 0, catL2: 0 },
    resolveConstraints(data, options),
  );
  const builder: ForestBuilder = createForestBuilder(mapper);

  /** With gradient `-w y` and hessian `w` the best leaf value is the weighted mean of y. @returns how many rows */
  function writeRows(output: number, times: Uint32Array | undefined): number {
    let count = 0;
    for (let row = 0; row < rowCount; row++) {
      const w = times ? weight[row]! * times[row]! : weight[row]!;
      if (w === 0) continue;
      words[layout.sampleIndices / 4 + count++] = row;
      const isClass = target[row] === output ? 1 : 0;
      const y = task === 'multiclass' ? isClass : target[row]!;
      floats[layout.gradients / 4 + 2 * row] = -w * y;
      floats[layout.gradients / 4 + 2 * row + 1] = w;
    }
    return count;
  }

  return {
    rowCount,
    add(share, random, times) {
      for (let output = 0; output < outputCount; output++) {
        const grown = grower.grow(writeRows(output, times), columns, random);
        const values = grown.leaves.map(
          ({ gradient, hessian, bounds }) =>
            boundedLeafValue(gradient, hessian, 0, 0, bounds) / share,
        );
        builder.addTree(grown, values, output);
      }
    },
    forest: () => builder.forest('identity', new Float64Array(outputCount)),
  };
}
