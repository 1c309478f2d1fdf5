import { Hono } from 'hono';
import type { RequestMetrics } from '../metrics/requestMetrics.js';
import type { Admission } from './admission.js';
import { jsonAnswer, refusalAnswer } from './answers.js';
import type { TokenCheck } from './bearerToken.js';
import type { RateCheck } from './clientRate.js';
import type { Answer, Body, Exchange } from './exchange.js';
import { Refusal } from './refusal.js';
import { declaredLength } from './requestBody.js';
import { toResponse, WebExchange } from './webExchange.js';

/** Who may ask: everyone, who may predict, or who may see what is watched. */
export type Access = 'open' | 'model' | 'monitoring';

/** A request that failed for a reason of our own, for the operator. */
export interface Failure {
  /** `METHOD /path` of the route; `after an answer` when logging or counting failed later */
  route: string;
  error: Error;
}

export type Handler = (exchange: Exchange) => Answer | Promise<Answer>;
export type BodyHandler = (exchange: Exchange, body: Body) => Answer | Promise<Answer>;

/** A route with everything around it; always answers. */
export type Route = (exchange: Exchange) => Promise<Answer>;

export interface RouteOptions {
  access: Access;
  /** how a refusal is told; by default as `{ detail }` */
  refused?: (refusal: Refusal) => Answer;
}

export interface RouterOptions {
  tokens: Readonly<Record<Access, TokenCheck>>;
  checkRate: RateCheck;
  admission: Admission;
  metrics: RequestMetrics;
  /** milliseconds, from a clock that only goes forward */
  clock: () => number;
  onFailure: ((failure: Failure) => void) | undefined;
}

/**
 * Adds routes to a hono app, each behind the same checks: rate, token, size, admission. What would be middleware is one
 * function around the handler, because hono hands a route with a single handler over without composing promises.
 */
export class Router {
  readonly app: Hono = new Hono();
  /** path → methods, in the order they were added */
  readonly routes: Map<string, string[]> = new Map();
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
    const unknown = options.metrics.route('*', 'unknown');
    this.app.notFound(({ req }) => {
      const answer = this.#noSuchRoute(req.path);
      unknown.answered(answer.status, 0);
      return toResponse(answer);
    });
  }

  /** A route without a body. */
  get(path: string, options: RouteOptions, handler: Handler): Route {
    return this.#add('GET', path, options, handler);
  }

  /** A route with a body of at most `maxBytes`. */
  post(path: string, options: RouteOptions & { maxBytes: number }, handler: BodyHandler): Route {
    return this.#add('POST', path, options, handler, options.maxBytes);
  }

  #add(
    method: string,
    path: string,
    { access, refused = refusalAnswer }: RouteOptions,
    handler: BodyHandler,
    maxBytes = 0,
  ): Route {
    const name = `${method} ${path}`;
    const metrics = this.#options.metrics.route(method, path);
    const { tokens, checkRate, admission, clock } = this.#options;
    const route: Route = async (exchange) => {
      const started = clock();
      /** bytes that this request was let in with */
      let reserved: number | undefined;
      let answer: Answer;
      try {
        if (access !== 'open') {
          checkRate(exchange);
          tokens[access](exchange);
        }
        let declared: number | undefined;
        if (maxBytes > 0) {
          declared = declaredLength(exchange, maxBytes);
          admission.enter(declared ?? maxBytes);
          reserved = declared ?? maxBytes;
        }
        answer = await handler(exchange, { declared, maxBytes });
      } catch (error) {
        answer = refused(this.#refusalOf(error, name));
      } finally {
        if (reserved !== undefined) admission.leave(reserved);
      }
      metrics.answered(answer.status, (clock() - started) / 1000);
      return answer;
    };
    this.routes.set(path, [...(this.routes.get(path) ?? []), method]);
    this.app.on(method, path, async (context) => toResponse(await route(new WebExchange(context))));
    return route;
  }

  #refusalOf(thrown: unknown, route: string): Refusal {
    if (thrown instanceof Refusal) return thrown;
    this.#options.onFailure?.({ route, error: errorOf(thrown) });
    return new Refusal(500, 'internal error');
  }

  #noSuchRoute(path: string): Answer {
    for (const [pattern, methods] of this.routes) {
      if (!isMatch(pattern, path)) continue;
      const detail = `${pattern} takes ${methods.join(' or ')}`;
      return jsonAnswer({ detail }, 405, { Allow: methods.join(', ') });
    }
    const routes = Array.from(
      this.routes,
      ([pattern, methods]) => `${methods.join('|')} ${pattern}`,
    );
    return jsonAnswer({ detail: 'no such route', routes }, 404);
  }
}

/** What was thrown, as an error. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('something that is no error');
}

/** Whether a path is of a pattern such as `/v2/models/:name`. */
function isMatch(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  return (
    wanted.length === parts.length &&
    wanted.every((part, i) => part === parts[i] || (part.startsWith(':') && parts[i] !== ''))
  );
}
