import type { Context } from 'hono';
import type { Answer, Body, Exchange } from './exchange.js';
import { Refusal } from './refusal.js';
import { tooLarge } from './requestBody.js';

/** A request that came as a `Request`. */
export class WebExchange implements Exchange {
  readonly #context: Context;
  readonly #request: Request;

  constructor(context: Context) {
    this.#context = context;
    this.#request = context.req.raw;
  }

  get url(): string {
    return this.#request.url;
  }

  get params(): Record<string, string> {
    return this.#context.req.param();
  }

  get env(): unknown {
    return this.#context.env;
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  async text({ declared, maxBytes }: Body): Promise<string> {
    if (declared === undefined) return new TextDecoder().decode(await this.#stream(maxBytes));
    const text = await whole(this.#request.text());
    // a character takes a byte at least, so this catches a length that lied
    if (text.length > maxBytes) throw tooLarge(maxBytes);
    return text;
  }

  async bytes({ declared, maxBytes }: Body): Promise<Uint8Array> {
    if (declared === undefined) return this.#stream(maxBytes);
    const bytes = new Uint8Array(await whole(this.#request.arrayBuffer()));
    if (bytes.length > maxBytes) throw tooLarge(maxBytes);
    return bytes;
  }

  /** A body that does not say how long it is, counted while it arrives. */
  async #stream(maxBytes: number): Promise<Uint8Array> {
    const reader = this.#request.body?.getReader();
    if (!reader) return new Uint8Array(0);
    const pieces: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await whole(reader.read());
      if (done) break;
      length += value.length;
      if (length > maxBytes) {
        void reader.cancel().catch(() => undefined);
        throw tooLarge(maxBytes);
      }
      pieces.push(value);
    }
    if (pieces.length === 1) return pieces[0]!;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}

/** An answer as a `Response`. */
export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body as BodyInit, { status, headers });
}

/** @throws {Refusal} 400 when the client went away in the middle. */
async function whole<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch {
    throw new Refusal(400, 'the body ended early');
  }
}
