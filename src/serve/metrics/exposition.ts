/** The kinds of metric that Prometheus knows and we have. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/** A metric that can say how it stands. */
export interface Metric {
  readonly name: string;
  /** The lines of the metric, its HELP and TYPE among them. */
  write(): string;
}

/** The content type of {@link exposition}. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** All metrics in the text format of Prometheus, version 0.0.4. https://prometheus.io/docs/instrumenting/exposition_formats */
export function exposition(metrics: readonly Metric[]): string {
  return metrics.map((metric) => metric.write()).join('');
}

/** The lines that introduce a metric. */
export function header(name: string, type: MetricType, help: string): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n`;
}

/** One line: a name, its labels, a value. */
export function sample(
  name: string,
  labelNames: readonly string[],
  labelValues: readonly string[],
  value: number,
): string {
  const labels = labelNames.map((label, i) => `${label}="${escapeLabel(labelValues[i]!)}"`);
  return `${name}${labels.length > 0 ? `{${labels.join(',')}}` : ''} ${formatValue(value)}\n`;
}

/** A number as Prometheus reads it. */
export function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
