import { LOSSES, type MetricName, TASK_METRICS } from './predictionMetrics.js';
import type { ReferenceScores } from './realData.js';
import type { Task } from './splitData.js';

/** A score may be lower by this: of AUC, accuracy and NDCG. */
const SCORE_BAR = 0.002;
/** A loss may be higher by this share: log loss and RMSE. */
const LOSS_BAR = 0.01;

/** One metric of one set against the better of the two references. */
export interface QualityRow {
  set: string;
  testRows: number;
  metric: MetricName;
  coppice: number;
  lightgbm: number;
  sklearn: number;
  /** above 0 when coppice is better: the difference of a score, the relative one of a loss */
  difference: number;
  withinBar: boolean;
}

/** Compares the metrics of a task with the references. */
export function qualityRows(
  set: string,
  task: Task,
  testRows: number,
  metrics: Partial<Record<MetricName, number>>,
  references: ReferenceScores,
): QualityRow[] {
  return TASK_METRICS[task].map((metric) => {
    const coppice = metrics[metric]!;
    const lightgbm = references.lightgbm[metric]!;
    const sklearn = references.sklearn_hgb[metric]!;
    const isLoss = LOSSES.has(metric);
    const best = isLoss ? Math.min(lightgbm, sklearn) : Math.max(lightgbm, sklearn);
    const difference = isLoss ? (best - coppice) / best : coppice - best;
    const withinBar = difference >= (isLoss ? -LOSS_BAR : -SCORE_BAR);
    return { set, testRows, metric, coppice, lightgbm, sklearn, difference, withinBar };
  });
}

/** The rows as Markdown. */
export function formatQualityRows(rows: readonly QualityRow[]): string {
  return rows
    .map(({ set, testRows, metric, coppice, lightgbm, sklearn, difference, withinBar }, i) => {
      const scores = [coppice, lightgbm, sklearn].map((value) => sixDigits(value));
      const cells = [
        i === 0 ? `${set} (${testRows})` : '',
        metric,
        ...scores,
        formatDifference(metric, difference),
      ];
      return `| ${cells.join(' | ')} | ${withinBar ? 'yes' : 'no'} |`;
    })
    .join('\n');
}

/** Per metric: in how many sets it is within the bar, and the mean and median difference over the sets. */
export function formatQualitySummary(rows: readonly QualityRow[]): string {
  const names = [...new Set(rows.map((row) => row.metric))];
  const lines = names.map((metric) => {
    const ofMetric = rows.filter((row) => row.metric === metric);
    const differences = ofMetric.map((row) => row.difference).sort((a, b) => a - b);
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const middle = (differences.length - 1) / 2;
    const median = (differences[Math.floor(middle)]! + differences[Math.ceil(middle)]!) / 2;
    const within = ofMetric.filter((row) => row.withinBar).length;
    const [meanCell, medianCell] = [mean, median].map((value) => formatDifference(metric, value));
    return `| ${metric} | ${within} of ${ofMetric.length} | ${meanCell} | ${medianCell} |`;
  });
  const header = ['| metric | within the bar | mean difference | median |', '|---|---|---|---|'];
  return [...header, ...lines].join('\n');
}

function formatDifference(metric: MetricName, difference: number): string {
  const sign = difference >= 0 ? '+' : '-';
  const size = Math.abs(difference);
  return LOSSES.has(metric) ? `${sign}${(100 * size).toFixed(2)} %` : `${sign}${size.toFixed(4)}`;
}

/** As many digits as tell a thousandth of a score and a per mille of a loss. */
function sixDigits(value: number): string {
  if (value >= 100) return value.toFixed(1);
  return value < 0.01 ? value.toPrecision(3) : value.toFixed(5);
}
