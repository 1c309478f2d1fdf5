import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyReading } from '../../../src/node/log/replayLog.js';
import {
  type ServeDirectoryOptions,
  serveDirectory,
} from '../../../src/node/serve/serveDirectory.js';
import { fakeScorer, RECORD } from '../../serve/fakeModel.js';
import { writeRun } from './runs.js';

const test = suite('serve a run directory', { root: '' });

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'coppice-serve-'));
});
test.after.each((context) => {
  rmSync(context.root, { recursive: true });
});

const BLOB = 'a blob';
const BLOB_SHA256 = createHash('sha256').update(BLOB).digest('hex');

function options(root: string): ServeDirectoryOptions {
  return { port: 0, logPath: join(root, 'log.jsonl'), load: async () => fakeScorer() };
}

async function getJson(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

function predict(url: string, record: object = RECORD): Promise<Response> {
  return fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(record),
  });
}

test('serves, logs, and goes on counting after a restart', async ({ root }) => {
  const directory = writeRun(root, { blob: BLOB });
  const first = await serveDirectory(directory, options(root));
  assert.match(first.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  for (let i = 0; i < 5; i++) {
    assert.is((await predict(first.url, { ...RECORD, minutes_watched: i * 100 })).status, 200);
  }
  const health = await getJson(`${first.url}/health`);
  assert.is(health.status, 'ok');
  const { sha256, run_id } = health.model as Record<string, unknown>;
  assert.is(sha256, BLOB_SHA256);
  assert.is(run_id, 'abc');
  const drift = await getJson(`${first.url}/monitoring/drift`);
  assert.is(drift.samples_observed, 5);
  assert.is(drift.min_samples, 3);
  await first.close();
  await first.close();
  assert.not.ok(existsSync(join(root, 'log.jsonl.lock')));

  const lines = readFileSync(join(root, 'log.jsonl'), 'utf8').trimEnd().split('\n');
  assert.is(lines.length, 5);
  assert.equal(Object.keys(JSON.parse(lines[0]!)), [
    'timestamp_utc',
    'prediction_id',
    'model_sha256',
    'threshold',
    'predicted_purchase_probability',
    'predicted_purchase',
    'features',
  ]);

  const second = await serveDirectory(directory, options(root));
  assert.equal(second.replayed, { ...emptyReading(), entryCount: 5 });
  assert.equal(await getJson(`${second.url}/monitoring/drift`), drift);
  await second.close();
});

test('finishes a request that has begun, and takes no new one', async ({ root }) => {
  const server = await serveDirectory(writeRun(root, { blob: BLOB }), options(root));
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const body = JSON.stringify(RECORD);
  socket.write(
    `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = server.close();
  await fetch(`${server.url}/health`).then(
    () => assert.unreachable('accepted a connection while closing'),
    () => undefined,
  );
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(body.slice(9));
  await once(socket, 'close');
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.match(answer, /connection: close/i);
  assert.match(answer, '"predicted_purchase_probability"');
  await closed;
  assert.is(readFileSync(join(root, 'log.jsonl'), 'utf8').split('\n').length, 2);
});

test('cuts off a request that never ends', async ({ root }) => {
  const server = await serveDirectory(writeRun(root, { blob: BLOB }), {
    ...options(root),
    drainSeconds: 0.05,
  });
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.close();
});

test('without a log and without a lineage it serves all the same', async ({ root }) => {
  const directory = writeRun(root, { blob: BLOB });
  rmSync(join(directory, 'lineage.json'));
  const server = await serveDirectory(directory, { port: 0, load: async () => fakeScorer() });
  const answer = (await (await predict(server.url)).json()) as object;
  assert.ok('predicted_purchased' in answer);
  assert.not.ok('prediction_log' in (await getJson(`${server.url}/health`)));
  await server.close();
});

test('says which file is missing or wrong, and leaves no lock behind', async ({ root }) => {
  const refusal = (changes: Partial<ServeDirectoryOptions> = {}): Promise<string> =>
    serveDirectory(join(root, 'run'), { ...options(root), ...changes }).then(
      () => assert.unreachable('served'),
      (error) => error.message,
    );
  assert.match(await refusal(), 'model.coppice: expected the folder of a run');
  const directory = writeRun(root, { blob: BLOB });

  const running = await serveDirectory(directory, options(root));
  assert.match(await refusal(), 'by this process already');
  const port = Number(new URL(running.url).port);
  assert.is(
    await refusal({ port, logPath: join(root, 'other.jsonl') }),
    `cannot listen on 127.0.0.1 port ${port}: another process listens there (EADDRINUSE)`,
  );
  assert.not.ok(existsSync(join(root, 'other.jsonl.lock')));
  assert.is(
    await refusal({ logPath: root }),
    `${root}: the prediction log cannot be written there (EISDIR)`,
  );
  // a wrong port is seen before the log is asked for
  assert.match(await refusal({ port: 70_000 }), '"port"');
  await running.close();

  writeFileSync(join(directory, 'model.coppice'), 'another blob');
  assert.match(await refusal(), 'is not the file of this run');
  rmSync(join(directory, 'lineage.json'));
  writeFileSync(join(directory, 'drift_baseline.json'), '{}');
  assert.match(await refusal(), '"format"');
  writeFileSync(join(directory, 'drift_baseline.json'), '{');
  assert.match(await refusal(), 'drift_baseline.json is not JSON');
});

test.run();
