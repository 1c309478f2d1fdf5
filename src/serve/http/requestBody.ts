import type { Exchange } from './exchange.js';
import { Refusal } from './refusal.js';

type Headers = Pick<Exchange, 'header'>;

const JSON_TYPE = /^\s*application\/([\w.-]+\+)?json\s*(;|$)/i;

/**
 * The length of a body as the request declares it, in bytes; undefined when it does not say.
 * @throws {Refusal} 413 when it says more than `maxBytes`, 400 when it says nonsense, 415 when the body is encoded.
 */
export function declaredLength(request: Headers, maxBytes: number): number | undefined {
  const encoding = request.header('content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    const headers = { 'Accept-Encoding': 'identity' };
    throw new Refusal(415, 'expected a body without a content encoding', headers);
  }
  const declared = request.header('content-length');
  if (declared === undefined) return undefined;
  if (!/^\d{1,15}$/.test(declared)) {
    throw new Refusal(400, 'expected a number of bytes as the content length');
  }
  const length = Number(declared);
  if (length > maxBytes) throw tooLarge(maxBytes);
  return length;
}

/** 413. */
export function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `the body is larger than ${maxBytes} bytes`);
}

/** The value of JSON text. @throws {Refusal} 400 without the parser's own message, which quotes the body. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'the body is not valid JSON');
  }
}

/** application/json or a +json type; parameters such as a charset are ignored. */
export function isJson(contentType: string): boolean {
  return contentType === 'application/json' || JSON_TYPE.test(contentType);
}

/** @throws {Refusal} 415 when the body is not declared as JSON. */
export function checkJson(request: Headers): void {
  if (isJson(request.header('content-type') ?? '')) return;
  throw new Refusal(415, 'expected the content type application/json');
}
