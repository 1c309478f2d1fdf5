import { textAnswer } from '../http/answers.js';
import { EXPOSITION_TYPE, exposition, type Metric } from '../metrics/exposition.js';
import type { Serving } from '../serving.js';

/** `GET /metrics`, for Prometheus. */
export function addMetrics({ router }: Serving, metrics: readonly Metric[]): void {
  router.get('/metrics', { access: 'monitoring' }, () =>
    textAnswer(exposition(metrics), EXPOSITION_TYPE),
  );
}
