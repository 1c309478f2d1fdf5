import { connect, type Socket } from 'node:net';

/** An answer as it came over the wire. */
export interface WireAnswer {
  status: number;
  /** whether the server said that the connection ends */
  closes: boolean;
  body: string;
}

/** One request after another over one connection, by hand: nothing is repeated behind the back. */
export class KeepAliveClient {
  readonly #socket: Socket;
  #text = '';
  #settle: { resolve: (answer: WireAnswer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece) => this.#take(String(piece)));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('closed without an answer')));
  }

  /** @throws when the server takes no connection. */
  static open(url: string): Promise<KeepAliveClient> {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new KeepAliveClient(socket));
      });
    });
  }

  post(path: string, body: string): Promise<WireAnswer> {
    const answer = new Promise<WireAnswer>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    this.#socket.write(head + body);
    return answer;
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(piece: string): void {
    this.#text += piece;
    const headEnd = this.#text.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#text.slice(0, headEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    const body = this.#text.slice(headEnd + 4);
    if (body.length < length) return;
    this.#text = '';
    const { resolve } = this.#settle!;
    this.#settle = undefined;
    resolve({ status: Number(head.slice(9, 12)), closes: /connection: close/i.test(head), body });
  }
}
