import type { Answer } from './exchange.js';
import type { Refusal } from './refusal.js';

type HeaderRecord = Answer['headers'];

const JSON_HEADERS: HeaderRecord = Object.freeze({ 'Content-Type': 'application/json' });

/** 200 with JSON text. */
export function jsonText(body: string): Answer {
  return { status: 200, headers: JSON_HEADERS, body };
}

/** An answer in JSON. */
export function jsonAnswer(value: unknown, status: number = 200, headers?: HeaderRecord): Answer {
  const all = headers ? { ...JSON_HEADERS, ...headers } : JSON_HEADERS;
  return { status, headers: all, body: JSON.stringify(value) };
}

/** 200 with text of another type. */
export function textAnswer(body: string, type: string, headers?: HeaderRecord): Answer {
  return { status: 200, headers: { 'Content-Type': type, ...headers }, body };
}

/** `{ detail }`, as clients of FastAPI know it. */
export function refusalAnswer({ status, detail, headers }: Refusal): Answer {
  return jsonAnswer({ detail }, status, headers);
}
