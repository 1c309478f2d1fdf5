import type { PredictionSink, ServeApp } from '../../src/serve/index.js';

/** An answer that has been read. */
export interface Answered {
  status: number;
  headers: Headers;
  text: string;
}

/** Sends a request to an app, as a server would. */
export async function send(app: ServeApp, path: string, init?: RequestInit): Promise<Answered> {
  const response = await app.fetch(new Request(`http://test${path}`, init));
  const { status, headers } = response;
  return { status, headers, text: await response.text() };
}

/** Posts text of a content type. */
export function post(
  app: ServeApp,
  path: string,
  body: string | Uint8Array,
  type: string = 'application/json',
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  return send(app, path, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: body as BodyInit,
  });
}

/** A log that keeps its lines, parsed. */
export interface KeptLog extends PredictionSink {
  entries: Record<string, unknown>[];
  lines: string[];
}

export function keepLog(overrides: Partial<PredictionSink> = {}): KeptLog {
  const lines: string[] = [];
  return {
    accepting: true,
    append(text) {
      lines.push(...text.split('\n').slice(0, -1));
      return undefined;
    },
    status: () => ({ written: lines.length, dropped: 0, refused: 0, errors: 0, pendingBytes: 0 }),
    ...overrides,
    lines,
    get entries() {
      return lines.map((line) => JSON.parse(line));
    },
  };
}
