import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Requests to one route, whole as they go over the wire. */
export interface Load {
  url: string;
  requests: readonly Buffer[];
  connections: number;
}

/** The bytes of a `POST` of JSON. */
export function postOf(path: string, body: string): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

/**
 * Opens connections and answers each of them once, so that what is timed later is requests alone.
 * @returns what sends on all of them for so long, one request at a time on each, and counts the answers.
 */
export async function openLoad({ url, requests, connections }: Load): Promise<OpenLoad> {
  const { port, hostname } = new URL(url);
  const clients = await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      const socket = connect({ port: Number(port), host: hostname, noDelay: true });
      await once(socket, 'connect');
      return new Client(socket, requests, index);
    }),
  );
  const run = async (until: number): Promise<number> => {
    const awake = stayAwake();
    const counts = await Promise.all(clients.map((client) => client.run(until))).finally(awake);
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await run(0);
  return {
    run: (milliseconds) => run(performance.now() + milliseconds),
    close: () => {
      for (const client of clients) client.close();
    },
  };
}

/**
 * Keeps this process looking for answers. Did it sleep, the server would have to wake it with every answer, which on a virtual
 * machine costs it more than some of the differences that are measured.
 * @returns ends it.
 */
function stayAwake(): () => void {
  let isDone = false;
  const look = (): void => {
    if (!isDone) setImmediate(look);
  };
  look();
  return () => {
    isDone = true;
  };
}

export interface OpenLoad {
  run(milliseconds: number): Promise<number>;
  close(): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One connection. An answer that is not 200 is an error, for then something else is timed than is meant. */
class Client {
  readonly #socket: Socket;
  readonly #requests: readonly Buffer[];
  #next: number;
  /** of the answer at hand; 0 when its head is still to come */
  #missing = 0;
  #until = 0;
  #count = 0;
  #settle: { resolve: (count: number) => void; reject: (error: Error) => void } | undefined;

  constructor(socket: Socket, requests: readonly Buffer[], offset: number) {
    this.#socket = socket;
    this.#requests = requests;
    this.#next = offset % requests.length;
    socket.on('data', (piece) => this.#take(piece as Buffer));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('the server closed a connection')));
  }

  /** Sends one request after another until then, one at least. @returns how many were answered. */
  run(until: number): Promise<number> {
    this.#until = until;
    this.#count = 0;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#send();
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #send(): void {
    this.#socket.write(this.#requests[this.#next]!);
    this.#next = (this.#next + 1) % this.#requests.length;
  }

  #take(piece: Buffer): void {
    if (this.#missing === 0) {
      // servers of ours write a head in one piece
      const headEnd = piece.indexOf(HEAD_END);
      const head = piece.toString('latin1', 0, headEnd);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (!head.startsWith('HTTP/1.1 200') || !(length > 0)) {
        this.#settle?.reject(new Error(`unexpected answer: ${piece.toString('latin1', 0, 300)}`));
        return;
      }
      this.#missing = headEnd + HEAD_END.length + length;
    }
    this.#missing -= piece.length;
    if (this.#missing > 0) return;
    this.#count++;
    if (performance.now() < this.#until) this.#send();
    else this.#settle?.resolve(this.#count);
  }
}
