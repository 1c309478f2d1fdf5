import type { AccessTokens } from './http/bearerToken.js';
import type { Router } from './http/router.js';
import type { ServeLimits } from './limits.js';
import type { RequestMetrics } from './metrics/requestMetrics.js';
import type { RowPredictor } from './model/gatherer.js';
import type { ServedModel } from './model/servedModel.js';
import type { PredictionSink } from './predictions/predictionSink.js';

/** What the routes of one app share. */
export interface Serving {
  readonly router: Router;
  readonly limits: ServeLimits;
  readonly metrics: RequestMetrics;
  readonly tokens: AccessTokens;
  /** of the Open Inference Protocol */
  readonly modelName: string;
  readonly serverVersion: string;
  /**
   * The model that is served now. A handler reads it once, after the body has arrived: then one model checks, scores, logs
   * and answers a request, even when another takes its place meanwhile.
   */
  readonly current: () => ServedModel;
  readonly predictRow: RowPredictor;
  /** milliseconds since 1970 */
  readonly now: () => number;
  /** milliseconds, from a clock that only goes forward */
  readonly clock: () => number;
  readonly log: PredictionSink | undefined;
  /** why no requests should be sent here; undefined when they may */
  readonly notReady: () => string | undefined;
}
