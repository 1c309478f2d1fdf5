import { Hono } from 'hono';
import type { ModelService } from './modelService.js';

/** `GET /monitoring/drift`, and `GET` or `POST /monitoring/retraining_trigger`: the decision without the evidence. */
export function monitoringRoutes(service: ModelService): Hono {
  const app = new Hono();
  app.get('/monitoring/drift', (context) => context.json(service.drift()));
  app.on(['GET', 'POST'], '/monitoring/retraining_trigger', (context) =>
    context.json(service.retraining()),
  );
  return app;
}
