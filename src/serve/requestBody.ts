import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';

/** Refuses bodies of more than `maxBytes` with 413, by their declared length or as soon as they grow beyond it. */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    onError: (context) =>
      context.json({ detail: `the body is larger than ${maxBytes} bytes` }, 413),
  });
}

/**
 * The JSON value of a request's body.
 * @throws {HTTPException} 415 when it is not declared as JSON, 400 when it is not JSON.
 */
export async function readJson(context: Context): Promise<unknown> {
  if (!isJson(context.req.header('content-type'))) {
    throw new HTTPException(415, { message: 'expected the content type application/json' });
  }
  const text = await context.req.text();
  try {
    return JSON.parse(text);
  } catch {
    // the parser's own message quotes the body, which may hold what nobody should read in a log
    throw new HTTPException(400, { message: 'the body is not valid JSON' });
  }
}

/** application/json or a +json type; parameters such as a charset are ignored. */
function isJson(contentType = ''): boolean {
  return /^\s*application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType);
}
