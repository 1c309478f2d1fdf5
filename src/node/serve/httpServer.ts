import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket, Server as TcpServer } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { checkInteger, checkNumber, withDefaults } from '../../core/check.js';
import { ConfigError } from '../../core/errors.js';
import type { ServeApp } from '../../serve/index.js';
import { answerDirectly } from './nodeExchange.js';

export interface HttpOptions {
  /** 0 takes a free one */
  port: number;
  hostname: string;
  /** seconds in which a request must have arrived, head and body; slower ones get 408 */
  requestSeconds: number;
  /** connections at one time; more are closed at once */
  maxConnections: number;
  /**
   * seconds on close in which connections are still taken, for a load balancer to notice that it should send no more;
   * without them a request may cross with the end of its connection, and its client has to repeat it
   */
  drainDelaySeconds: number;
  /** seconds that requests have to finish on close, after which they are cut off */
  drainSeconds: number;
}

export const DEFAULT_HTTP_OPTIONS: Readonly<HttpOptions> = Object.freeze({
  port: 8080,
  hostname: '127.0.0.1',
  requestSeconds: 30,
  maxConnections: 10_000,
  drainDelaySeconds: 0,
  drainSeconds: 10,
});

/** A server that is listening. */
export interface HttpServer {
  url: string;
  /**
   * Tells clients with every answer that the connection ends, after `drainDelaySeconds` stops accepting, lets requests
   * finish, and closes what is left when `drainSeconds` are over.
   */
  close(): Promise<void>;
}

const DRAIN_STEP_MILLISECONDS = 20;
const GRACE_MILLISECONDS = 200;

/**
 * Serves an app over HTTP/1.1: its hot route straight from Node's own requests, the others through hono's adapter.
 * @throws {ConfigError} on an option out of range, or when it cannot listen there.
 */
export async function listen(
  app: Pick<ServeApp, 'fetch' | 'predict'>,
  given?: Partial<HttpOptions>,
): Promise<HttpServer> {
  const options = checkHttpOptions(given);
  const { hostname, requestSeconds } = options;
  const requestTimeout = requestSeconds * 1000;
  const viaHono = getRequestListener(app.fetch, { hostname });
  const timeouts = {
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.min(1000, requestTimeout),
  };
  const server = createServer(timeouts, (incoming, outgoing) => {
    const isHot = incoming.url === '/predict' && incoming.method === 'POST';
    void (isHot ? answerDirectly(app.predict, incoming, outgoing) : viaHono(incoming, outgoing));
  });
  server.maxConnections = options.maxConnections;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(options.port, hostname);
  await once(server, 'listening').catch((error) => Promise.reject(cannotListen(options, error)));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`,
    close() {
      closing ??= drain(server, sockets, options);
      return closing;
    },
  };
}

/** Lays options over the defaults. @throws {ConfigError} on an unknown key or a value out of range. */
export function checkHttpOptions(given: Partial<HttpOptions> | undefined): HttpOptions {
  const options = withDefaults('server option', DEFAULT_HTTP_OPTIONS, given);
  checkInteger('port', options.port, 0, 65_535);
  checkNumber('requestSeconds', options.requestSeconds, 0.01, 86_400);
  checkInteger('maxConnections', options.maxConnections, 1);
  checkNumber('drainDelaySeconds', options.drainDelaySeconds, 0, 3600);
  checkNumber('drainSeconds', options.drainSeconds, 0, 86_400);
  return options;
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
  EACCES: 'this user may not',
};

function cannotListen({ hostname, port }: HttpOptions, error: NodeJS.ErrnoException): Error {
  const { code = error.name } = error;
  const reason = LISTEN_PROBLEMS[code] ?? 'the system refused';
  return new ConfigError(`cannot listen on ${hostname} port ${port}: ${reason} (${code})`, {
    cause: error,
  });
}

async function drain(
  server: Server,
  sockets: ReadonlySet<Socket>,
  { drainDelaySeconds, drainSeconds }: HttpOptions,
): Promise<void> {
  announceEnd(server, sockets);
  if (drainDelaySeconds > 0) {
    await new Promise((resolve) => setTimeout(resolve, drainDelaySeconds * 1000));
  }
  // http's own close would cut off connections that fell idle just now, and the next request is on its way on some of them
  const closed = new Promise<void>((resolve) => {
    TcpServer.prototype.close.call(server, () => resolve());
  });
  const cutOff = setTimeout(() => server.closeAllConnections(), drainSeconds * 1000);
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, GRACE_MILLISECONDS))]);
  const idle = setInterval(() => server.closeIdleConnections(), DRAIN_STEP_MILLISECONDS);
  await closed;
  clearInterval(idle);
  clearTimeout(cutOff);
  // what is left of http's own: it no longer looks for slow requests
  server.close();
}

/** From now on every answer says that its connection ends, those under way among them. */
function announceEnd(server: Server, sockets: ReadonlySet<Socket>): void {
  const announce = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  server.prependListener('request', (_: IncomingMessage, response) => announce(response));
  for (const socket of sockets) {
    // the answer that a connection is busy with; the name is internal to Node, and has been this one since it began
    const { _httpMessage: response } = socket as Socket & { _httpMessage?: ServerResponse };
    if (response) announce(response);
  }
}
