import { type Evaluation, TASK_METRIC_NAMES } from '../lifecycle/index.js';
import { figure, formatTable, grouped } from './output.js';

/** The names that people use. */
export const METRIC_LABELS: Readonly<Record<string, string>> = Object.freeze({
  rocAuc: 'ROC-AUC',
  averagePrecision: 'average precision',
  logLoss: 'log loss',
  brierScore: 'Brier score',
  calibrationError: 'calibration error',
  f1: 'F1',
  balancedAccuracy: 'balanced accuracy',
  macroF1: 'macro F1',
  weightedF1: 'weighted F1',
  rmse: 'RMSE',
  mae: 'MAE',
  medianAbsoluteError: 'median |error|',
  mape: 'mean |error| / |target|',
  r2: 'R²',
});

/** Up to this many classes the whole confusion matrix fits a screen. */
const MATRIX_CLASSES = 8;
const CONFUSIONS = 5;

/**
 * Metrics with their intervals, and what was taken for what.
 * @param title - of the first column
 * @param confidence - of the intervals, in (0, 1)
 */
export function formatEvaluation(
  evaluation: Evaluation,
  { title, confidence, classes }: { title: string; confidence: number; classes: readonly string[] },
): string {
  const metrics = evaluation.metrics as unknown as Record<string, number>;
  const rows = TASK_METRIC_NAMES[evaluation.task].map((name) => {
    const interval = evaluation.intervals?.[name];
    const range = interval ? `[${figure(interval.lower)}, ${figure(interval.upper)}]` : '';
    return [METRIC_LABELS[name] ?? name, figure(metrics[name]!), range];
  });
  const header = [title, 'value', `${Number((100 * confidence).toPrecision(6))} % interval`];
  return [formatTable([header, ...rows]), ...confusionLines(evaluation, classes)].join('\n');
}

function confusionLines(evaluation: Evaluation, classes: readonly string[]): string[] {
  if (evaluation.task === 'regression') return [];
  if (evaluation.task === 'binary') {
    const { truePositives, falsePositives, trueNegatives, falseNegatives } =
      evaluation.metrics.confusion;
    return [
      `confusion: ${truePositives} true and ${falsePositives} false positives, ` +
        `${trueNegatives} true and ${falseNegatives} false negatives`,
    ];
  }
  const { confusion } = evaluation.metrics;
  return classes.length <= MATRIX_CLASSES
    ? ['', confusionTable(confusion, classes)]
    : [commonConfusions(confusion, classes)];
}

function confusionTable(confusion: readonly number[][], classes: readonly string[]): string {
  return formatTable([
    ['true class', ...classes.map((name) => `as ${name}`)],
    ...confusion.map((row, k) => [classes[k]!, ...row.map(grouped)]),
  ]);
}

function commonConfusions(confusion: readonly number[][], classes: readonly string[]): string {
  const mistakes = confusion.flatMap((row, actual) =>
    row.map((count, predicted) => ({ actual, predicted, count })),
  );
  const common = mistakes
    .filter(({ actual, predicted, count }) => actual !== predicted && count > 0)
    .sort((a, b) => b.count - a.count || a.actual - b.actual || a.predicted - b.predicted)
    .slice(0, CONFUSIONS);
  if (common.length === 0) return 'confusion: none';
  const listed = common.map(
    ({ actual, predicted, count }) =>
      `"${classes[actual]}" for "${classes[predicted]}" ${grouped(count)}`,
  );
  return `most often taken, one for another: ${listed.join(', ')}`;
}
