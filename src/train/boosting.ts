import { createRandom, type Random } from '../core/random.js';
import type { Forest } from '../model/forest.js';
import { resolveConstraints } from './constraints.js';
import { createForestBuilder } from './forestBuilder.js';
import { type GbdtOptions, resolveGbdtOptions } from './gbdtOptions.js';
import type { GrownTree } from './grownTree.js';
import { logLoss } from './objective.js';
import { routeRows } from './partition.js';
import { prepareWorkspace } from './prepareWorkspace.js';
import { sampleRows, sampleShare } from './sampling.js';
import { boundedLeafValue } from './splitInfo.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import { binaryProblem } from './trainingProblem.js';
import { createTreeGrower } from './treeGrower.js';
import type { Workspace } from './workspace.js';

/** Boosting that stands still between trees, so that whoever drives it can stop, yield or measure. */
export interface Boosting {
  readonly treeCount: number;
  /** Adds a tree. @returns false when no tree could gain anything more: boosting is over. */
  addTree(): boolean;
  /** The forest of the trees so far. */
  forest(): Forest;
}

/**
 * Gradient boosted trees on binary log loss (Friedman 2001; second order as Chen & Guestrin 2016).
 * @param data - target of 0 and 1; neither it nor its arrays are changed
 * @throws {ConfigError} on bad options; {ShapeError} or {DataError} on bad data.
 */
export function fitGbdt(data: TrainingMatrix, options?: Partial<GbdtOptions>): Forest {
  const resolved = resolveGbdtOptions(options);
  const { numTrees, onProgress } = resolved;
  const boosting = startBoosting(data, resolved);
  for (let tree = 1; tree <= numTrees && boosting.addTree(); tree++) {
    onProgress?.({ tree, numTrees });
  }
  return boosting.forest();
}

/** Bins the data and stands ready to add trees. */
export function startBoosting(data: TrainingMatrix, options: GbdtOptions): Boosting {
  const { learningRate, maxDeltaStep, subsample, colsample, l1, seed } = options;
  const problem = binaryProblem(data, options.scalePosWeight);
  const constraints = resolveConstraints(data, options);
  const workspace = prepareWorkspace(problem, options);
  const { layout, doubles, mapper } = workspace;
  const baseScore = logLoss.baseScore(problem);
  doubles.fill(baseScore, layout.margins / 8, layout.margins / 8 + problem.rowCount);

  const grower = createTreeGrower(workspace, options, constraints);
  const builder = createForestBuilder(mapper);
  const allColumns = Uint32Array.from(mapper.columns.keys());
  const random = createRandom(seed);
  const rowRandom = random.fork('rows');
  const columnRandom = random.fork('columns');
  const nodeRandom = random.fork('nodes');
  const everyTreeIsAlike = subsample === 1 && colsample === 1 && options.colsampleByNode === 1;

  return {
    get treeCount() {
      return builder.treeCount;
    },

    addTree() {
      logLoss.gradientsInto(workspace);
      const sampled = drawRows(workspace, subsample, rowRandom);
      const columns = sampleShare(allColumns, colsample, columnRandom);
      const tree = grower.grow(sampled, columns, nodeRandom);
      const isStump = tree.nodes.length === 0;
      if (isStump && everyTreeIsAlike && builder.treeCount > 0) return false;
      const values = tree.leaves.map((leaf) => {
        const step = boundedLeafValue(leaf.gradient, leaf.hessian, l1, leaf.l2, leaf.bounds);
        return learningRate * Math.max(-maxDeltaStep, Math.min(maxDeltaStep, step));
      });
      builder.addTree(tree, values);
      addToMargins(workspace, tree, values, sampled);
      return !(isStump && everyTreeIsAlike);
    },

    forest: () => builder.forest(logLoss.link, baseScore),
  };
}

/** Writes the rows of a tree to the front of `sampleIndices`, the others after them. @returns how many are in */
function drawRows(
  { words, layout, rowCount }: Workspace,
  subsample: number,
  random: Random,
): number {
  const at = layout.sampleIndices / 4;
  if (subsample === 1) {
    for (let row = 0; row < rowCount; row++) words[at + row] = row;
    return rowCount;
  }
  const size = Math.max(1, Math.round(rowCount * subsample));
  const { chosen, rest } = sampleRows(rowCount, size, random);
  words.set(chosen, at);
  words.set(rest, at + size);
  return size;
}

/** Adds a tree to the margins of all rows, those that it was not grown on included. */
function addToMargins(
  workspace: Workspace,
  tree: GrownTree,
  values: readonly number[],
  sampled: number,
): void {
  const { kernel, layout, rowCount } = workspace;
  const add = (leaf: number, start: number, count: number): void =>
    kernel.addToMargins(layout.margins, layout.sampleIndices + 4 * start, count, values[leaf]!);
  tree.leaves.forEach((leaf, index) => {
    add(index, leaf.start, leaf.count);
  });
  routeRows(workspace, tree.nodes, sampled, rowCount - sampled, add);
}
