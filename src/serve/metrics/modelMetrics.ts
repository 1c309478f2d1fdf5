import type { DriftSummary } from '../../monitor/index.js';
import type { ServedModel } from '../model/servedModel.js';
import type { LogStatus } from '../predictions/predictionSink.js';
import type { Metric } from './exposition.js';
import { Gauge, type Reading } from './gauge.js';

const RECOMMENDATIONS = ['none', 'watch', 'investigate', 'retrain'];

/** What is told of the model that is served now, and of what watches it. */
export function createModelMetrics(current: () => ServedModel): Metric[] {
  const info = new Gauge(
    'coppice_model_info',
    'The model that is served; always 1.',
    ['sha256', 'run_id', 'task', 'target'],
    () => {
      const { info: known, scorer } = current();
      const { task, schema } = scorer;
      return [[[known.sha256 ?? '', known.run_id ?? '', task, schema.target.name], 1]];
    },
  );
  const rows = new Gauge('coppice_monitor_rows', 'Rows that drift is judged on.', [], () => [
    [[], current().monitor.rowCount],
  ]);
  // all gauges are read in one go: one answer does for them
  let assessed: DriftSummary | undefined;
  const drift = (): DriftSummary => {
    if (!assessed) queueMicrotask(() => (assessed = undefined));
    assessed ??= current().monitor.drift();
    return assessed;
  };
  /** A number out of the drift answer: of each field, or of the predictions. */
  const driftGauges = (name: string, help: string, key: 'psi' | 'drifted'): Metric[] => {
    return [
      new Gauge(`coppice_field_${name}`, `${help} Of a field.`, ['field'], () =>
        drift().features.map((field): Reading => [[String(field.name)], Number(field[key])]),
      ),
      new Gauge(`coppice_score_${name}`, `${help} Of the predictions.`, [], () => [
        [[], Number(drift().score[key])],
      ]),
    ];
  };
  const recommendation = new Gauge(
    'coppice_recommendation',
    '1 for what is recommended, 0 for the others.',
    ['recommendation'],
    () => {
      const advice = current().monitor.retrainingTrigger().recommendation;
      return RECOMMENDATIONS.map((name): Reading => [[name], Number(name === advice)]);
    },
  );
  return [
    info,
    rows,
    ...driftGauges('psi', 'Population stability index against training.', 'psi'),
    ...driftGauges('drifted', '1 when it changed significantly and materially.', 'drifted'),
    recommendation,
  ];
}

/** What is told of the prediction log. */
export function createLogMetrics(status: () => LogStatus): Metric[] {
  const lines = new Gauge(
    'coppice_prediction_log_lines_total',
    'Lines of the prediction log, by what became of them.',
    ['outcome'],
    () => {
      const { written, dropped, refused } = status();
      return [
        [['written'], written],
        [['dropped'], dropped],
        [['refused'], refused],
      ];
    },
    'counter',
  );
  const errors = new Gauge(
    'coppice_prediction_log_errors_total',
    'Failed writes of the prediction log.',
    [],
    () => [[[], status().errors]],
    'counter',
  );
  const pending = new Gauge(
    'coppice_prediction_log_pending_bytes',
    'Bytes that wait to be written to the prediction log.',
    [],
    () => [[[], status().pendingBytes]],
  );
  return [lines, errors, pending];
}
