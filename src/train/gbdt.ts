import { bareModel } from '../model/bareModel.js';
import type { Forest } from '../model/forest.js';
import type { Model, Task } from '../model/model.js';
import { startBoosting } from './boosting.js';
import { createEarlyStopping } from './earlyStopping.js';
import { type GbdtOptions, resolveGbdtOptions } from './gbdtOptions.js';
import type { KernelFactory } from './kernel/kernel.js';
import type { TrainingMatrix } from './trainingMatrix.js';
import type { TreeProgress } from './treeOptions.js';
import { divideTraining, watchValidation } from './validation.js';

/** A boosted forest and what it predicts. */
export interface GbdtFit {
  forest: Forest;
  task: Task;
  /** rounds of the forest: those up to the best one where early stopping watched */
  rounds: number;
  /** the validation score after each round; empty when nothing was watched */
  scores: number[];
}

/**
 * Gradient boosted trees (Friedman 2001; second order as Chen & Guestrin 2016) on any of the losses of `objective`.
 * @param data - neither it nor its arrays are changed
 * @param factory - makes the kernel; of this thread alone when absent
 * @throws {ConfigError} on bad options; {ShapeError} or {DataError} on bad data.
 */
export function boostTrees(
  data: TrainingMatrix,
  options?: Partial<GbdtOptions>,
  factory?: KernelFactory,
): GbdtFit {
  const rounds = boostRounds(data, options, factory);
  for (;;) {
    const { done, value } = rounds.next();
    if (done) return value;
  }
}

/** The forest of {@link boostTrees}. */
export function fitGbdt(data: TrainingMatrix, options?: Partial<GbdtOptions>): Forest {
  return boostTrees(data, options).forest;
}

/** {@link boostTrees} as a whole model: a field for each feature, no calibrator, threshold one half. */
export function trainGbdt(data: TrainingMatrix, options?: Partial<GbdtOptions>): Model {
  const { forest, task } = boostTrees(data, options);
  return bareModel(data, forest, 'gbdt', task);
}

/** {@link boostTrees} that stands still after every round, having reported it. */
export function* boostRounds(
  data: TrainingMatrix,
  options?: Partial<GbdtOptions>,
  factory?: KernelFactory,
): Generator<TreeProgress, GbdtFit, void> {
  const resolved = resolveGbdtOptions(options);
  const { numTrees, onProgress, earlyStoppingRounds, earlyStoppingDelta } = resolved;
  const { training, validation } = divideTraining(data, resolved);
  const boosting = startBoosting(training, resolved, factory);
  const watch = validation && watchValidation(boosting, validation, data.featureCount, resolved);
  const stopping = watch && createEarlyStopping(watch, earlyStoppingRounds, earlyStoppingDelta);
  const scores: number[] = [];
  for (let round = 1; round <= numTrees; round++) {
    const trees = boosting.addRound();
    if (!trees) break;
    const score = watch?.after(trees);
    if (score !== undefined) scores.push(score);
    const progress = { tree: round, numTrees, ...(score !== undefined && { score }) };
    onProgress?.(progress);
    yield progress;
    if (stopping?.update(round, score!)) break;
  }
  const rounds = earlyStoppingRounds > 0 ? stopping!.bestRound : boosting.roundCount;
  return { forest: boosting.forest(rounds), task: boosting.objective.task, rounds, scores };
}
