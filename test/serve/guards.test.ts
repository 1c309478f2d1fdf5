import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AppOptions, createApp, type ServeApp } from '../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from './fakeModel.js';
import { keepLog, post, send } from './requests.js';

const reference = fakeReference();
const BODY = JSON.stringify(RECORD);
const TOKEN = 'a-token-that-is-long-enough';
const OTHER = 'another-token-for-monitoring';

function makeApp(options: Partial<AppOptions> = {}): ServeApp {
  return createApp({ scorer: fakeScorer(), reference, now: () => new Date(0), ...options });
}

function withToken(token: string): RequestInit {
  return { headers: { authorization: `Bearer ${token}` } };
}

/** A request whose body comes when it is told to. */
function slowRequest(): { request: Request; finish: () => void; fail: () => void } {
  let finish: () => void = () => undefined;
  let fail: () => void = () => undefined;
  const body = new ReadableStream({
    start(controller) {
      finish = () => {
        controller.enqueue(new TextEncoder().encode(BODY));
        controller.close();
      };
      fail = () => controller.error(new Error('the client went away'));
    },
  });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const request = new Request('http://test/predict', { ...init, duplex: 'half' } as RequestInit);
  return { request, finish, fail };
}

test('a token is asked for everywhere but where a probe or a reader comes', async () => {
  const app = makeApp({ tokens: { token: TOKEN } });
  for (const path of ['/livez', '/readyz', '/docs', '/v2/health/live', '/v2/health/ready']) {
    assert.is((await send(app, path)).status, 200, path);
  }
  for (const path of [
    '/health',
    '/model',
    '/metrics',
    '/openapi.json',
    '/monitoring/drift',
    '/v2',
  ]) {
    const refused = await send(app, path);
    assert.is(refused.status, 401, path);
    assert.is(refused.headers.get('www-authenticate'), 'Bearer');
    assert.is((await send(app, path, withToken(TOKEN))).status, 200, path);
  }
  assert.is((await post(app, '/predict', BODY)).status, 401);
  const allowed = { authorization: `bearer  ${TOKEN} ` };
  assert.is((await post(app, '/predict', BODY, 'application/json', allowed)).status, 200);
});

test('only the whole token will do', async () => {
  const app = makeApp({ tokens: { token: TOKEN } });
  for (const token of ['', TOKEN.slice(1), TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase()]) {
    assert.is((await send(app, '/health', withToken(token))).status, 401, token);
  }
  const basic = { headers: { authorization: `Basic ${TOKEN}` } };
  assert.is((await send(app, '/health', basic)).status, 401);
});

test('what watches may have a token of its own', async () => {
  const app = makeApp({ tokens: { token: TOKEN, monitoringToken: OTHER } });
  for (const path of ['/metrics', '/monitoring/drift', '/monitoring/retraining_trigger']) {
    assert.is((await send(app, path, withToken(TOKEN))).status, 401, path);
    assert.is((await send(app, path, withToken(OTHER))).status, 200, path);
  }
  assert.is((await send(app, '/model', withToken(OTHER))).status, 401);
  const open = makeApp({ tokens: { monitoringToken: OTHER } });
  assert.is((await post(open, '/predict', BODY)).status, 200);
  assert.is((await send(open, '/metrics')).status, 401);
});

test('a token that anyone could guess is refused at the start', () => {
  for (const token of ['', 'short', 'with a blank in the middle', 'ünsichtbar-und-lang']) {
    assert.throws(() => makeApp({ tokens: { token } }), /"token" expected at least 16/);
  }
});

test('a body that is too large is refused by its length, and while it comes', async () => {
  const app = makeApp({ limits: { maxBodyBytes: 2000, maxRecordBytes: 300 } });
  const large = ' '.repeat(301) + BODY;
  assert.is((await post(app, '/predict', large)).status, 413);
  assert.is((await post(app, '/batch_predict', `[${large}]`)).status, 200);
  assert.is((await post(app, '/batch_predict', ' '.repeat(2001))).status, 413);
  assert.is((await post(app, '/monitoring/labels', ' '.repeat(2001))).status, 413);
  const infer = await post(app, '/v2/models/model/infer', ' '.repeat(2001));
  assert.is(infer.status, 413);
  assert.match(JSON.parse(infer.text).error, 'larger than 2000 bytes');
  const lying = { 'content-length': '5' };
  assert.is((await post(app, '/predict', large, 'application/json', lying)).status, 413);
  for (const length of ['-1', 'many', '1e2', '0x10', '']) {
    const headers = { 'content-length': length };
    assert.is((await post(app, '/predict', BODY, 'application/json', headers)).status, 400, length);
  }
});

test('a body in an encoding is refused, and told what is taken', async () => {
  const answer = await post(makeApp(), '/predict', BODY, 'application/json', {
    'content-encoding': 'gzip',
  });
  assert.is(answer.status, 415);
  assert.is(answer.headers.get('accept-encoding'), 'identity');
});

test('a client that goes away in the middle is no failure of ours', async () => {
  const failures: unknown[] = [];
  const app = makeApp({ onFailure: (failure) => failures.push(failure) });
  const { request, fail } = slowRequest();
  const answer = app.fetch(request);
  fail();
  assert.is((await answer).status, 400);
  assert.equal(failures, []);
  assert.match((await send(app, '/metrics')).text, 'coppice_http_requests_in_flight 0');
});

test('requests beyond those at hand are told to come back', async () => {
  const app = makeApp({ limits: { maxConcurrentRequests: 2 } });
  const slow = [slowRequest(), slowRequest()];
  const answers = slow.map(({ request }) => app.fetch(request));
  const refused = await post(app, '/predict', BODY);
  assert.is(refused.status, 503);
  assert.is(refused.headers.get('retry-after'), '1');
  // those that read no body are answered all the same
  assert.is((await send(app, '/livez')).status, 200);
  assert.match((await send(app, '/metrics')).text, 'coppice_http_requests_in_flight 2');
  for (const { finish } of slow) finish();
  for (const answer of answers) assert.is((await answer).status, 200);
  assert.is((await post(app, '/predict', BODY)).status, 200);
});

test('bodies beyond the memory for all of them are told to come back', async () => {
  const app = makeApp({ limits: { maxPendingBytes: 1000, maxRecordBytes: 900 } });
  // it does not say how long it is, and so may be as long as one may be
  const { request, finish } = slowRequest();
  const answer = app.fetch(request);
  assert.is((await post(app, '/predict', BODY)).status, 503);
  finish();
  assert.is((await answer).status, 200);
  // a single one is let in whatever its size
  assert.is((await post(app, '/batch_predict', `${' '.repeat(1500)}[${BODY}]`)).status, 200);
});

test('a client that asks too much is told when to come back', async () => {
  let now = 0;
  const app = makeApp({
    clock: () => now,
    rate: {
      requestsPerSecond: 0.5,
      burst: 2,
      clientOf: (exchange) => exchange.header('x-client') ?? '',
    },
  });
  const ask = (client: string) =>
    post(app, '/predict', BODY, 'application/json', { 'x-client': client });
  assert.equal([(await ask('a')).status, (await ask('a')).status], [200, 200]);
  const refused = await ask('a');
  assert.is(refused.status, 429);
  assert.is(refused.headers.get('retry-after'), '2');
  assert.is((await ask('b')).status, 200);
  assert.is((await send(app, '/livez')).status, 200);
  now += 1500;
  assert.is((await ask('a')).headers.get('retry-after'), '1');
  now += 500;
  assert.is((await ask('a')).status, 200);
  assert.throws(() => makeApp({ rate: { requestsPerSecond: 0 } }), /"requestsPerSecond"/);
});

test('clients beyond counting do not fill the memory', async () => {
  let client = 0;
  const app = makeApp({
    clock: () => 0,
    rate: { requestsPerSecond: 1, burst: 1, clientOf: () => String(client) },
  });
  for (client = 0; client <= 10_000; client++) await send(app, '/health');
  // the first one was forgotten, the last one was not
  client = 0;
  assert.is((await send(app, '/health')).status, 200);
  client = 10_000;
  assert.is((await send(app, '/health')).status, 429);
});

test('a log that takes no more refuses predictions and says so to the load balancer', async () => {
  const log = keepLog({ accepting: false });
  const app = makeApp({ log });
  const refused = await post(app, '/predict', BODY);
  assert.is(refused.status, 503);
  assert.is(refused.headers.get('retry-after'), '1');
  const ready = await send(app, '/readyz');
  assert.equal(
    [ready.status, JSON.parse(ready.text).reason],
    [503, 'the prediction log takes no more'],
  );
  assert.is((await send(app, '/v2/health/ready')).status, 503);
  assert.is((await send(app, '/livez')).status, 200);
  assert.is(JSON.parse((await send(app, '/health')).text).samples_observed, 0);
});

test('a prediction that could not be logged is neither answered nor counted', async () => {
  let works = false;
  const app = makeApp({
    log: keepLog({
      append: () => (works ? Promise.resolve() : Promise.reject(new Error('ENOSPC'))),
    }),
  });
  const refused = await post(app, '/predict', BODY);
  assert.is(refused.status, 503);
  assert.is(JSON.parse(refused.text).detail, 'the prediction could not be logged');
  assert.is((await post(app, '/batch_predict', `[${BODY}]`)).status, 503);
  works = true;
  assert.is((await post(app, '/predict', BODY)).status, 200);
  assert.is(JSON.parse((await send(app, '/health')).text).samples_observed, 1);
});

test('readiness is also what the server around says', async () => {
  let reason: string | undefined = 'the server is shutting down';
  const app = makeApp({ notReady: () => reason });
  assert.is((await send(app, '/readyz')).status, 503);
  assert.is((await send(app, '/v2/models/model/ready')).status, 503);
  reason = undefined;
  assert.is((await send(app, '/readyz')).status, 200);
});

test.run();
