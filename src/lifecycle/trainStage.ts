import { chooseThreshold, describeThreshold, selectCalibrator } from '../calibrate/index.js';
import { createRandom } from '../core/random.js';
import {
  bootstrapIntervals,
  evaluatePredictions,
  type MetricIntervals,
  type Metrics,
} from '../evaluate/index.js';
import { calibrate } from '../model/calibrator.js';
import { margins, predictions } from '../model/margin.js';
import type { BinaryModel } from '../model/model.js';
import {
  type CrossValidation,
  crossValidate,
  selectCandidate,
  stratifiedFolds,
} from '../train/index.js';
import { type CandidateName, fitCandidate } from './candidates.js';
import type { Config } from './config.js';
import { type PreparedData, type Sample, trainingMatrix } from './dataStage.js';
import type { RunEnvironment } from './progress.js';
import { thresholdGoal } from './thresholdGoal.js';

/** One learner's cross-validation. */
export interface CandidateResult {
  name: CandidateName;
  options: Record<string, unknown>;
  summary: CrossValidation['summary'];
  converged: boolean;
}

/** Metrics at the chosen threshold, with bootstrap intervals. */
export interface Evaluation {
  rowCount: number;
  metrics: Metrics;
  intervals: MetricIntervals | undefined;
}

/** What stage 2 hands on. */
export interface TrainedModel {
  model: BinaryModel;
  candidates: CandidateResult[];
  winner: CandidateName;
  /** calibrator → its cross-fitted log loss on the out-of-fold margins */
  calibrationScores: Record<string, number>;
  /** calibrated probabilities of the training rows, each by models that did not see it */
  outOfFold: Float64Array;
  outOfFoldMetrics: Metrics;
  /** on the rows that were held out; absent when every row was trained on */
  test: Evaluation | undefined;
}

/**
 * Stage 2: cross-validates each candidate, refits the best by ROC-AUC, calibrates it and chooses the threshold on the
 * out-of-fold predictions. The test rows are read once, at the end.
 */
export function trainModel(
  data: PreparedData,
  config: Config,
  environment: RunEnvironment,
): TrainedModel {
  const report = (message: string): void => environment.onProgress('train', message);
  const { seed } = config;
  // before anything is trained, so that a wrong setting costs no time
  const goal = thresholdGoal(config);
  const matrix = trainingMatrix(data);
  const { labels } = data.train;
  const foldCount = config.training.folds;
  const folds = stratifiedFolds(labels, foldCount, createRandom(seed).fork('folds'));

  const results: CandidateResult[] = [];
  const validations: CrossValidation[] = [];
  for (const [key, options] of Object.entries(config.training.candidates)) {
    const name = key as CandidateName;
    let converged = true;
    const validation = crossValidate({
      data: matrix,
      folds,
      foldCount,
      fit: (part) => {
        const fitted = fitCandidate(name, part, options, seed);
        converged &&= fitted.converged;
        return fitted.predictor;
      },
      onFold: (fold) => report(`${name}: fold ${fold + 1} of ${foldCount}`),
    });
    results.push({ name, options, summary: validation.summary, converged });
    validations.push(validation);
    const { mean, sd } = validation.summary.rocAuc;
    report(
      `${name}: ROC-AUC ${mean.toFixed(4)} ± ${sd.toFixed(4)}${converged ? '' : ' (did not converge)'}`,
    );
  }
  const best = selectCandidate(results);
  const result = results[best]!;
  const validation = validations[best]!;

  report(`refitting ${result.name} on ${matrix.rowCount} rows`);
  const { predictor } = fitCandidate(result.name, matrix, result.options, seed);
  const { link } = predictor;
  const { calibrator, scores } = selectCalibrator({
    margins: validation.margins,
    labels,
    folds,
    foldCount,
    link,
    kinds: config.training.calibrators,
  });
  const outOfFold = validation.margins.map((margin) => calibrate(calibrator, link, margin));
  const threshold = chooseThreshold({
    probabilities: outOfFold,
    labels,
    goal,
  });
  const model: BinaryModel = {
    format: 'coppice-model',
    version: 1,
    task: 'binary',
    origin: result.name,
    schema: data.schema,
    features: data.features,
    predictor,
    calibrator,
    threshold,
    rules: data.rules,
  };
  report(
    `calibration ${calibrator.kind}; out of fold the threshold ${threshold.value.toFixed(4)} ` +
      describeThreshold(threshold),
  );
  return {
    model,
    candidates: results,
    winner: result.name,
    calibrationScores: scores,
    outOfFold,
    outOfFoldMetrics: evaluatePredictions(labels, outOfFold, threshold.value),
    test: data.test && evaluateSample(model, data.test, config),
  };
}

/** Metrics of a model on labelled rows, with bootstrap intervals. */
export function evaluateSample(model: BinaryModel, sample: Sample, config: Config): Evaluation {
  const { matrix, labels } = sample;
  const predicted = predictions(
    model,
    margins(model.predictor, matrix, labels.length, model.features.length),
  );
  const threshold = model.threshold.value;
  const { bootstrap_resamples: resamples, confidence: level } = config.evaluation;
  return {
    rowCount: labels.length,
    metrics: evaluatePredictions(labels, predicted, threshold),
    intervals:
      resamples === 0
        ? undefined
        : bootstrapIntervals({
            labels,
            probabilities: predicted,
            threshold,
            resamples,
            level,
            seed: config.seed,
          }),
  };
}
