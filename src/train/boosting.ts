import { log } from '../core/elementary.js';
import { ConfigError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import type { Forest } from '../model/forest.js';
import type { BinMapper } from './bins/binMapper.js';
import type { GbdtOptions } from './gbdtOptions.js';
import { resolveConstraints } from './grow/constraints.js';
import { createForestBuilder } from './grow/forestBuilder.js';
import type { GrownTree } from './grow/grownTree.js';
import { routeRows } from './grow/partition.js';
import { boundedLeafValue } from './grow/splitInfo.js';
import { createTreeGrower } from './grow/treeGrower.js';
import type { KernelFactory } from './kernel/kernel.js';
import { createObjective } from './objectives/createObjective.js';
import type { Objective } from './objectives/objective.js';
import { prepareWorkspace } from './prepareWorkspace.js';
import { amplifyGradients, createRowSampler } from './rowSampler.js';
import { sampleShare } from './sampling.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import { checkShape, checkTwoClasses, trainingProblem } from './trainingProblem.js';
import { checkContinues, startingMargins } from './warmStart.js';
import type { Workspace } from './workspace.js';

/** Boosting that stands still between rounds, so that whoever drives it can stop, yield or measure. */
export interface Boosting {
  readonly objective: Objective;
  readonly mapper: BinMapper;
  /** margins that every row starts from, one an output */
  readonly baseScores: Float64Array;
  /** rounds so far: a tree an output each, fewer where an output had nothing to gain */
  readonly roundCount: number;
  /** Adds a round. @returns its trees; undefined when none could gain anything more: boosting is over. */
  addRound(): RoundTree[] | undefined;
  /** The forest of the first rounds, all by default, after the trees it continues from. */
  forest(rounds?: number): Forest;
}

/** A tree of a round, with the values that were added to the margins. */
export interface RoundTree {
  tree: GrownTree;
  /** a leaf each */
  values: number[];
  output: number;
}

/**
 * Bins the data and stands ready to add rounds.
 * @param factory - makes the kernel; of this thread alone when absent
 */
export function startBoosting(
  data: TrainingMatrix,
  options: GbdtOptions,
  factory?: KernelFactory,
): Boosting {
  checkShape(data);
  const objective = createObjective(options, data);
  const { outputCount } = objective;
  const problem = trainingProblem(data, options.scalePosWeight);
  if (typeof options.objective === 'string' && objective.task !== 'regression') {
    checkTwoClasses(problem);
  }
  const { rowCount } = problem;
  const previous = checkContinues(options.continueFrom, objective, data);
  const wanted = objective.baseScores(problem);
  // an output that no row asks for stays at less than one row in all, and gets no trees
  const isAbsent = [...wanted].map((score) => score === -Infinity);
  const baseScores =
    previous?.baseScores ?? wanted.map((score) => Math.max(score, log(0.5 / rowCount)));

  const constraints = resolveConstraints(data, options);
  if (constraints.directions && objective.leafValue) {
    throw new ConfigError(
      `"monotone" is not for the objective ${options.objective}, whose leaves are fitted once more when the tree stands`,
    );
  }
  const workspace = prepareWorkspace(problem, options, outputCount, factory);
  const { layout, doubles, mapper } = workspace;
  doubles.set(startingMargins(previous, problem, baseScores), layout.margins / 8);

  const grower = createTreeGrower(workspace, options, constraints);
  const builder = createForestBuilder(mapper);
  const allColumns = Uint32Array.from(mapper.columns.keys());
  const random = createRandom(options.seed);
  const columnRandom = random.fork('columns');
  const nodeRandom = random.fork('nodes');
  const drawRows = createRowSampler(workspace, objective, options, random.fork('rows'));
  const { subsample, goss, colsample, colsampleByNode } = options;
  const isRandom = subsample < 1 || goss || colsample < 1 || colsampleByNode < 1;
  const stepLimit = options.maxDeltaStep || (objective.link === 'identity' ? Infinity : LOG_STEP);
  /** trees after each round */
  const treesOfRounds: number[] = [];

  function growTree(output: number, order: Uint32Array, count: number): RoundTree {
    workspace.words.set(order, layout.sampleIndices / 4);
    const columns = sampleShare(allColumns, colsample, columnRandom);
    const tree = grower.grow(count, columns, nodeRandom);
    const values = tree.leaves.map((leaf) => {
      const { gradient, hessian, l2, bounds, valueStart, valueCount } = leaf;
      const first = layout.sampleIndices / 4 + valueStart;
      const step = objective.leafValue
        ? objective.leafValue(workspace, workspace.words.subarray(first, first + valueCount))
        : boundedLeafValue(gradient, hessian, options.l1, l2, bounds);
      return options.learningRate * Math.max(-stepLimit, Math.min(stepLimit, step));
    });
    return { tree, values, output };
  }

  return {
    objective,
    mapper,
    baseScores,
    get roundCount() {
      return treesOfRounds.length;
    },

    addRound() {
      objective.startRound?.(workspace);
      const sample = drawRows(treesOfRounds.length);
      const trees: RoundTree[] = [];
      for (let output = 0; output < outputCount; output++) {
        if (isAbsent[output]) continue;
        objective.gradientsInto(workspace, output);
        amplifyGradients(workspace, sample);
        const grown = growTree(output, sample.order, sample.count);
        // such a tree would only repeat itself
        const isIdle = grown.tree.nodes.length === 0 && !isRandom && treesOfRounds.length > 0;
        if (isIdle) continue;
        builder.addTree(grown.tree, grown.values, output);
        addToMargins(workspace, grown, sample.count);
        trees.push(grown);
      }
      if (trees.length === 0) return undefined;
      treesOfRounds.push(builder.treeCount);
      return trees;
    },

    forest: (rounds = treesOfRounds.length) =>
      builder.forest(
        objective.link,
        baseScores,
        rounds === 0 ? 0 : treesOfRounds[rounds - 1]!,
        previous,
      ),
  };
}

/** A leaf of rows that are all but certain has next to no hessian, and its Newton step runs to the thousands. */
const LOG_STEP = 100;

/** Adds a tree to the margins of all rows, those that it was not grown on included. */
function addToMargins(
  workspace: Workspace,
  { tree, values, output }: RoundTree,
  sampled: number,
): void {
  const { kernel, layout, rowCount } = workspace;
  const margins = layout.margins + 8 * output * rowCount;
  const add = (leaf: number, start: number, count: number): void =>
    kernel.addToMargins(margins, layout.sampleIndices + 4 * start, count, values[leaf]!);
  tree.leaves.forEach((leaf, index) => {
    add(index, leaf.start, leaf.count);
  });
  routeRows(workspace, tree.nodes, sampled, rowCount - sampled, add);
}
