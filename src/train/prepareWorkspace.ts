import { createRandom } from '../core/random.js';
import { fitBinMapper } from './bins/binMapper.js';
import { binMatrixInto } from './bins/binnedMatrix.js';
import type { KernelFactory } from './kernel/kernel.js';
import type { TrainingProblem } from './trainingProblem.js';
import type { CommonTreeOptions } from './treeOptions.js';
import { createWorkspace, type Workspace } from './workspace.js';

/** What of the options decides the bins and the memory. */
type WorkspaceOptions = Pick<
  CommonTreeOptions,
  'maxBins' | 'minDataInBin' | 'maxLeaves' | 'kernel' | 'seed'
>;

/**
 * Learns the bins of a problem, reserves the memory of its fit, and writes the binned matrix, targets and weights into it.
 * @param outputCount - margins a row
 * @throws {DataError} on bad category codes, or when the engine cannot give the memory.
 */
export function prepareWorkspace(
  problem: TrainingProblem,
  options: WorkspaceOptions,
  outputCount = 1,
  factory?: KernelFactory,
): Workspace {
  const { rowCount, featureCount, matrix, target, weight } = problem;
  const mapper = fitBinMapper(
    problem,
    options,
    createRandom(options.seed).fork('bins'),
    factory?.learnBins,
  );
  const { maxLeaves, kernel } = options;
  const workspace = createWorkspace(
    rowCount,
    featureCount,
    mapper,
    maxLeaves,
    kernel,
    outputCount,
    factory,
    matrix,
  );
  binMatrixInto(workspace, matrix, featureCount);
  workspace.floats.set(target, workspace.layout.targets / 4);
  workspace.floats.set(weight, workspace.layout.weights / 4);
  return workspace;
}
