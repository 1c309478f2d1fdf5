import { canonicalJson } from '../core/json.js';
import { selectRows, type Table } from '../core/table.js';
import type { Task } from '../model/model.js';
import { serializeModel } from '../model/modelFile.js';
import { checkMonitorOptions } from '../monitor/index.js';
import type { EngineComparison } from '../optimize/index.js';
import {
  type Champion,
  checkChampion,
  compareModels,
  type ModelComparison,
} from './compareStage.js';
import type { ConfigSource } from './config.js';
import { type PreparedData, prepareData } from './dataStage.js';
import { evenRows } from './evenRows.js';
import { FILES } from './files.js';
import { createStageLog, hashAll, type Lineage, type LineageCore, sealLineage } from './lineage.js';
import { monitorOptions } from './monitoringConfig.js';
import { makeDriftBaseline, watchable } from './monitorStage.js';
import { makeForms, measureEngines } from './optimizeStage.js';
import { checkParity, type ParityReport } from './parityGate.js';
import type { RunEnvironment } from './progress.js';
import { type TrainedModel, trainModel } from './trainStage.js';

/** Rows of the data, at most, that the parity gate looks at. */
const PARITY_ROWS = 5000;

export interface RunInput {
  /** which command asks; part of the lineage */
  command: 'run' | 'train' | 'retrain';
  /** of retrain: the model in use */
  champion?: Champion;
  table: Table;
  targetName: string;
  /** the positive class; chosen by a stated rule when undefined */
  positive: string | undefined;
  /** chosen by the values of the target when undefined */
  task: Task | undefined;
  source: ConfigSource;
  /** the files the table was read from */
  sources: LineageCore['sources'];
  /** stamped into the lineage, outside of what makes the run's id */
  createdAt: string;
  environment: Record<string, string>;
  version: string;
}

/** Everything a run made: the files to write, and the figures to show. */
export interface RunResult {
  files: Map<string, Uint8Array>;
  lineage: Lineage;
  trained: TrainedModel;
  parity: ParityReport;
  benchmark: EngineComparison | undefined;
  /** of retrain: whether the new model is better than the one in use */
  comparison: ModelComparison | undefined;
}

/**
 * Runs the five stages. Nothing is written: the caller gets the files.
 *
 * `run` holds out test rows, compares the candidates and times the engines; `retrain` also holds the new model against the one in
 * use on them;
 * `train` fits on every row and skips what needs held-out rows.
 * @throws {DataError | ConfigError} when the data or the configuration cannot be used.
 */
export async function runLifecycle(
  input: RunInput,
  environment: RunEnvironment,
): Promise<RunResult> {
  const { source, command, champion } = input;
  const { config } = source;
  // before anything is trained, so that a wrong setting costs no time
  checkMonitorOptions(monitorOptions(config.monitoring));
  if (champion) checkChampion(champion);
  const log = createStageLog(environment.now);
  const sourceHashes = Object.fromEntries(input.sources.map(({ name, sha256 }) => [name, sha256]));

  const data = await log.run(
    'data',
    { config: canonicalJson(config), sources: canonicalJson(sourceHashes) },
    () => prepareData({ ...input, holdOut: command !== 'train' }, environment),
    (prepared) => sampleContents(prepared),
  );
  const trained = await log.run(
    'train',
    sampleContents(data),
    () => trainModel(data, source, environment),
    ({ model, outOfFold }) => ({ model: serializeModel(model), out_of_fold: outOfFold }),
  );
  const { model } = trained;
  const modelText = serializeModel(model);
  const forms = await log.run(
    'optimize',
    { model: modelText, train_matrix: data.train.matrix },
    () => makeForms(model, data.train, config, environment),
    ({ blob, onnx, quantizedOnnx }) => ({ blob, onnx, quantized_onnx: quantizedOnnx }),
  );
  const benchmark =
    command !== 'train' && config.benchmark.rounds > 0
      ? await measureEngines(model, forms, data.test!, config, environment)
      : undefined;

  const { table: checked } = data.test ?? data.train;
  environment.onProgress('deploy', 'parity gate');
  const parity = await log.run(
    'deploy',
    { blob: forms.blob, onnx: forms.onnx, quantized_onnx: forms.quantizedOnnx },
    () =>
      checkParity(
        model,
        { ...forms, marginBound: forms.quantized.marginBound },
        selectRows(checked, evenRows(checked.rowCount, PARITY_ROWS)),
        config,
      ),
    (report) => ({ parity_report: canonicalJson(report) }),
  );
  environment.onProgress(
    'deploy',
    parity.passed ? 'parity passed' : 'PARITY FAILED: not releasable',
  );

  const comparison =
    champion &&
    (await log.run(
      'compare',
      { champion: serializeModel(champion.model), challenger: modelText },
      () => compareModels(champion, model, data.test!, config),
      (compared) => ({ comparison: canonicalJson(compared) }),
    ));
  if (comparison) environment.onProgress('compare', comparison.reason);

  environment.onProgress('monitor', 'drift baseline');
  const { baseline, blob } = await log.run(
    'monitor',
    { train_matrix: data.train.matrix, out_of_fold: trained.outOfFold, blob: forms.blob },
    () => watchable(forms.quantized, makeDriftBaseline(data, trained)),
    ({ baseline, blob }) => ({ drift_baseline: canonicalJson(baseline), blob }),
  );

  const artifacts: Record<string, string | Uint8Array> = {
    [FILES.model]: modelText,
    [FILES.blob]: blob,
    [FILES.onnx]: forms.onnx,
    [FILES.quantizedOnnx]: forms.quantizedOnnx,
    ...(model.task === 'binary' && { [FILES.threshold]: `${model.threshold.value}\n` }),
    [FILES.metrics]: canonicalJson(metricsReport(trained)),
    [FILES.driftBaseline]: canonicalJson(baseline),
    [FILES.parity]: canonicalJson(parity),
    ...(comparison && { [FILES.comparison]: canonicalJson(comparison) }),
  };
  const measurements: Record<string, string> = benchmark
    ? { [FILES.benchmark]: canonicalJson(benchmark) }
    : {};
  const lineage = await sealLineage(
    {
      coppice_version: input.version,
      command,
      seed: config.seed,
      config,
      sources: input.sources,
      data: data.fingerprint,
      stages: [...log.stages],
      artifacts: await hashAll(artifacts),
      releasable: parity.passed,
    },
    {
      measurements: await hashAll(measurements),
      created_at: input.createdAt,
      environment: input.environment,
      stage_milliseconds: { ...log.milliseconds },
    },
  );
  const files = new Map<string, Uint8Array>();
  for (const [name, content] of Object.entries({ ...artifacts, ...measurements })) {
    files.set(name, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }
  files.set(FILES.lineage, new TextEncoder().encode(canonicalJson(lineage)));
  return { files, lineage, trained, parity, benchmark, comparison };
}

/** `metrics.json`: how the model was chosen and what it reaches. */
function metricsReport(trained: TrainedModel): unknown {
  const { model } = trained;
  return {
    task: trained.task,
    ...(trained.task === 'multiclass' && { classes: model.schema.target.classes }),
    model: trained.winner,
    selected_by: trained.selectedBy,
    candidates: trained.candidates,
    ...(trained.task !== 'regression' && {
      calibration: { chosen: model.calibrator.kind, log_loss: trained.calibrationScores },
    }),
    ...(model.task === 'binary' && { threshold: model.threshold }),
    out_of_fold: trained.outOfFoldMetrics,
    test: trained.test,
  };
}

function sampleContents({ train, test }: PreparedData): Record<string, ArrayBufferView> {
  return {
    train_rows: train.rows,
    train_matrix: train.matrix,
    ...(test && { test_rows: test.rows, test_matrix: test.matrix }),
  };
}
