import type { Interval } from '../../src/evaluate/index.js';
import { median } from '../../src/optimize/percentile.js';
import type { Growth, Size } from './benchModels.js';
import type { FirstScore } from './firstScore.js';
import { ORT_FP32 } from './onnxEngines.js';
import type { Parity } from './parity.js';
import type { TimedBatch } from './timedBatches.js';
import type { WireBytes } from './wireBytes.js';

/** An engine with a model, as it is named in {@link TimedBatch}. */
export interface EngineResult extends Parity {
  name: string;
  engine: string;
  growth: Growth;
  fileBytes: number;
}

/** Everything that was measured of the models of one size. */
export interface SizeResult {
  size: Size;
  models: { growth: Growth; title: string }[];
  engines: EngineResult[];
  batches: TimedBatch[];
  loading: LoadingResult[];
}

/** Fresh processes of an engine with the leaf-wise model. */
export interface LoadingResult {
  engine: string;
  runtime: WireBytes;
  model: WireBytes;
  starts: FirstScore[];
}

/** Speed and parity of every engine, then what the ratios between them are. */
export function formatSize(result: SizeResult): string {
  const { size, models, engines, batches } = result;
  const head = ['engine', 'trees', 'model bytes', 'max Δp', 'mean Δp'];
  const columns = batches.map(({ batch }) =>
    batch === 1 ? 'one row, µs: p50 / p95 / p99' : `${grouped(batch)} rows, ns a row`,
  );
  const lines = engines.map((engine) => [
    engine.engine,
    engine.growth,
    grouped(engine.fileBytes),
    engine.maxDelta.toPrecision(2),
    engine.meanDelta.toPrecision(2),
    ...batches.map((batch) => timeOf(batch, engine.name)),
  ]);
  return [
    `## ${size}: ${models.map(({ growth, title }) => `${growth} ${title}`).join('; ')}`,
    table([[...head, ...columns], ...lines]),
    `Times faster than the fastest fp32 row of onnxruntime-web on the same trees:`,
    ratioTable(result, againstOnnx),
    ...(models.length > 1
      ? [
          'Symmetric trees, times faster than leaf-wise ones in the same engine:',
          ratioTable(result, againstTwin),
        ]
      : []),
  ].join('\n\n');
}

/** Bytes, time to the first score and memory, medians of fresh processes. */
export function formatLoading({ size, loading }: SizeResult): string {
  const head = [
    'engine',
    'runtime bytes (brotli)',
    'model bytes (brotli)',
    'import ms',
    'bytes to first score, ms',
    'MiB added after 20 batches',
  ];
  const lines = loading.map(({ engine, runtime, model, starts }) => [
    engine,
    wire(runtime),
    wire(model),
    spread(starts.map(({ importMs }) => importMs)),
    spread(starts.map(({ firstScoreMs }) => firstScoreMs)),
    spread(starts.map(({ addedBytes }) => addedBytes / 2 ** 20)),
  ]);
  return [
    `## ${size}, leaf-wise, in fresh processes: median (least to greatest)`,
    table([head, ...lines]),
  ].join('\n\n');
}

type Comparison = (
  result: SizeResult,
  batch: TimedBatch,
  engine: EngineResult,
) => Interval | undefined;

/** Lines of engines with a ratio in at least one batch. */
function ratioTable(result: SizeResult, compare: Comparison): string {
  const { engines, batches } = result;
  const head = [
    'engine',
    'trees',
    ...batches.map(({ batch }) => (batch === 1 ? 'one row' : `${grouped(batch)} rows`)),
  ];
  const lines = engines.flatMap((engine) => {
    const ratios = batches.map((batch) => compare(result, batch, engine));
    if (ratios.every((ratio) => ratio === undefined)) return [];
    return [
      [engine.engine, engine.growth, ...ratios.map((ratio) => (ratio ? interval(ratio) : ''))],
    ];
  });
  return table([head, ...lines]);
}

function againstOnnx(
  { engines }: SizeResult,
  batch: TimedBatch,
  { name, engine, growth }: EngineResult,
): Interval | undefined {
  const isPeer = (other: EngineResult): boolean => other.engine.startsWith(ORT_FP32);
  const [fastest] = engines
    .filter((other) => other.growth === growth && isPeer(other))
    .map((peer) => batch.subjects.find((subject) => subject.name === peer.name)!)
    .sort((a, b) => a.p50.value - b.p50.value);
  if (!fastest || engine.startsWith(ORT_FP32)) return undefined;
  return ratioOf(batch, name, fastest.name);
}

function againstTwin(
  { engines }: SizeResult,
  batch: TimedBatch,
  engine: EngineResult,
): Interval | undefined {
  const twin = engines.find(
    (other) => other.engine === engine.engine && other.growth !== engine.growth,
  );
  return engine.growth === 'symmetric' && twin ? ratioOf(batch, engine.name, twin.name) : undefined;
}

function ratioOf({ ratios }: TimedBatch, subject: string, peer: string): Interval | undefined {
  return ratios.find((ratio) => ratio.subject === subject && ratio.peer === peer)?.ratio;
}

function timeOf({ batch, subjects }: TimedBatch, name: string): string {
  const found = subjects.find((subject) => subject.name === name);
  if (!found) return '';
  const { p50, p95, p99 } = found;
  if (batch > 1) return grouped((1000 * p50.value) / batch);
  return [p50, p95, p99].map(({ value }) => digits(value)).join(' / ');
}

/** A ratio and its 95 % interval. */
export function interval({ value, lower, upper }: Interval): string {
  return `${digits(value)} [${digits(lower)}, ${digits(upper)}]`;
}

/** A table of Markdown; the first row is its head. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head, ...lines] = rows.map((row) => `| ${row.join(' | ')} |`);
  return [head, `|${'---|'.repeat(rows[0]!.length)}`, ...lines].join('\n');
}

/** Three digits, and no exponent. */
export function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** The median, and the least and the greatest. */
export function spread(values: readonly number[]): string {
  return `${digits(median(values))} (${digits(Math.min(...values))} to ${digits(Math.max(...values))})`;
}

function wire({ raw, brotli }: WireBytes): string {
  return `${grouped(raw)} (${grouped(brotli)})`;
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
