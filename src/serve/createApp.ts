import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { FormatError, ShapeError } from '../core/errors.js';
import {
  createMonitor,
  type DriftReference,
  type Monitor,
  type MonitorOptions,
} from '../monitor/index.js';
import type { Scorer } from '../score/scorer.js';
import { healthRoute, type LogStatus, type ModelInfo } from './healthRoute.js';
import { checkLimits, type ServeLimits } from './limits.js';
import { createModelService } from './modelService.js';
import { monitoringRoutes } from './monitoringRoutes.js';
import type { PredictionEntry } from './predictionEntry.js';
import { predictRoutes } from './predictRoutes.js';

/** A request that failed for a reason of our own, for the operator. */
export interface Failure {
  /** `METHOD /path` */
  route: string;
  error: Error;
}

export interface AppOptions {
  scorer: Scorer;
  /** of the same model */
  reference: DriftReference;
  /** has seen what was there before, for example replayed from the prediction log, against `reference`. Mutated */
  monitor?: Monitor;
  /** gets the log entries of each request; must not throw and must not block */
  log?: (entries: readonly PredictionEntry[]) => void;
  logStatus?: () => LogStatus;
  now: () => Date;
  /** `purchase` gives `predicted_purchase`; the target's name when absent */
  predictionName?: string;
  modelInfo?: ModelInfo;
  limits?: Partial<ServeLimits>;
  /** of the monitor, where none is given */
  drift?: Partial<MonitorOptions>;
  /** is told of every 500; the error's message may hold values of the request */
  onFailure?: (failure: Failure) => void;
}

/** The methods of each route, as 404 and 405 tell them. */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  '/health': ['GET'],
  '/predict': ['POST'],
  '/batch_predict': ['POST'],
  '/monitoring/drift': ['GET'],
  '/monitoring/retraining_trigger': ['GET', 'POST'],
};

/**
 * The HTTP service of a model as a function from `Request` to `Response` (`app.fetch`): nothing of Node in it, so it runs
 * in an edge worker, Deno, Bun or a service worker too.
 * @throws {FormatError} when the reference is of another model.
 * @throws {ShapeError} when the monitor counts against another reference.
 * @throws {ConfigError} on a wrong limit or drift option.
 */
export function createApp(options: AppOptions): Hono {
  const { scorer, reference, now } = options;
  checkSameModel(scorer, reference);
  const monitor = options.monitor ?? createMonitor({ reference, options: options.drift });
  if (monitor.reference !== reference) {
    throw new ShapeError('"monitor" expected one that counts against "reference"');
  }
  const limits = checkLimits(options.limits);
  const service = createModelService({
    scorer,
    monitor,
    predictionName: options.predictionName || scorer.schema.target.name,
    now,
    log: options.log,
  });
  const app = new Hono();
  app.route(
    '/',
    healthRoute(service, { modelInfo: options.modelInfo ?? {}, now, logStatus: options.logStatus }),
  );
  app.route('/', predictRoutes(service, limits));
  app.route('/', monitoringRoutes(service));
  addErrors(app, options.onFailure);
  return app;
}

/** Every answer is JSON with a `detail`, and none tells what happened inside. */
function addErrors(app: Hono, onFailure: AppOptions['onFailure']): void {
  for (const [path, methods] of Object.entries(ROUTES)) {
    app.all(path, (context) =>
      context.json({ detail: `${path} takes ${methods.join(' or ')}` }, 405, {
        Allow: methods.join(', '),
      }),
    );
  }
  const routes = Object.entries(ROUTES).map(([path, methods]) => `${methods.join('|')} ${path}`);
  app.notFound((context) => context.json({ detail: 'no such route', routes }, 404));
  app.onError((error, context) => {
    if (error instanceof HTTPException) {
      return context.json({ detail: error.message }, error.status);
    }
    onFailure?.({ route: `${context.req.method} ${context.req.path}`, error });
    return context.json({ detail: 'internal error' }, 500);
  });
}

function checkSameModel({ task, schema, threshold }: Scorer, reference: DriftReference): void {
  const check = (part: string, ours: string, theirs: string): void => {
    if (ours === theirs) return;
    throw new FormatError(
      `the drift reference is of another model: its ${part} is ${theirs}, the model's is ${ours}`,
    );
  };
  const listed = (fields: readonly { name: string; type: string }[]): string =>
    fields.map(({ name, type }) => `${JSON.stringify(name)} (${type})`).join(', ');
  check('task', task, reference.task);
  check('list of fields', listed(schema.fields), listed(reference.fields));
  if (reference.task === 'binary') {
    check('threshold', String(threshold?.value), String(reference.threshold));
  }
  if (reference.task === 'multiclass') {
    const { classes } = schema.target;
    check('list of classes', JSON.stringify(classes), JSON.stringify(reference.classes));
  }
}
