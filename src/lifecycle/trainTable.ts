import type { ThresholdGoal } from '../calibrate/index.js';
import { ConfigError } from '../core/errors.js';
import type { Table } from '../core/table.js';
import type { CalibratorKind } from '../model/calibrator.js';
import type { Task } from '../model/model.js';
import type { CandidateName } from './candidates.js';
import { type Config, type ConfigSource, defaultConfig } from './config.js';
import { prepareData } from './dataStage.js';
import { businessOf } from './thresholdGoal.js';
import { type TrainedModel, trainModel } from './trainStage.js';

/** Options of {@link trainTable}. */
export interface TrainTableOptions<T extends Task = Task> {
  /** the column to predict */
  target: string;
  /** what predicting the target is; chosen by its values when absent (docs/data.md) */
  task?: T;
  /** the positive class of a binary target; chosen by a stated rule when absent (docs/data.md) */
  positive?: string;
  /** default gbdt */
  learner?: CandidateName;
  /** options of the learner, `objective` among them where there are several for the task (docs/training.md) */
  options?: Record<string, unknown>;
  /** expressions by name, over the numeric columns (docs/data.md) */
  derived?: Record<string, string>;
  /** of a binary target: precision the decision threshold must reach out of fold; default 0.8 */
  targetPrecision?: number;
  /** what the decision threshold is to achieve out of fold; in place of `targetPrecision` */
  threshold?: ThresholdGoal;
  /** kinds of calibration to choose from; default all */
  calibrators?: CalibratorKind[];
  /** folds of the cross-validation; default 5 */
  folds?: number;
  /** default 7 */
  seed?: number;
  onProgress?: (message: string) => void;
}

/**
 * Trains one learner on every row of a table: cross-validated, calibrated, for two classes with a threshold. Synchronous.
 * @returns the model, by its `task`, ready for `encodeBlob` and `exportOnnx`, with its cross-validation.
 * @throws {DataError | ConfigError} when the table or an option cannot be used.
 *
 * @example
 * const { model } = trainTable(tableFromRecords(customers), { target: 'churned' });
 * const scorer = await loadScorer(encodeBlob(model));
 */
export function trainTable<T extends Task = Task>(
  table: Table,
  options: TrainTableOptions<T>,
): TrainedModel<T> {
  const learner = options.learner ?? 'gbdt';
  const source: ConfigSource = { ...defaultConfig(), askedCandidates: [learner] };
  const config: Config = source.config;
  config.training.candidates = { [learner]: options.options ?? {} };
  config.training.folds = options.folds ?? config.training.folds;
  config.business.target_precision = options.targetPrecision ?? config.business.target_precision;
  if (options.threshold) config.business = businessOf(options.threshold, config.business);
  config.training.calibrators = options.calibrators ?? config.training.calibrators;
  config.features.derived = options.derived ?? {};
  config.seed = options.seed ?? config.seed;
  if (!table.columns.some((column) => column.name === options.target)) {
    const names = table.columns.map((column) => column.name).join(', ');
    throw new ConfigError(`"target" expected one of the columns ${names}, got "${options.target}"`);
  }
  const environment = {
    onProgress: (_: string, message: string) => options.onProgress?.(message),
    now: () => 0,
  };
  const data = prepareData(
    {
      table,
      targetName: options.target,
      positive: options.positive,
      task: options.task,
      source,
      holdOut: false,
    },
    environment,
  );
  return trainModel(data, source, environment) as TrainedModel<T>;
}
