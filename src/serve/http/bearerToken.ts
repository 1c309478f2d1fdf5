import { ConfigError } from '../../core/errors.js';
import type { Exchange } from './exchange.js';
import { Refusal } from './refusal.js';

/** Who may ask what: a bearer token for everything, or one for predictions and another for what watches them. */
export interface AccessTokens {
  /** of predictions and everything about the model; when absent these are open */
  token?: string;
  /** of `/monitoring/*` and `/metrics`; when absent, `token` is */
  monitoringToken?: string;
}

/** Lets a request pass. @throws {Refusal} 401 when it has no token, or another one. */
export type TokenCheck = (request: Pick<Exchange, 'header'>) => void;

const BEARER = /^bearer +([^\s]+) *$/i;
const SHORTEST_TOKEN = 16;

/**
 * Checks `Authorization: Bearer ...`. The time it takes depends on the length of the expected token and on nothing else.
 * @throws {ConfigError} on a token that is short or could not be sent in a header.
 */
export function createTokenCheck(name: string, token: string | undefined): TokenCheck {
  if (token === undefined) return () => undefined;
  if (token.length < SHORTEST_TOKEN || !/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigError(
      `"${name}" expected at least ${SHORTEST_TOKEN} visible ASCII characters, got ${token.length} characters`,
    );
  }
  return (request) => {
    const given = BEARER.exec(request.header('authorization') ?? '')?.[1] ?? '';
    if (isSame(given, token)) return;
    throw new Refusal(401, 'expected a bearer token that is allowed to do this', {
      'WWW-Authenticate': 'Bearer',
    });
  };
}

function isSame(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let i = 0; i < expected.length; i++) {
    // beyond the end of `given` this is NaN, which ^ takes for 0
    difference |= given.charCodeAt(i) ^ expected.charCodeAt(i);
  }
  return difference === 0;
}
