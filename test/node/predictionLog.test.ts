import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../src/core/json.js';
import { createMonitor } from '../../src/monitor/index.js';
import { createLogWriter, openPredictionLog } from '../../src/node/predictionLog.js';
import { readPredictionLog, replayLog } from '../../src/node/readPredictionLog.js';
import { createApp } from '../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from '../serve/fakeModel.js';

const test = suite('prediction log', { directory: '' });

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'coppice-log-'));
});
test.after.each((context) => {
  rmSync(context.directory, { recursive: true });
});

const reference = fakeReference();

function entry(probability: number, features: object = RECORD): Record<string, unknown> {
  return {
    timestamp_utc: '2024-01-01T00:00:00.000Z',
    threshold: 0.5,
    predicted_purchase_probability: probability,
    predicted_purchase: probability >= 0.5 ? 1 : 0,
    features,
  };
}

test('entries become lines, in order, after what is there', async ({ directory }) => {
  const path = join(directory, 'deep', 'log.jsonl');
  for (const round of [0, 1]) {
    const log = await openPredictionLog(path);
    for (let i = 0; i < 100; i++) log.write([entry(round), entry(i / 100)]);
    await log.flush();
    assert.equal(log.status(), { written: 200, dropped: 0, errors: 0, pendingBytes: 0 });
    await log.close();
  }
  const lines = readFileSync(path, 'utf8').split('\n');
  assert.is(lines.pop(), '');
  assert.is(lines.length, 400);
  assert.equal(JSON.parse(lines[201]!), entry(0));
  assert.not.ok(existsSync(`${path}.lock`));
});

test('a torn last line is cut off, a whole one without newline is kept', async ({ directory }) => {
  const path = join(directory, 'log.jsonl');
  const line = JSON.stringify(entry(0.25));
  // the long tails cross the blocks that are searched for the last newline
  for (const [content, kept] of [
    ['', 0],
    [`${line}\n`, 1],
    [`${line}\n${line.slice(0, 40)}`, 1],
    [`${line}\n${line}`, 2],
    [line.slice(0, -1), 0],
    [`${line}\n${'x'.repeat(200_000)}`, 1],
    [`${line}\n${' '.repeat(70_000)}${line}`, 2],
  ] as const) {
    writeFileSync(path, content);
    const log = await openPredictionLog(path);
    log.write([entry(0.75)]);
    await log.close();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    assert.is(lines.length, kept + 1);
    assert.equal(JSON.parse(lines[kept]!), entry(0.75));
  }
});

test('a file has one writer', async ({ directory }) => {
  const path = join(directory, 'log.jsonl');
  const log = await openPredictionLog(path);
  await openPredictionLog(path).then(
    () => assert.unreachable('opened twice'),
    (error) => assert.match(error.message, 'by this process already'),
  );
  await log.close();

  writeFileSync(`${path}.lock`, `${process.ppid}\n`);
  await openPredictionLog(path).then(
    () => assert.unreachable('opened beside a running process'),
    (error) => assert.match(error.message, `by process ${process.ppid}`),
  );
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  for (const stale of [gone, process.pid, 'garbage']) {
    writeFileSync(`${path}.lock`, `${stale}\n`);
    await (await openPredictionLog(path)).close();
  }
});

test('a disk that fails for a while loses nothing, and errors are counted', async () => {
  const written: string[] = [];
  let broken = true;
  const file = {
    async append(bytes: Uint8Array) {
      if (broken) throw new Error('ENOSPC');
      written.push(new TextDecoder().decode(bytes));
    },
    close: async () => undefined,
  };
  const log = createLogWriter(file, 1000);
  log.write([{ a: 1 }]);
  await log.flush();
  const { errors, dropped } = log.status();
  assert.ok(errors > 0);
  assert.is(dropped, 0);
  broken = false;
  log.write([{ a: 2 }]);
  await log.close();
  assert.is(written.join(''), '{"a":1}\n{"a":2}\n');
  assert.is(log.status().written, 2);
});

test('a slow disk makes no request wait and the memory stays bounded', async () => {
  let release: () => void = () => undefined;
  const batches: number[] = [];
  const file = {
    async append(bytes: Uint8Array) {
      batches.push(bytes.length);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    },
    close: async () => undefined,
  };
  const log = createLogWriter(file, 80);
  for (let i = 0; i < 20; i++) log.write([{ a: i % 10 }]);
  assert.is(log.status().dropped, 10);
  assert.is(log.status().pendingBytes, 80);
  await new Promise((resolve) => setTimeout(resolve, 5));
  release();
  await log.flush();
  assert.equal(batches, [80]);
  assert.equal(log.status(), { written: 10, dropped: 10, errors: 0, pendingBytes: 0 });
  log.write([{ a: 1 }]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  release();
  await log.close();
  log.write([{ a: 2 }]);
  assert.equal(log.status(), { written: 11, dropped: 11, errors: 0, pendingBytes: 0 });
});

test('what a dead disk never took is counted on close', async () => {
  const file = {
    append: () => Promise.reject(new Error('EIO')),
    close: async () => undefined,
  };
  const log = createLogWriter(file, 1000);
  log.write([{ a: 1 }, { a: 2 }]);
  await log.close();
  assert.is(log.status().dropped, 2);
});

test('a replayed log counts what the server counted, to the byte', async ({ directory }) => {
  const path = join(directory, 'log.jsonl');
  const log = await openPredictionLog(path);
  const monitor = createMonitor({ reference });
  const app = createApp({
    scorer: fakeScorer(),
    reference,
    monitor,
    log: log.write,
    now: () => new Date(0),
    predictionName: 'purchase',
  });
  const rows = Array.from({ length: 300 }, (_, i) => ({
    ...RECORD,
    minutes_watched: i % 7 === 0 ? null : i * 1.7,
    // JSON strings may hold line separators
    student_country: i % 5 === 0 ? 'a\u2028b\u2029c\n' : 'US',
  }));
  await app.fetch(
    new Request('http://test/batch_predict', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rows),
    }),
  );
  await log.close();
  const again = createMonitor({ reference });
  const replayed = await replayLog(path, again);
  assert.is(replayed.entryCount, 300);
  assert.is(replayed.malformedCount, 0);
  assert.is(canonicalJson(again.state()), canonicalJson(monitor.state()));
  assert.is(canonicalJson(again.drift()), canonicalJson(monitor.drift()));
});

test('lines that are no entries are counted and skipped', async ({ directory }) => {
  const path = join(directory, 'log.jsonl');
  const good = [entry(0.25), entry(1, { ...RECORD, student_country: null })];
  const bad = [
    '{"torn":',
    'null',
    '[]',
    '{}',
    JSON.stringify({ ...entry(0.5), threshold: undefined }),
    JSON.stringify(entry(2)),
    JSON.stringify(entry(0.5, { minutes_watched: 1 })),
    JSON.stringify(entry(0.5, { ...RECORD, minutes_watched: 'x' })),
    JSON.stringify(entry(0.5, { ...RECORD, of_another_model: 1 })),
  ];
  writeFileSync(path, `${JSON.stringify(good[0])}\r\n\n${bad.join('\n')}\n`);
  appendFileSync(path, JSON.stringify(good[1]));
  const monitor = createMonitor({ reference });
  const counts = await replayLog(path, monitor);
  assert.equal(counts, { entryCount: 2, malformedCount: bad.length });
  const expected = createMonitor({ reference });
  const at = Date.parse('2024-01-01T00:00:00.000Z');
  const records = [RECORD, { ...RECORD, student_country: null }];
  expected.record(records, [0.25, 1], undefined, at);
  assert.is(canonicalJson(monitor.state()), canonicalJson(expected.state()));
  const first: unknown[] = [];
  await readPredictionLog(path, (read) => first.push(read) > 0);
  assert.equal(first[0], {
    task: 'binary',
    timestampUtc: '2024-01-01T00:00:00.000Z',
    threshold: 0.5,
    probability: 0.25,
    features: RECORD,
  });
});

test.run();
