import type { EngineComparison, OptimizeReport } from './compareEngines.js';
import type { LatencyRatio } from './interleavedBenchmark.js';
import type { LatencySummary } from './latencySummary.js';

const METRIC_LABELS: Readonly<Record<string, string>> = Object.freeze({
  rocAuc: 'ROC-AUC',
  logLoss: 'log loss',
  rmse: 'RMSE',
  mae: 'MAE',
});

/**
 * Engines as a table of text: size, accuracy, then a line for each way of calling with p50 and its 95 % interval, p95, p99
 * and throughput. Times are microseconds a call.
 */
export function formatLatencyTable(reports: readonly OptimizeReport[]): string {
  const metrics = Object.keys(reports[0]?.accuracy ?? { rocAuc: NaN, logLoss: NaN });
  const rows = reports.flatMap((report) => {
    const { subject, sizeBytes, accuracy } = report;
    const about = [
      subject,
      `${grouped(sizeBytes)} B`,
      ...metrics.map((name) => (accuracy ? decimals(accuracy[name]!) : '-')),
    ];
    const calls: [string, LatencySummary | undefined][] = [
      ['row', report.oneRow],
      ['record', report.oneRecord],
      ['batch', report.batch],
    ];
    return calls.flatMap(([call, latency]) =>
      latency ? [[...about, call, ...latencyCells(latency)]] : [],
    );
  });
  const labels = metrics.map((name) => METRIC_LABELS[name] ?? name);
  const header = ['engine', 'size', ...labels, 'call'];
  return align([[...header, 'p50 µs', '95 %', 'p95 µs', 'p99 µs', 'rows/s'], ...rows]);
}

/** {@link formatLatencyTable} with the ratios between engines below it. */
export function formatEngineComparison(comparison: EngineComparison): string {
  const { engines, batchRows, rounds, oneRowRatios, batchRatios } = comparison;
  const ours = engines[0]!.subject;
  const ratios = [
    ...oneRowRatios.map((ratio) => ratioLine(ratio, 'one row')),
    ...batchRatios.map((ratio) => ratioLine(ratio, `${grouped(batchRows)} rows`)),
  ].filter((line) => line.startsWith(`${ours} `));
  return [
    `${rounds} interleaved rounds, batches of ${grouped(batchRows)} rows, one thread`,
    formatLatencyTable(engines),
    ...ratios,
  ].join('\n');
}

function ratioLine({ subject, peer, ratio }: LatencyRatio, call: string): string {
  const [value, lower, upper] = [ratio.value, ratio.lower, ratio.upper].map(significant);
  return `${subject} is ${value}x as fast as ${peer} on ${call} [${lower}, ${upper}]`;
}

function latencyCells({ p50, p95, p99, rowsPerSecond }: LatencySummary): string[] {
  const interval = `[${significant(p50.lower)}, ${significant(p50.upper)}]`;
  const tail = [significant(p95.value), significant(p99.value)];
  return [significant(p50.value), interval, ...tail, grouped(Math.round(rowsPerSecond.value))];
}

/** Five decimals, or six digits of what is greater than 10. */
function decimals(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(5) : String(Number(value.toPrecision(6)));
}

/** Three digits, or all digits of the integer part. */
function significant(value: number): string {
  if (!(value < 1000)) return grouped(Math.round(value));
  return value.toPrecision(3);
}

/** An integer with its thousands apart: 1,234,567. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Columns padded to their widest cell: the first to the left, the others to the right. */
function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
