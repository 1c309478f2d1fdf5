import { Hono } from 'hono';
import type { ModelService } from './modelService.js';

/** What is known about a model beside the model itself; shown by `/health` as it is. */
export interface ModelInfo {
  /** SHA-256 of the blob, hexadecimal */
  sha256?: string;
  run_id?: string;
  /** false when the run's gates were not passed */
  releasable?: boolean;
}

/** How the prediction log is doing. */
export interface LogStatus {
  /** lines in the file */
  written: number;
  /** lines that were given up */
  dropped: number;
  /** failed writes */
  errors: number;
  /** bytes that wait to be written */
  pendingBytes: number;
}

export interface HealthOptions {
  modelInfo: ModelInfo;
  now: () => Date;
  logStatus: (() => LogStatus) | undefined;
}

/** `GET /health`: `degraded` when predictions are served but log lines were lost. */
export function healthRoute(service: ModelService, options: HealthOptions): Hono {
  const { modelInfo, now, logStatus } = options;
  const { scorer, monitor } = service;
  const { task, schema, threshold } = scorer;
  const { name: target, classes } = schema.target;
  const startedAt = now();
  const app = new Hono();
  app.get('/health', (context) => {
    const log = logStatus?.();
    return context.json({
      status: log && log.dropped > 0 ? 'degraded' : 'ok',
      model: {
        ...modelInfo,
        task,
        target,
        ...(task !== 'regression' && { classes }),
        fields: schema.fields.length,
        ...(threshold && { threshold: threshold.value }),
      },
      kernel: scorer.kernel,
      started_at: startedAt.toISOString(),
      uptime_seconds: Math.max(0, (now().getTime() - startedAt.getTime()) / 1000),
      samples_observed: monitor.rowCount,
      ...(log && {
        prediction_log: {
          written: log.written,
          dropped: log.dropped,
          errors: log.errors,
          pending_bytes: log.pendingBytes,
        },
      }),
    });
  });
  return app;
}
