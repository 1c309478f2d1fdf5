import { checkInteger, show } from '../../core/check.js';
import { ConfigError } from '../../core/errors.js';
import type { Exchange } from './exchange.js';
import { refuseForNow } from './refusal.js';

/** How much one client may ask. */
export interface ClientRate {
  /** above 0 */
  requestsPerSecond: number;
  /** requests at once, after a pause; default `requestsPerSecond`, rounded up */
  burst?: number;
  /** who a request is from; all are one client when it cannot tell. Default: the `cf-connecting-ip` header */
  clientOf?: (exchange: Exchange) => string;
}

/** Lets a request pass. @throws {Refusal} 429 with `Retry-After` when its client asked too much. */
export type RateCheck = (exchange: Exchange) => void;

interface Bucket {
  tokens: number;
  at: number;
}

// more clients than this, and the one that was silent longest is forgotten: memory stays bounded
const MAX_CLIENTS = 10_000;

/** A token bucket a client. @param clock - milliseconds, from any clock that only goes forward */
export function createRateCheck(rate: ClientRate | undefined, clock: () => number): RateCheck {
  if (!rate) return () => undefined;
  const { requestsPerSecond, burst = Math.ceil(requestsPerSecond), clientOf = edgeClient } = rate;
  if (!(requestsPerSecond > 0 && requestsPerSecond < Infinity)) {
    throw new ConfigError(
      `"requestsPerSecond" expected a number above 0, got ${show(requestsPerSecond)}`,
    );
  }
  checkInteger('burst', burst, 1);
  const buckets = new Map<string, Bucket>();

  return (exchange) => {
    const client = clientOf(exchange);
    const now = clock();
    const bucket = buckets.get(client) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * requestsPerSecond);
    bucket.at = now;
    // the order of a Map is that of insertion, hence the first is the longest silent
    buckets.delete(client);
    buckets.set(client, bucket);
    if (buckets.size > MAX_CLIENTS) buckets.delete(buckets.keys().next().value!);
    if (bucket.tokens < 1) {
      throw refuseForNow(429, 'too many requests', (1 - bucket.tokens) / requestsPerSecond);
    }
    bucket.tokens--;
  };
}

function edgeClient(exchange: Exchange): string {
  return exchange.header('cf-connecting-ip') ?? '';
}
