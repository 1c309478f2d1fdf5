import type {
  Alarm,
  DriftReport,
  FieldDrift,
  MonitorView,
  PerformanceMetric,
  ReasonKind,
  WindowSummary,
} from '../monitor/index.js';
import { figure, formatTable, grouped } from './output.js';
import { sparkline } from './sparkline.js';

/** How a drift report calls things. */
export interface DriftTextOptions {
  /** what was read */
  title: string;
  /** the beginning of a window, and all of it, for people */
  from: (at: number) => string;
  span: (from: number, to: number) => string;
  action: string;
}

const HEADINGS: Readonly<Record<ReasonKind, string>> = {
  fault: 'Data that look broken',
  performance: 'How good the model is',
  prediction: 'Predictions',
  field: 'Fields that moved, by their weight in the model',
  note: 'Also',
};

const FIELDS_TOLD = 8;
const FIELDS_SHOWN = 20;
const WINDOWS_SHOWN = 12;
const SPARKLINE_WIDTH = 24;
// a Jensen-Shannon distance that is a full bar: half of all rows are where they could not have been
const FULL_BAR = 0.5;

/** A drift report for a person: what to do, why, and the figures behind it. */
export function formatDrift(view: MonitorView, options: DriftTextOptions): string {
  return [
    headline(view, options),
    reasonsText(view, options),
    performanceTable(view.evidence.report),
    fieldTable(view, options),
    windowTable(view, options),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headline(view: MonitorView, { title, span, action }: DriftTextOptions): string {
  const { overall, window, advice } = view;
  const judged = judgedWindows(view).length;
  const rows = `${grouped(overall.rowCount)} rows`;
  const scope = window
    ? `in ${plural(judged, 'window')}; judged on the newest, ${span(window.from, window.to)} (${grouped(window.rowCount)} rows)`
    : judged > 1
      ? `in ${plural(judged, 'group')}, judged all together`
      : 'judged all together';
  return `${title}: ${rows} ${scope}\n\n${advice.recommendation.toUpperCase()}. ${action}`;
}

function judgedWindows({ windows }: MonitorView): WindowSummary[] {
  return windows.filter(({ closed, sufficient }) => closed && sufficient);
}

/** Why, by kind. What was seen too seldom and is gone again is left out, and so is the drift of a field that looks broken. */
function reasonsText(view: MonitorView, options: DriftTextOptions): string {
  const { advice, alarms, window } = view;
  const alarmOf = new Map(alarms.map((alarm) => [alarm.reason, alarm]));
  const broken = new Set(
    advice.reasons.filter(({ kind }) => kind === 'fault').map(({ field }) => field),
  );
  const told = advice.reasons.filter((reason) => {
    const alarm = alarmOf.get(reason);
    if (alarm && alarm.quietWindows > 0 && !alarm.persistent) return false;
    return reason.kind !== 'field' || !broken.has(reason.field);
  });
  const parts: string[] = [];
  for (const kind of Object.keys(HEADINGS) as ReasonKind[]) {
    const own = told.filter((reason) => reason.kind === kind);
    if (own.length === 0) continue;
    const shown = kind === 'field' ? own.slice(0, FIELDS_TOLD) : own;
    const lines = shown.map((reason) => {
      const alarm = alarmOf.get(reason);
      const when = alarm && window ? `\n      ${whenOf(alarm, options)}` : '';
      return `  - ${reason.message}${when}`;
    });
    const names = new Set(shown.map(({ field }) => field));
    const rest = new Set(own.map(({ field }) => field).filter((field) => !names.has(field)));
    if (rest.size > 0) lines.push(`  - and ${[...rest].join(', ')}`);
    parts.push([HEADINGS[kind], ...lines].join('\n'));
  }
  return parts.join('\n\n');
}

function whenOf(alarm: Alarm, { from }: DriftTextOptions): string {
  const { since, windowCount, quietWindows, persistent } = alarm;
  const quiet =
    quietWindows === 0
      ? ''
      : quietWindows === 1
        ? ', not in the last one'
        : `, not in the last ${quietWindows}`;
  const open = persistent ? '' : '; not yet often enough to act on';
  return `since ${from(since)}, in ${plural(windowCount, 'window')}${quiet}${open}`;
}

/** `1 window`, `2 windows` */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const METRICS: Readonly<Record<PerformanceMetric['metric'], string>> = {
  precision: 'precision',
  recall: 'recall',
  accuracy: 'accuracy',
  meanAbsoluteError: 'mean |error|',
  rootMeanSquaredError: 'root mean squared error',
};

function performanceTable({ performance }: DriftReport): string {
  const { metrics, labelled, tracked, distrust } = performance;
  const hasLabels = metrics.some(({ realised }) => realised !== undefined);
  const rows = metrics.map((metric) => [
    metric.class === undefined
      ? METRICS[metric.metric]
      : `${METRICS[metric.metric]} of ${metric.class}`,
    metric.training === undefined ? '' : figure(metric.training),
    interval(metric.estimated),
    ...(hasLabels ? [interval(metric.realised)] : []),
  ]);
  const header = [
    'how good',
    'in training',
    'estimated without labels',
    ...(hasLabels ? [`by the labels of ${grouped(labelled)} rows`] : []),
  ];
  const notes = [
    '± is two standard errors. The estimate takes for granted that rows mean what they did in training; only labels can show otherwise.',
    distrust === undefined ? '' : `Do not rely on the estimate: ${distrust}.`,
    tracked > labelled && labelled > 0
      ? `Labels of ${Math.round((100 * labelled) / tracked)} % of the predictions that are kept for them.`
      : '',
  ];
  return [formatTable([header, ...rows]), ...notes.filter((note) => note !== '')].join('\n');
}

function interval(estimate: PerformanceMetric['estimated']): string {
  if (!estimate) return '';
  return `${figure(estimate.value)} ± ${figure(2 * estimate.standardError)}`;
}

function fieldTable(view: MonitorView, { from }: DriftTextOptions): string {
  const { evidence, alarms } = view;
  const judged = judgedWindows(view);
  const fields = evidence.report.fields.map((field, index) => ({ field, index }));
  const weight = ({ importance = 1, jensenShannon }: FieldDrift): number =>
    importance * jensenShannon;
  const isWeighed = fields.some(({ field }) => field.importance !== undefined);
  const broken = new Set(
    alarms
      .filter(({ reason, quietWindows }) => reason.kind === 'fault' && quietWindows === 0)
      .map(({ reason }) => reason.field),
  );
  const since = new Map<string, number>();
  // groups without an order have no beginning
  for (const alarm of view.window ? alarms : []) {
    const { field } = alarm.reason;
    if (field === undefined) continue;
    since.set(field, Math.min(alarm.since, since.get(field) ?? Infinity));
  }
  fields.sort((a, b) => weight(b.field) - weight(a.field) || a.index - b.index);
  const rows = fields.slice(0, FIELDS_SHOWN).map(({ field, index }) => [
    field.name,
    ...(isWeighed ? [`${(100 * (field.importance ?? 0)).toFixed(0).padStart(4)} %`] : []),
    field.jensenShannon.toFixed(3),
    field.psi.toFixed(3),
    field.moments === undefined ? '' : signed(field.moments.zScore),
    verdictOf(field, broken),
    ...(judged.length > 1
      ? [
          sparkline(
            judged.map(({ fieldDistances }) => fieldDistances[index]!),
            FULL_BAR,
            SPARKLINE_WIDTH,
          ),
          ...(view.window ? [since.has(field.name) ? from(since.get(field.name)!) : ''] : []),
        ]
      : []),
  ]);
  const header = [
    'field',
    ...(isWeighed ? ['weight'] : []),
    'JS',
    'PSI',
    'z',
    '',
    ...(judged.length > 1 ? (view.window ? ['JS by window', 'since'] : ['JS by group']) : []),
  ];
  const more = fields.length - rows.length;
  const rest = more > 0 ? `\n... and ${more} fields that moved less` : '';
  return `${formatTable([header, ...rows])}${rest}`;
}

/** Two decimals, and no minus before nothing. */
function signed(value: number): string {
  return value.toFixed(2).replace(/^-(0\.00)$/, '$1');
}

function verdictOf(field: FieldDrift, broken: ReadonlySet<string | undefined>): string {
  if (field.ignored) return 'ignored';
  if (broken.has(field.name)) return 'broken?';
  if (field.changed) return 'moved';
  return field.significant ? 'a little' : '';
}

const MOVERS_NAMED = 3;

/** How much changed in a window, and the fields that weigh the most of those that did. */
function changesIn({ reasons, fieldDistances }: WindowSummary, { fields }: DriftReport): string {
  const moved = new Set(reasons.map(({ field }) => field));
  const weight = (index: number): number =>
    (fields[index]!.importance ?? 1) * fieldDistances[index]!;
  const movers = fields
    .map(({ name }, index) => ({ name, index }))
    .filter(({ name }) => moved.has(name))
    .sort((a, b) => weight(b.index) - weight(a.index))
    .slice(0, MOVERS_NAMED)
    .map(({ name }) => name);
  return [plural(reasons.length, 'change'), ...movers].join(', ');
}

function windowTable({ windows, evidence }: MonitorView, { span }: DriftTextOptions): string {
  if (windows.length < 2) return '';
  const shown = windows.slice(-WINDOWS_SHOWN);
  const [first] = shown;
  const main = first?.performance.metrics[0];
  const hasLabels = shown.some(({ performance }) => performance.labelled > 0);
  const { task } = evidence.report;
  const predicted =
    task === 'binary' ? 'positive' : task === 'regression' ? 'mean' : 'commonest class';
  const rows = shown.map((window) => {
    const metric = window.performance.metrics[0];
    const isRate = task !== 'regression';
    const share = window.predicted ?? NaN;
    return [
      span(window.from, window.to),
      grouped(window.rowCount),
      isRate ? `${(100 * share).toFixed(1)} %` : figure(share),
      interval(metric?.estimated),
      ...(hasLabels ? [interval(metric?.realised)] : []),
      !window.sufficient
        ? 'too few rows'
        : !window.closed
          ? 'still open'
          : window.reasons.length === 0
            ? 'as in training'
            : changesIn(window, evidence.report),
    ];
  });
  const name = main ? METRICS[main.metric] : '';
  const header = [
    'window',
    'rows',
    predicted,
    `estimated ${name}`,
    ...(hasLabels ? [`${name} by labels`] : []),
    '',
  ];
  const earlier = windows.length - shown.length;
  const more = earlier > 0 ? `\n${plural(earlier, 'earlier window')} not shown` : '';
  return `${formatTable([header, ...rows])}${more}`;
}
