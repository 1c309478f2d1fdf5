import { jsonAnswer } from '../http/answers.js';
import { describeBriefly } from '../model/describeModel.js';
import type { Serving } from '../serving.js';

/**
 * - `GET /livez`: 200 as long as the process answers at all
 * - `GET /readyz`: 200 when requests may be sent here, else 503 and why not
 * - `GET /health`: how things are, for people; `degraded` when predictions are served but log lines were lost
 */
export function addHealth({ router, current, now, clock, log, notReady }: Serving): void {
  const startedAt = new Date(now()).toISOString();
  const started = clock();

  router.get('/livez', { access: 'open' }, () => jsonAnswer({ status: 'alive' }));

  router.get('/readyz', { access: 'open' }, () => {
    const reason = notReady();
    return reason === undefined
      ? jsonAnswer({ status: 'ready' })
      : jsonAnswer({ status: 'not ready', reason }, 503, { 'Retry-After': '1' });
  });

  router.get('/health', { access: 'model' }, () => {
    const model = current();
    // what was put off counts too
    model.settle();
    const status = log?.status();
    return jsonAnswer({
      status: status && status.dropped > 0 ? 'degraded' : 'ok',
      model: describeBriefly(model),
      kernel: model.scorer.kernel,
      started_at: startedAt,
      uptime_seconds: (clock() - started) / 1000,
      samples_observed: model.monitor.rowCount,
      ...(status && {
        prediction_log: {
          written: status.written,
          dropped: status.dropped,
          refused: status.refused,
          errors: status.errors,
          pending_bytes: status.pendingBytes,
        },
      }),
    });
  });
}
