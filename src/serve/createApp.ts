import { ConfigError } from '../core/errors.js';
import { createAdmission } from './http/admission.js';
import { type AccessTokens, createTokenCheck } from './http/bearerToken.js';
import { type ClientRate, createRateCheck } from './http/clientRate.js';
import { errorOf, type Failure, type Route, Router } from './http/router.js';
import { checkLimits, type ServeLimits } from './limits.js';
import type { Metric } from './metrics/exposition.js';
import { createLogMetrics, createModelMetrics } from './metrics/modelMetrics.js';
import { createRequestMetrics } from './metrics/requestMetrics.js';
import { createGatherer, predictRow } from './model/gatherer.js';
import { createServedModel, type ModelOptions, type ServingParts } from './model/servedModel.js';
import type { LogStatus, PredictionSink } from './predictions/predictionSink.js';
import type { WithheldFields } from './predictions/withheld.js';
import { addBatchPredict } from './routes/batchPredict.js';
import { addDocs } from './routes/docs.js';
import { addHealth } from './routes/health.js';
import { addInference } from './routes/inference.js';
import { addMetrics } from './routes/metrics.js';
import { addModel } from './routes/model.js';
import { addMonitoring } from './routes/monitoring.js';
import { addOpenApi } from './routes/openApi.js';
import { addPredict } from './routes/predict.js';
import { createIdMaker } from './rows/predictionId.js';
import type { Serving } from './serving.js';

export interface AppOptions extends ModelOptions {
  now: () => Date;
  /** milliseconds, from a clock that only goes forward; default `performance.now` */
  clock?: () => number;
  /** where the lines of the prediction log go; without it nothing is logged */
  log?: PredictionSink;
  /** what the log must not hold */
  withheld?: WithheldFields;
  limits?: Partial<ServeLimits>;
  /** how much one client may ask; default: as much as it likes */
  rate?: ClientRate;
  /** bearer tokens; default: everything is open */
  tokens?: AccessTokens;
  /** of the Open Inference Protocol: `/v2/models/<name>`; default `model` */
  modelName?: string;
  /** what `/v2` says of the server; default `0` */
  serverVersion?: string;
  /** why no requests should be sent here, for `/readyz`; undefined when they may */
  notReady?: () => string | undefined;
  /** told beside our own by `/metrics` */
  metrics?: readonly Metric[];
  /**
   * calls back when what has arrived by now has been read, `setImmediate` on Node: then records that arrive together are
   * scored together, at a fraction of the cost. Default: each at once
   */
  defer?: (run: () => void) => void;
  /**
   * calls back in some milliseconds, `setTimeout` on Node: then what was predicted is logged and counted after the answer, many
   * rows at a time, at a fraction of the cost, unless the log makes answers wait. Call `settle` before the end. Default: each
   * before its answer
   */
  putOff?: (run: () => void) => void;
  /** names of new predictions; default: random in front, counted behind. Letters, digits and _ . : ~ - only */
  newId?: () => string;
  /** is told of every 500; the error's message may hold values of the request */
  onFailure?: (failure: Failure) => void;
}

/** The HTTP service of a model. */
export interface ServeApp {
  /** What a server calls with each request; further arguments are those of hono: bindings, execution context. */
  readonly fetch: (request: Request, ...rest: unknown[]) => Response | Promise<Response>;
  /** `POST /predict` without a `Request` and a `Response`, which cost more than scoring; for servers that have their own. */
  readonly predict: Route;
  /**
   * Serves another model from the next request on; those at hand are answered by the one they began with.
   * @throws as {@link createApp}, and then the model stays.
   */
  replaceModel(model: ModelOptions): void;
  /** Logs and counts what was put off; before the log is closed. */
  settle(): void;
}

/**
 * The HTTP service of a model as a function from `Request` to `Response` (`app.fetch`): nothing of Node in it, so it runs
 * in an edge worker, Deno, Bun or a service worker too.
 * @throws {FormatError} when the reference is of another model.
 * @throws {ConfigError} on a wrong limit, token, rate or drift option.
 */
export function createApp(options: AppOptions): ServeApp {
  const { log, withheld, tokens = {}, modelName = 'model', newId = createIdMaker() } = options;
  if (!/^[\w.-]+$/.test(modelName)) {
    throw new ConfigError('"modelName" expected letters, digits or any of _ . - ');
  }
  const now = (): number => options.now().getTime();
  const clock = options.clock ?? (() => performance.now());
  const limits = checkLimits(options.limits);
  /** of the models that were served before, too: their last answers may be a moment old */
  const waiting = new Set<() => void>();
  const putOff = (run: () => void): void => {
    waiting.add(run);
    options.putOff!(() => {
      if (waiting.delete(run)) run();
    });
  };
  const parts: ServingParts = {
    now,
    newId,
    log,
    withheld,
    putOff: options.putOff && putOff,
    onFailure: (error) => options.onFailure?.({ route: 'after an answer', error: errorOf(error) }),
  };
  let model = createServedModel(options, parts);

  const admission = createAdmission(limits.maxConcurrentRequests, limits.maxPendingBytes);
  const metrics = createRequestMetrics(admission);
  const router = new Router({
    tokens: {
      open: () => undefined,
      model: createTokenCheck('token', tokens.token),
      monitoring: createTokenCheck('monitoringToken', tokens.monitoringToken ?? tokens.token),
    },
    checkRate: createRateCheck(options.rate, clock),
    admission,
    metrics,
    clock,
    onFailure: options.onFailure,
  });
  const serving: Serving = {
    router,
    limits,
    metrics,
    tokens,
    modelName,
    serverVersion: options.serverVersion ?? '0',
    current: () => model,
    predictRow: options.defer ? createGatherer(options.defer) : predictRow,
    now,
    clock,
    log,
    notReady: () =>
      options.notReady?.() ??
      (log && !log.accepting ? 'the prediction log takes no more' : undefined),
  };
  // what was put off counts too
  const settledStatus = (sink: PredictionSink) => (): LogStatus => {
    model.settle();
    return sink.status();
  };
  const predict = addPredict(serving);
  addBatchPredict(serving);
  addHealth(serving);
  addModel(serving);
  addMonitoring(serving);
  addMetrics(serving, [
    ...metrics.all,
    ...createModelMetrics(serving.current),
    ...(log ? createLogMetrics(settledStatus(log)) : []),
    ...(options.metrics ?? []),
  ]);
  addOpenApi(serving);
  addDocs(serving);
  addInference(serving);
  const { fetch } = router.app;
  return {
    fetch: (request, ...rest) => fetch(request, rest[0] as object, rest[1] as undefined),
    predict,
    replaceModel(replacement) {
      const next = createServedModel(replacement, parts);
      model.settle();
      model = next;
    },
    settle() {
      for (const run of waiting) run();
      waiting.clear();
    },
  };
}
