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
  /** a window's first and last place, for people */
  from: (at: number) => string;
  to: (at: number) => string;
  action: string;
}

const HEADINGS: Readonly<Record<ReasonKind, string>> = {
  fault: 'Data that look broken',
  performance: 'How good the model is',
  prediction: 'Predictions',
  field: 'Fields that moved, by their weight in the model',
  note: 'Also',
};

const FIELDS_SHOWN = 20;
const WINDOWS_SHOWN = 12;
const SPARKLINE_WIDTH = 24;
// a Jensen-Shannon distance that is a full bar: half of all rows are where they could not have been
const FULL_BAR = 0.5;

/** A drift report for a person: what to do, why, and the figures behind it. */
export function formatDrift(view: MonitorView, options: DriftTextOptions): string {
  return [
    headline(view, options),
    reasons(view, options),
    performanceTable(view.evidence.report),
    fieldTable(view, options),
    windowTable(view, options),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headline(view: MonitorView, { title, from, to, action }: DriftTextOptions): string {
  const { overall, windows, window, advice } = view;
  const judged = windows.filter(({ closed, sufficient }) => closed && sufficient).length;
  const rows = `${grouped(overall.rowCount)} rows`;
  const scope = window
    ? `in ${judged} window${judged === 1 ? '' : 's'}; the newest: ${spanOf(window, from, to)}, ${grouped(window.rowCount)} rows`
    : 'taken together';
  return `${title}: ${rows} ${scope}\n\n${advice.recommendation.toUpperCase()}. ${action}`;
}

function spanOf(
  window: WindowSummary,
  from: (at: number) => string,
  to: (at: number) => string,
): string {
  const [first, last] = [from(window.from), to(window.to)];
  return first === last ? first : `${first} to ${last}`;
}

function reasons({ advice, alarms, window }: MonitorView, options: DriftTextOptions): string {
  const bySubject = new Map(alarms.map((alarm) => [alarm.reason, alarm]));
  const parts: string[] = [];
  for (const kind of Object.keys(HEADINGS) as ReasonKind[]) {
    const own = advice.reasons.filter((reason) => reason.kind === kind);
    if (own.length === 0) continue;
    const lines = own.map((reason) => {
      const alarm = bySubject.get(reason);
      const when = alarm && window ? `\n      ${whenOf(alarm, options)}` : '';
      return `  - ${reason.message}${when}`;
    });
    parts.push([HEADINGS[kind], ...lines].join('\n'));
  }
  return parts.join('\n\n');
}

function whenOf(alarm: Alarm, { from }: DriftTextOptions): string {
  const { since, windowCount, quietWindows, persistent } = alarm;
  const windows = `${windowCount} window${windowCount === 1 ? '' : 's'}`;
  const quiet =
    quietWindows === 0 ? '' : `, not in the last ${quietWindows === 1 ? 'one' : quietWindows}`;
  const open = persistent ? '' : '; not yet often enough to act on';
  return `since ${from(since)}, in ${windows}${quiet}${open}`;
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
  const { evidence, alarms, windows } = view;
  const judged = windows.filter(({ closed, sufficient }) => closed && sufficient);
  const fields = evidence.report.fields.map((field, index) => ({ field, index }));
  const weight = ({ importance = 1, jensenShannon }: FieldDrift): number =>
    importance * jensenShannon;
  const isWeighed = fields.some(({ field }) => field.importance !== undefined);
  const since = new Map(
    alarms
      .filter(({ reason }) => reason.field !== undefined)
      .map((alarm) => [alarm.reason.field, from(alarm.since)]),
  );
  fields.sort((a, b) => weight(b.field) - weight(a.field) || a.index - b.index);
  const rows = fields.slice(0, FIELDS_SHOWN).map(({ field, index }) => [
    field.name,
    ...(isWeighed ? [`${(100 * (field.importance ?? 0)).toFixed(0).padStart(4)} %`] : []),
    field.jensenShannon.toFixed(3),
    field.psi.toFixed(3),
    field.moments === undefined ? '' : field.moments.zScore.toFixed(2),
    verdictOf(field),
    ...(judged.length > 1
      ? [
          sparkline(
            judged.map(({ fieldDistances }) => fieldDistances[index]!),
            FULL_BAR,
            SPARKLINE_WIDTH,
          ),
          since.get(field.name) ?? '',
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
    ...(judged.length > 1 ? ['JS by window', 'since'] : []),
  ];
  const more = fields.length - rows.length;
  const rest = more > 0 ? `\n... and ${more} fields that moved less` : '';
  return `${formatTable([header, ...rows])}${rest}`;
}

function verdictOf(field: FieldDrift): string {
  const { missing, nonFinite, outOfRange, unseen } = field;
  if ([missing, nonFinite, outOfRange, unseen].some((rate) => rate?.changed)) return 'broken?';
  if (field.changed) return 'moved';
  return field.significant ? 'a little' : '';
}

function windowTable({ windows, evidence }: MonitorView, { from, to }: DriftTextOptions): string {
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
      spanOf(window, from, to),
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
            : `${window.reasons.length} change${window.reasons.length === 1 ? '' : 's'}`,
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
  const more = earlier > 0 ? `\n${earlier} earlier windows are not shown` : '';
  return `${formatTable([header, ...rows])}${more}`;
}
