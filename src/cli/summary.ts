import { describeThreshold } from '../calibrate/index.js';
import type { Config, ParityReport, RunResult } from '../lifecycle/index.js';
import { formatEngineComparison } from '../optimize/index.js';
import { FOLD_SCORE_NAMES } from '../train/index.js';
import { formatEvaluation, METRIC_LABELS } from './metricsTable.js';
import { figure, formatTable, grouped } from './output.js';

/** What a run found, for a person: a screen of text. */
export function formatSummary(result: RunResult, directory: string): string {
  return [
    candidatesTable(result),
    metricsTable(result),
    decisionLine(result),
    formatParity(result.parity),
    enginesTable(result),
    filesTable(result, directory),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function candidatesTable({ trained }: RunResult): string {
  const names = FOLD_SCORE_NAMES[trained.task];
  const rows = trained.candidates.map(({ name, summary, converged }) => [
    name === trained.winner ? `${name} ◄` : name,
    ...names.map((score) => {
      const { mean, sd } = summary[score]!;
      return `${figure(mean)} ± ${figure(sd)}`;
    }),
    converged ? '' : 'did not converge',
  ]);
  const labels = names.map((score) => METRIC_LABELS[score] ?? score);
  const table = formatTable([['cross-validation', ...labels, ''], ...rows]);
  const label = METRIC_LABELS[trained.selectedBy] ?? trained.selectedBy;
  return rows.length > 1 ? `${table}\n◄ chosen by ${label}` : table;
}

function metricsTable({ trained, lineage }: RunResult): string {
  if (!trained.test) return '';
  return formatEvaluation(trained.test, {
    title: `test, ${grouped(trained.test.rowCount)} rows`,
    confidence: (lineage.core.config as Config).evaluation.confidence,
    classes: trained.model.schema.target.classes,
  });
}

function decisionLine({ trained }: RunResult): string {
  const { model } = trained;
  const { name, classes } = model.schema.target;
  switch (model.task) {
    case 'binary':
      return (
        `${name} is "${classes[1]}" when the probability is >= ${model.threshold.value} ` +
        `(calibration: ${model.calibrator.kind})\n` +
        `out of fold this ${describeThreshold(model.threshold)}`
      );
    case 'multiclass':
      return (
        `${name} is the class of the greatest of ${classes.length} probabilities ` +
        `(calibration: ${model.calibrator.kind})`
      );
    case 'regression':
      return `${name} is a number${model.predictor.link === 'log' ? ', always above 0' : ''}`;
  }
}

/** The parity checks as a table. */
export function formatParity(parity: ParityReport): string {
  const labels = {
    onnx_reference: 'ONNX against float64',
    blob_reference: 'blob against float64',
    quantized_onnx_blob: 'quantised ONNX against blob',
  };
  const numbers = parity.task === 'regression';
  // of a constant model there is no standard deviation to divide by
  const unit = parity.unit || 1;
  const rows = parity.checks.map((check) => [
    labels[check.name],
    `${grouped(check.rowCount)} ${check.sample === 'data' ? 'rows' : 'adversarial'}`,
    (check.maxDelta / unit).toExponential(1),
    (check.meanDelta / unit).toExponential(1),
    ...(numbers ? [] : [String(check.decisionFlips)]),
    check.passed ? 'passed' : `FAILED (${Number((check.maxTolerance / unit).toPrecision(3))})`,
  ]);
  const header = numbers
    ? ['parity', 'on', 'max |Δ| / sd', 'mean |Δ| / sd', '']
    : ['parity', 'on', 'max |Δp|', 'mean |Δp|', 'flips', ''];
  const table = formatTable([header, ...rows]);
  if (!numbers) return table;
  return `${table}\nsd is the standard deviation of the predictions, ${figure(parity.unit)}`;
}

function enginesTable({ benchmark }: RunResult): string {
  return benchmark ? formatEngineComparison(benchmark) : '';
}

function filesTable({ files, parity }: RunResult, directory: string): string {
  const about: Record<string, string> = {
    'model.json': 'float model, readable',
    'model.coppice': 'packed integer model: loadScorer, coppice serve',
    'model.onnx': 'float32 pipeline for any ONNX runtime',
    'model_quantized.onnx': 'quantised pipeline',
    'threshold.txt': 'decision threshold',
    'metrics.json': 'cross-validation and test metrics',
    'drift_baseline.json': 'what the training data looked like',
    'parity_report.json': 'engines held against each other',
    'benchmark.json': 'latency, throughput, size',
    'lineage.json': 'hashes of every input and output',
  };
  const rows = [...files].map(([name, content]) => [
    name,
    grouped(content.length),
    about[name] ?? '',
  ]);
  const verdict = parity.passed ? 'releasable' : 'NOT releasable: parity failed';
  return `${directory}  (${verdict})\n${formatTable([['file', 'bytes', ''], ...rows])}`;
}
