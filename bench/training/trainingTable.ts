import type { Interval } from '../../src/evaluate/index.js';
import { median } from '../../src/optimize/percentile.js';
import { TASK_METRICS } from './predictionMetrics.js';
import type { SplitData } from './splitData.js';
import type { ContestantResult } from './timedRounds.js';

const HEADER = [
  '| set | library | seconds (CPU) | coppice / it [95 %] | by CPU time | test metrics | peak MiB (added) |',
  '|---|---|---|---|---|---|---|',
];

/** The head of the table that {@link trainingRows} fills. */
export function trainingHeader(): string {
  return HEADER.join('\n');
}

/** A line of Markdown for each library: median seconds, ratio, test metrics, memory. */
export function trainingRows(data: SplitData, results: readonly ContestantResult[]): string {
  const { name, train, featureCount, categorical, classCount, task } = data;
  const shape = `${train.rowCount.toLocaleString('en-US')} × ${featureCount}`;
  const kind = task === 'multiclass' ? `${classCount} classes` : task;
  const categories = categorical.length > 0 ? `, ${categorical.length} of categories` : '';
  return results
    .map((result, i) => {
      const set = i === 0 ? `${name}: ${shape}${categories}, ${kind}` : '';
      if (result.failure !== undefined)
        return `| ${set} | ${result.name} | ${result.failure.split(';')[0]} | | | | |`;
      const { medianSeconds, cpuSeconds, ratio, cpuRatio, metrics } = result;
      const quality = TASK_METRICS[task]
        .map((metric) => `${metric} ${digits(metrics[metric]!, 4)}`)
        .join(', ');
      const cells = [
        set,
        result.name,
        `${medianSeconds.toPrecision(3)} (${median(cpuSeconds).toPrecision(3)})`,
        ratio ? formatInterval(ratio) : '',
        cpuRatio ? formatInterval(cpuRatio) : '',
        quality,
        formatMemory(result),
      ];
      return `| ${cells.join(' | ')} |`;
    })
    .join('\n');
}

/** A ratio and its interval. */
export function formatInterval({ value, lower, upper }: Interval): string {
  return `${value.toFixed(2)} [${lower.toFixed(2)}, ${upper.toFixed(2)}]`;
}

/** Enough digits to tell sets apart whose metric is in the thousands, or next to 0. */
export function digits(value: number, decimals: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(1);
  return Math.abs(value) < 0.01 ? value.toPrecision(3) : value.toFixed(decimals);
}

function formatMemory({ peakBytes, addedBytes }: ContestantResult): string {
  if (peakBytes === null) return '-';
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  return `${mebibytes(peakBytes)} (${addedBytes === null ? '-' : mebibytes(addedBytes)})`;
}
