import type { Problem } from '../rows/problem.js';

/** The statuses that a request is refused with; docs/serving.md says when. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 413 | 415 | 422 | 429 | 500 | 501 | 503;

/** Why a request is not served: becomes an answer with a `detail`. Holds no value of the request. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: RefusalStatus;
  readonly detail: string | readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: RefusalStatus,
    detail: string | readonly Problem[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof detail === 'string' ? detail : `${detail.length} problems`);
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

/** 429 or 503, and when it is worth trying again. */
export function refuseForNow(status: 429 | 503, detail: string, retrySeconds: number): Refusal {
  return new Refusal(status, detail, {
    'Retry-After': String(Math.max(1, Math.ceil(retrySeconds))),
  });
}
