import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom, type Random } from '../../../src/core/random.js';
import { type RunningServer, serveDirectory } from '../../../src/node/serve/serveDirectory.js';
import type { Failure } from '../../../src/serve/index.js';
import { RECORD, writeModel } from './serverProcess.js';

const test = suite('requests that mean no good', { root: '' });

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'coppice-hostile-'));
});
test.after.each((context) => {
  rmSync(context.root, { recursive: true });
});

const REQUESTS = 10_000;
const CONNECTIONS = 50;
const BODY = JSON.stringify(RECORD);
// what a server of this size needs anyway, and what ten thousand bad requests may add to it
const MEMORY = 150 * 1024 * 1024;

const PATHS = [
  '/predict',
  '/predict',
  '/batch_predict',
  '/monitoring/labels',
  '/v2/models/model/infer',
  '/predict?explain=%ff',
  '/../../etc/passwd',
  `/${'a'.repeat(3000)}`,
  '//predict',
  '/predict\u0000',
  '*',
  'http://[',
];

const BODIES = [
  BODY,
  `[${BODY},${BODY}]`,
  '{"__proto__":{"a":1},"constructor":null}',
  `{"length":1e999,"width":-1e-999,"plan":"${'x'.repeat(2000)}"}`,
  '[['.repeat(2000),
  `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`,
  'length,width,plan\n1,2,"3',
  '{"prediction_id":"a\\nb","length":1,"width":2,"plan":"1"}',
  '{"prediction_id":"\u2028","length":1,"width":2,"plan":"1"}',
  '{"inputs":[{"name":"length","shape":[4294967296],"datatype":"FP32","data":[]}]}',
  '{"inputs":[{"name":"length","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":1e300}}]}',
  '\uFEFF\u0000\uD800',
];

const TYPES = [
  'application/json',
  'text/csv',
  'application/x-ndjson',
  'application/octet-stream',
  '',
  ';;',
];

const HEADERS = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Content-Encoding: br',
  'Expect: 100-continue',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Authorization: Bearer \u00ff',
  'Inference-Header-Content-Length: -5',
  'Inference-Header-Content-Length: 99999999999999999999',
  `X-Long: ${'y'.repeat(20_000)}`,
  'No colon here',
  'Host: a, b',
  'Cookie: \u0001',
];

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.integer(choices.length)]!;
}

/** A request with something wrong about it, as the bytes of the wire. */
function badRequest(random: Random): Buffer {
  const body = pick(random, BODIES);
  const method =
    random.uniform() < 0.9 ? 'POST' : pick(random, ['GET', 'HEAD', 'TRACE', 'PUT', 'X', '']);
  const lengths = [Buffer.byteLength(body), body.length + 7, 0, -1, '1e3', 1e12, '4, 5'];
  const length = random.uniform() < 0.6 ? lengths[0] : pick(random, lengths);
  const lines = [
    `${method} ${pick(random, PATHS)} HTTP/1.1`,
    'Host: x',
    `Content-Type: ${pick(random, TYPES)}`,
    ...(random.uniform() < 0.3 ? [pick(random, HEADERS)] : []),
    ...(random.uniform() < 0.9 ? [`Content-Length: ${length}`] : []),
  ];
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
  // half of them are damaged somewhere besides
  const damage = random.uniform() < 0.5 ? 1 + random.integer(4) : 0;
  for (let i = 0; i < damage; i++) bytes[random.integer(bytes.length)] = random.integer(256);
  return random.uniform() < 0.1 ? bytes.subarray(0, random.integer(bytes.length)) : bytes;
}

/** Sends bytes over a connection of its own, says that there are no more, and waits for what comes. */
function send(url: string, bytes: Buffer): Promise<string> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('error', () => undefined);
    socket.on('data', (piece) => (answer += piece));
    socket.on('close', () => resolve(answer));
    socket.end(bytes);
  });
}

async function predict(server: RunningServer): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server.url}/predict`, { method: 'POST', headers, body: BODY });
  await response.arrayBuffer();
  return response.status;
}

function metric(text: string, name: string): number {
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}

test('ten thousand malformed requests: each is refused, nothing fails inside, the memory stays', async ({
  root,
}) => {
  const failures: Failure[] = [];
  const logPath = join(root, 'log.jsonl');
  const server = await serveDirectory(await writeModel(root), {
    port: 0,
    logPath,
    onFailure: (failure) => failures.push(failure),
    limits: { maxBodyBytes: 100_000 },
    requestSeconds: 5,
  });
  const random = createRandom(5);
  const statuses = new Map<string, number>();
  let sent = 0;
  const attack = async (): Promise<void> => {
    while (sent < REQUESTS) {
      sent++;
      const answer = await send(server.url, badRequest(random));
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 'none';
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  // warmed up by a part, so that compiling is not taken for a leak
  await Promise.all(
    Array.from({ length: CONNECTIONS }, () => send(server.url, badRequest(random))),
  );
  const before = process.memoryUsage().rss;
  await Promise.all(Array.from({ length: CONNECTIONS }, attack));
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < MEMORY, `${grown} bytes more`);

  assert.equal(failures, []);
  assert.is(statuses.get('500'), undefined, JSON.stringify([...statuses]));
  for (const status of ['200', '400', '413', '415', '422']) {
    assert.ok(statuses.has(status), `${status}: ${JSON.stringify([...statuses])}`);
  }
  assert.is(await predict(server), 200);
  // requests that ended early are over, those that hang are cut off after a second
  const settled = async (): Promise<boolean> => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return metric(text, 'coppice_http_requests_in_flight') === 0;
  };
  while (!(await settled())) await new Promise((resolve) => setTimeout(resolve, 50));
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const predictions = metric(text, 'coppice_predictions_total');
  assert.is(metric(text, 'coppice_http_pending_body_bytes'), 0);
  await server.close();
  // what was predicted is in the log, a line each, and no id brought a line along
  const lines = readFileSync(logPath, 'utf8').split('\n');
  assert.is(lines.pop(), '');
  assert.is(lines.length, predictions);
  for (const line of lines) assert.match(JSON.parse(line).prediction_id, /^[\w.:~-]{1,128}$/);
});

test('bodies that dribble do not keep others waiting, and are cut off', async ({ root }) => {
  const server = await serveDirectory(await writeModel(root), {
    port: 0,
    requestSeconds: 0.4,
    limits: { maxConcurrentRequests: 250 },
  });
  const { port, hostname } = new URL(server.url);
  const head = 'POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const loris = (start: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(port), hostname);
      let answer = '';
      const drip = setInterval(() => socket.write('a'), 50);
      socket.on('error', () => undefined);
      socket.on('data', (piece) => (answer += piece));
      socket.on('close', () => {
        clearInterval(drip);
        resolve(answer);
      });
      socket.write(start);
    });
  const slow = Array.from({ length: 200 }, (_, i) =>
    // some are slow with the head, some with the body
    loris(i % 2 === 0 ? `${head}X-Slow: ` : `${head}Content-Length: 100000\r\n\r\n`),
  );
  for (let i = 0; i < 20; i++) assert.is(await predict(server), 200);
  for (const answer of await Promise.all(slow)) {
    assert.match(answer, /^(HTTP\/1\.1 408 .*)?$/s, answer);
  }
  const text = await (await fetch(`${server.url}/metrics`)).text();
  assert.is(metric(text, 'coppice_http_requests_in_flight'), 0);
  assert.is(await predict(server), 200);
  await server.close();
});

test('more connections than there may be are closed, those there are go on', async ({ root }) => {
  const options = { port: 0, maxConnections: 20 };
  const server = await serveDirectory(await writeModel(root), options);
  const { port, hostname } = new URL(server.url);
  let open = 0;
  const sockets = Array.from({ length: 100 }, () => {
    const socket = connect(Number(port), hostname, () => open++);
    socket.on('error', () => undefined);
    socket.on('close', () => open--);
    return socket;
  });
  while (open !== 20) await new Promise((resolve) => setTimeout(resolve, 10));
  const [first] = sockets.filter((socket) => !socket.destroyed && socket.readyState === 'open');
  const answer = new Promise<string>((resolve) =>
    first!.once('data', (piece) => resolve(String(piece))),
  );
  first!.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.match(await answer, /^HTTP\/1\.1 200 /);
  for (const socket of sockets) socket.destroy();
  await server.close();
});

test.run();
