import type { ServedModel } from '../model/servedModel.js';
import type { LogStatus } from '../predictions/predictionSink.js';
import type { Metric } from './exposition.js';
import { Gauge, type Reading } from './gauge.js';

const RECOMMENDATIONS = ['none', 'watch', 'investigate', 'retrain'];

/** What is told of the model that is served now, and of what watches it. */
export function createModelMetrics(current: () => ServedModel, now: () => number): Metric[] {
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
  /** A number of each field, out of the drift answer. */
  const fieldGauge = (name: string, help: string, key: string): Metric =>
    new Gauge(name, help, ['field'], () => {
      const { features, score } = current().monitor.drift(now());
      return [...features, score].flatMap((field): Reading[] => {
        const value = field[key];
        if (typeof value === 'boolean') return [[[String(field.name)], Number(value)]];
        return typeof value === 'number' ? [[[String(field.name)], value]] : [];
      });
    });
  const recommendation = new Gauge(
    'coppice_recommendation',
    '1 for what is recommended, 0 for the others.',
    ['recommendation'],
    () => {
      const advice = current().monitor.retrainingTrigger(now()).recommendation;
      return RECOMMENDATIONS.map((name): Reading => [[name], Number(name === advice)]);
    },
  );
  return [
    info,
    rows,
    fieldGauge(
      'coppice_drift_psi',
      'Population stability index of a field, or of the predictions (score), against training.',
      'psi',
    ),
    fieldGauge(
      'coppice_drift_detected',
      '1 when a field, or the predictions (score), changed significantly and materially.',
      'drifted',
    ),
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
