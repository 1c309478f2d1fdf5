import { connect } from 'node:net';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type HttpServer, listen } from '../../../src/node/serve/httpServer.js';
import { createApp, type ServeApp } from '../../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from '../../serve/fakeModel.js';

const test = suite('the route that is served straight from Node');

const LIMITS = { maxRecordBytes: 300, maxConcurrentRequests: 1000 };
const TOKEN = 'a-token-that-is-long-enough';

function makeApp(): ServeApp {
  return createApp({
    scorer: fakeScorer(),
    reference: fakeReference(),
    now: () => new Date(0),
    newId: () => 'id',
    limits: LIMITS,
    tokens: { token: TOKEN },
    modelInfo: { sha256: 'ab' },
  });
}

let server: HttpServer;

test.before(async () => {
  server = await listen(makeApp(), { port: 0 });
});
test.after(() => server.close());

/** Status, headers and body of an answer. */
async function ask(
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<unknown[]> {
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body });
  const told = ['content-type', 'www-authenticate', 'accept-encoding', 'retry-after'];
  return [
    response.status,
    ...told.map((name) => response.headers.get(name)),
    await response.text(),
  ];
}

test('answers what the route of hono answers', async () => {
  const record = fc.record({
    student_country: fc.oneof(fc.constant('US'), fc.string({ unit: 'grapheme' }), fc.jsonValue()),
    minutes_watched: fc.oneof(fc.integer(), fc.jsonValue()),
    practice_exams_started: fc.constant(2),
    practice_exams_passed: fc.integer({ min: 0, max: 3 }),
  });
  const body = fc.oneof(
    record.map((value) => JSON.stringify(value)),
    fc.constantFrom('', '{', 'null', `\uFEFF${JSON.stringify(RECORD)}`, ' '.repeat(301)),
    fc.string(),
  );
  const headers = fc.record({
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
    ),
    authorization: fc.constantFrom(`Bearer ${TOKEN}`, `Bearer ${TOKEN}`, 'Bearer x', ''),
  });
  await fc.assert(
    fc.asyncProperty(headers, body, async (given, text) => {
      // what has a query is handed to hono
      assert.equal(await ask('/predict', given, text), await ask('/predict?a=1', given, text));
    }),
    { numRuns: 150 },
  );
});

/** Sends pieces over a socket of its own, and returns everything that comes back until it is closed. */
function exchange(pieces: readonly string[], pause: number = 5): Promise<string> {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (piece) => (answer += piece));
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.on('close', () => resolve(answer));
    const send = async (): Promise<void> => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(piece);
        await new Promise((next) => setTimeout(next, pause));
      }
      setTimeout(() => socket.end(), 50);
    };
    void send();
  });
}

const HEAD = `POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n`;
const BODY = JSON.stringify(RECORD);

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

test('a body in pieces, and in chunks that do not say how many, is put together', async () => {
  const whole = [`${HEAD}Content-Length: ${BODY.length}\r\n\r\n`, ...BODY.match(/.{1,30}/g)!];
  assert.match(
    await exchange(whole),
    /^HTTP\/1\.1 200 .*"prediction_id":"id","model_sha256":"ab"}$/s,
  );
  const chunks = BODY.match(/.{1,30}/g)!.map(chunk);
  const chunked = [`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, ...chunks, '0\r\n\r\n'];
  assert.match(await exchange(chunked), /^HTTP\/1\.1 200 /);
});

test('chunks beyond the limit are refused while they come, and the connection ends', async () => {
  const chunks = new Array(20).fill(chunk(' '.repeat(50)));
  const answer = await exchange([`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, ...chunks]);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /connection: close/i);
});

test('two requests in one piece are answered in turn', async () => {
  const request = `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;
  const answer = await exchange([request + request]);
  assert.is(answer.match(/HTTP\/1\.1 200 /g)?.length, 2);
});

test('a client that goes away in the middle leaves nothing behind', async () => {
  await exchange([`${HEAD}Content-Length: 1000\r\n\r\n{`]);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const metrics = await fetch(`${server.url}/metrics`, { headers });
  assert.match(await metrics.text(), 'coppice_http_requests_in_flight 0\n');
});

test.run();
