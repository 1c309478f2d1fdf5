import { describeThreshold } from '../calibrate/index.js';
import type { ParityReport, RunResult } from '../lifecycle/index.js';
import { formatEngineComparison } from '../optimize/index.js';
import { formatTable, grouped } from './output.js';

/** The metrics of the table, with the names people use. */
const METRICS = [
  ['rocAuc', 'ROC-AUC'],
  ['averagePrecision', 'average precision'],
  ['logLoss', 'log loss'],
  ['brierScore', 'Brier score'],
  ['calibrationError', 'calibration error'],
  ['accuracy', 'accuracy'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['f1', 'F1'],
] as const;

/** What a run found, for a person: a screen of text. */
export function formatSummary(result: RunResult, directory: string): string {
  return [
    candidatesTable(result),
    metricsTable(result),
    thresholdLine(result),
    formatParity(result.parity),
    enginesTable(result),
    filesTable(result, directory),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function candidatesTable({ trained }: RunResult): string {
  const score = ({ mean, sd }: { mean: number; sd: number }): string =>
    `${mean.toFixed(4)} ± ${sd.toFixed(4)}`;
  const rows = trained.candidates.map(({ name, summary, converged }) => [
    name === trained.winner ? `${name} ◄` : name,
    score(summary.rocAuc),
    score(summary.precision),
    score(summary.recall),
    score(summary.f1),
    score(summary.logLoss),
    converged ? '' : 'did not converge',
  ]);
  return formatTable([
    ['cross-validation', 'ROC-AUC', 'precision', 'recall', 'F1', 'log loss', ''],
    ...rows,
  ]);
}

function metricsTable({ trained }: RunResult): string {
  if (!trained.test) return '';
  const { metrics, intervals, rowCount } = trained.test;
  const rows = METRICS.map(([key, label]) => {
    const interval = intervals?.[key];
    const range = interval ? `[${interval.lower.toFixed(4)}, ${interval.upper.toFixed(4)}]` : '';
    return [label, metrics[key].toFixed(4), range];
  });
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = metrics.confusion;
  return [
    formatTable([[`test, ${grouped(rowCount)} rows`, 'value', 'interval'], ...rows]),
    `confusion: ${truePositives} true and ${falsePositives} false positives, ` +
      `${trueNegatives} true and ${falseNegatives} false negatives`,
  ].join('\n');
}

function thresholdLine({ trained }: RunResult): string {
  const { threshold, calibrator, schema } = trained.model;
  return (
    `${schema.target.name} is "${schema.target.classes[1]}" when the probability is >= ${threshold.value} ` +
    `(calibration: ${calibrator.kind})\n` +
    `out of fold this ${describeThreshold(threshold)}`
  );
}

/** The parity checks as a table. */
export function formatParity(parity: ParityReport): string {
  const labels = {
    onnx_reference: 'ONNX against float64',
    blob_reference: 'blob against float64',
    quantized_onnx_blob: 'quantised ONNX against blob',
  };
  const rows = parity.checks.map((check) => [
    labels[check.name],
    `${grouped(check.rowCount)} ${check.sample === 'data' ? 'rows' : 'adversarial'}`,
    check.maxDelta.toExponential(1),
    check.meanDelta.toExponential(1),
    String(check.decisionFlips),
    check.passed ? 'passed' : `FAILED (${check.maxTolerance})`,
  ]);
  return formatTable([['parity', 'on', 'max |Δp|', 'mean |Δp|', 'flips', ''], ...rows]);
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
