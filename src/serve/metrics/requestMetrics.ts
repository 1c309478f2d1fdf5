import type { Admission } from '../http/admission.js';
import { Counter } from './counter.js';
import type { Metric } from './exposition.js';
import { Gauge } from './gauge.js';
import { Histogram, type Observations } from './histogram.js';

// from 50 us, which an answer takes, to what a slow client makes of it
const SECONDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  5, 10,
];
const ROWS = [1, 10, 100, 1000, 10_000, 100_000];

/** What is counted of the requests to one route. */
export interface RouteMetrics {
  answered(status: number, seconds: number): void;
}

/** What is counted of all requests. */
export interface RequestMetrics {
  readonly all: readonly Metric[];
  route(method: string, route: string): RouteMetrics;
  /** rows of a batch that was answered */
  readonly batchRows: Observations;
  /** rows that were predicted */
  readonly predictions: { value: number };
}

export function createRequestMetrics(admission: Admission): RequestMetrics {
  const requests = new Counter('coppice_http_requests_total', 'Requests answered.', [
    'method',
    'route',
    'status',
  ]);
  const durations = new Histogram(
    'coppice_http_request_duration_seconds',
    'From the head of a request to its answer, the arrival of its body included.',
    ['method', 'route'],
    SECONDS,
  );
  const batchRows = new Histogram('coppice_batch_rows', 'Rows of the batches answered.', [], ROWS);
  const predictions = new Counter('coppice_predictions_total', 'Rows predicted.');
  const inFlight = new Gauge(
    'coppice_http_requests_in_flight',
    'Requests with a body that are not answered yet.',
    [],
    () => [[[], admission.inFlight]],
  );
  const pending = new Gauge(
    'coppice_http_pending_body_bytes',
    'Bytes that the bodies of these requests may take.',
    [],
    () => [[[], admission.pendingBytes]],
  );
  return {
    all: [requests, durations, inFlight, pending, batchRows, predictions],
    batchRows: batchRows.of(),
    predictions: predictions.of(),
    route(method, route) {
      // a route that nobody asks is not told of
      let seconds: Observations | undefined;
      const byStatus = new Map<number, { value: number }>();
      return {
        answered(status, duration) {
          seconds ??= durations.of(method, route);
          let count = byStatus.get(status);
          if (!count) {
            count = requests.of(method, route, String(status));
            byStatus.set(status, count);
          }
          count.value++;
          seconds.observe(duration);
        },
      };
    },
  };
}
