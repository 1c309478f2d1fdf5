import {
  chooseThreshold,
  describeThreshold,
  selectCalibrator,
  selectClassCalibrator,
} from '../calibrate/index.js';
import { checkOneOf } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { CALIBRATOR_KINDS, type CalibratorKind } from '../model/calibrator.js';
import { predictionsOf } from '../model/margin.js';
import type { Head, Model, ModelParts, Predictor, Task } from '../model/model.js';
import {
  type CrossValidation,
  crossValidate,
  type FoldScoreName,
  foldsOfTask,
  SELECTION_SCORES,
  type Spread,
  selectCandidate,
} from '../train/index.js';
import { type Candidate, type CandidateName, candidatesFor, fitCandidate } from './candidates.js';
import { checkBusiness } from './checkBusiness.js';
import type { Config, ConfigSource } from './config.js';
import { type PreparedData, trainingMatrix } from './dataStage.js';
import { type Evaluation, evaluateSample, type TaskMetrics, taskMetrics } from './evaluation.js';
import type { RunEnvironment } from './progress.js';
import { thresholdGoal } from './thresholdGoal.js';

/** One learner's cross-validation; which scores there are depends on the task. */
export interface CandidateResult {
  name: CandidateName;
  options: Record<string, unknown>;
  summary: Partial<Record<FoldScoreName, Spread>>;
  converged: boolean;
}

/** What stage 2 hands on. */
export type TrainedModel<T extends Task = Task> = {
  [K in T]: {
    task: K;
    model: Extract<Model, { task: K }>;
    candidates: CandidateResult[];
    winner: CandidateName;
    /** the cross-validated score that the winner is best in */
    selectedBy: FoldScoreName;
    /** calibrator → its cross-fitted log loss on the out-of-fold margins; empty for a regression */
    calibrationScores: Partial<Record<CalibratorKind, number>>;
    /** calibrated predictions of the training rows, row-major, each by models that did not see it */
    outOfFold: Float64Array;
    outOfFoldMetrics: TaskMetrics[K];
    /** on the rows that were held out; absent when every row was trained on */
    test: Evaluation<K> | undefined;
  };
}[T];

/** The calibrators that there are for a task. */
const CALIBRATORS: Readonly<Record<Task, readonly CalibratorKind[]>> = Object.freeze({
  binary: CALIBRATOR_KINDS,
  multiclass: ['none', 'temperature'],
  regression: ['none'],
});

/** How scores are called in progress messages. */
const SCORE_LABELS = { rocAuc: 'ROC-AUC', logLoss: 'log loss', rmse: 'RMSE' } as const;

/**
 * Stage 2: cross-validates each candidate, refits the best (by ROC-AUC for two classes, log loss for several, RMSE for
 * numbers), calibrates it on the out-of-fold predictions and, for two classes, chooses the threshold on them. The test rows
 * are read once, at the end.
 */
export function trainModel(
  data: PreparedData,
  source: ConfigSource,
  environment: RunEnvironment,
): TrainedModel {
  const report = (message: string): void => environment.onProgress('train', message);
  const { config } = source;
  const { task } = data;
  // before anything is trained, so that a wrong setting costs no time
  checkBusiness(config, task);
  const kinds = calibratorsFor(config, task);
  const candidates = candidatesFor(source, task, data.schema.target.classes.length);
  const matrix = trainingMatrix(data);
  const { target } = data.train;
  const foldCount = config.training.folds;
  const folds = foldsOfTask(task, matrix, foldCount, createRandom(config.seed).fork('folds'));
  const { name: selectedBy } = SELECTION_SCORES[task];

  const results: CandidateResult[] = [];
  const validations: CrossValidation<Task>[] = [];
  for (const candidate of candidates) {
    const { name } = candidate;
    let converged = true;
    const validation = crossValidate({
      task,
      data: matrix,
      folds,
      foldCount,
      fit: (part) => {
        const fitted = fitCandidate(candidate, part, config.seed);
        converged &&= fitted.converged;
        return fitted.predictor;
      },
      onFold: (fold) => report(`${name}: fold ${fold + 1} of ${foldCount}`),
    });
    const summary: CandidateResult['summary'] = validation.summary;
    results.push({ ...candidate, summary, converged });
    validations.push(validation);
    const { mean, sd } = summary[selectedBy]!;
    report(
      `${name}: ${SCORE_LABELS[selectedBy]} ${digits(mean)} ± ${digits(sd)}${converged ? '' : ' (did not converge)'}`,
    );
  }
  const best = selectCandidate(validations, task);
  const winner = results[best]!;
  report(`refitting ${winner.name} on ${matrix.rowCount} rows`);
  const { predictor } = fitCandidate(candidates[best]!, matrix, config.seed);
  const validation = validations[best]!;
  const { head, scores, outOfFold } = fitHead({ data, config, kinds, folds, validation });
  const model = assemble(data, candidates[best]!, predictor, head);
  if (model.task === 'binary') {
    report(
      `calibration ${model.calibrator.kind}; out of fold the threshold ${model.threshold.value.toFixed(4)} ` +
        describeThreshold(model.threshold),
    );
  } else if (model.task === 'multiclass') report(`calibration ${model.calibrator.kind}`);
  return {
    task,
    model,
    candidates: results,
    winner: winner.name,
    selectedBy,
    calibrationScores: scores,
    outOfFold,
    outOfFoldMetrics: taskMetrics(model, target, outOfFold),
    test: data.test && evaluateSample(model, data.test, config),
  } as TrainedModel;
}

/** @throws {ConfigError} when none of the configured calibrators is for the task. */
function calibratorsFor({ training }: Config, task: Task): CalibratorKind[] {
  for (const kind of training.calibrators) checkOneOf('calibrators', kind, CALIBRATOR_KINDS);
  const kinds = CALIBRATORS[task].filter((kind) => training.calibrators.includes(kind));
  if (kinds.length > 0) return kinds;
  throw new ConfigError(
    `"training.calibrators" expected ${CALIBRATORS[task].join(' or ')}, as the task is ${task}, got ${training.calibrators.join(', ')}`,
  );
}

interface HeadInput {
  data: PreparedData;
  config: Config;
  kinds: readonly CalibratorKind[];
  folds: Uint8Array;
  validation: CrossValidation<Task>;
}

/** What comes after the margins, fitted on the out-of-fold ones, and their predictions with it. */
function fitHead({ data, config, kinds, folds, validation }: HeadInput): {
  head: Head;
  scores: Partial<Record<CalibratorKind, number>>;
  outOfFold: Float64Array;
} {
  const { task, train } = data;
  const { margins, link, outputCount } = validation;
  const shared = { margins, folds, foldCount: config.training.folds, link };
  if (task === 'regression') {
    const outOfFold = predictionsOf(task, link, margins, outputCount);
    return { head: { task, calibrator: { kind: 'none' } }, scores: {}, outOfFold };
  }
  if (task === 'multiclass') {
    const classKinds = kinds.filter((kind) => kind === 'none' || kind === 'temperature');
    const { calibrator, scores } = selectClassCalibrator({
      ...shared,
      labels: train.target,
      outputCount,
      kinds: classKinds,
    });
    const outOfFold = predictionsOf(task, link, margins, outputCount, calibrator);
    return { head: { task, calibrator }, scores, outOfFold };
  }
  const labels = Uint8Array.from(train.target);
  const { calibrator, scores } = selectCalibrator({ ...shared, labels, kinds });
  const outOfFold = predictionsOf(task, link, margins, outputCount, calibrator);
  const goal = thresholdGoal(config);
  const threshold = chooseThreshold({ probabilities: outOfFold, labels, goal });
  return { head: { task, calibrator, threshold }, scores, outOfFold };
}

function assemble(
  { schema, features, rules }: PreparedData,
  { name }: Candidate,
  predictor: Predictor,
  head: Head,
): Model {
  const parts: ModelParts = { version: 1, origin: name, schema, features, rules };
  return { format: 'coppice-model', ...parts, predictor, ...head };
}

/** Four decimals of a score below 10, six digits of a greater one. */
function digits(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(4) : String(Number(value.toPrecision(6)));
}
