import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Body, type Exchange, Refusal, type Route, tooLarge } from '../../serve/index.js';

const NO_PARAMS = Object.freeze({});

/** A request as Node has it. */
class NodeExchange implements Exchange {
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly params: Readonly<Record<string, string>> = NO_PARAMS;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  get url(): string {
    return this.#incoming.url!;
  }

  get env(): unknown {
    return { incoming: this.#incoming, outgoing: this.#outgoing };
  }

  header(name: string): string | undefined {
    const value = this.#incoming.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  text({ maxBytes }: Body): Promise<string> {
    return this.#read(maxBytes, utf8);
  }

  bytes({ maxBytes }: Body): Promise<Uint8Array> {
    return this.#read(maxBytes, (bytes) => bytes);
  }

  #read<T>(maxBytes: number, convert: (bytes: Buffer) => T): Promise<T> {
    const incoming = this.#incoming;
    return new Promise((resolve, reject) => {
      let pieces: Buffer[] = [];
      let length = 0;
      incoming.on('data', (piece: Buffer) => {
        length += piece.length;
        if (length <= maxBytes) pieces.push(piece);
        else {
          // what is still coming is thrown away
          pieces = [];
          reject(tooLarge(maxBytes));
        }
      });
      incoming.on('end', () => {
        // most bodies are a single piece
        resolve(convert(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)));
      });
      incoming.on('error', () => reject(new Refusal(400, 'the body ended early')));
    });
  }
}

/** Answers a request of Node's by a route. */
export async function answerDirectly(
  route: Route,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { status, headers, body } = await route(new NodeExchange(incoming, outgoing));
  if (!incoming.complete) {
    // the rest of a body that nobody wants; no other request may follow it
    incoming.resume();
    outgoing.setHeader('Connection', 'close');
  }
  const length = Buffer.byteLength(body);
  outgoing.writeHead(status, { ...headers, 'Content-Length': length });
  if (typeof body === 'string' && length === body.length && length > 0) {
    // ASCII, as most answers are: head and body leave as one text, where `end(body)` would gather them with an empty piece
    outgoing.write(body, 'latin1');
    outgoing.socket?.uncork();
    outgoing.end();
  } else outgoing.end(body);
}

function utf8(bytes: Buffer): string {
  // as a decoder would: what stands in front to tell the order of bytes is no text
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return bytes.toString('utf8', start);
}
