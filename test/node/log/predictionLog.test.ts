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
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../../src/core/json.js';
import { createMonitor, type Monitor } from '../../../src/monitor/index.js';
import { openPredictionLog } from '../../../src/node/log/predictionLog.js';
import { readPredictionLog } from '../../../src/node/log/readPredictionLog.js';
import { emptyReading, type LogReading, replayLog } from '../../../src/node/log/replayLog.js';
import { createApp } from '../../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from '../../serve/fakeModel.js';

const test = suite('prediction log', { directory: '' });

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'coppice-log-'));
});
test.after.each((context) => {
  rmSync(context.directory, { recursive: true });
});

const reference = fakeReference();

/** Replays a log from nothing. */
async function replayed(
  path: string,
  sha256?: string,
): Promise<{ reading: LogReading; monitor: Monitor }> {
  const monitor = createMonitor({ reference });
  return { reading: await replayLog(path, { reference, sha256 }, monitor), monitor };
}

function entry(probability: number, features: object = RECORD): Record<string, unknown> {
  return {
    timestamp_utc: '2024-01-01T00:00:00.000Z',
    threshold: 0.5,
    predicted_purchase_probability: probability,
    predicted_purchase: probability >= 0.5 ? 1 : 0,
    features,
  };
}

function line(probability: number): string {
  return `${JSON.stringify(entry(probability))}\n`;
}

test('entries become lines, in order, after what is there', async ({ directory }) => {
  const path = join(directory, 'deep', 'log.jsonl');
  for (const round of [0, 1]) {
    const log = await openPredictionLog(path);
    for (let i = 0; i < 100; i++) log.append(`${line(round)}${line(i / 100)}`, 2);
    await log.flush();
    const nothing = { dropped: 0, refused: 0, errors: 0, pendingBytes: 0 };
    assert.equal(log.status(), { written: 200, ...nothing });
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
  const whole = JSON.stringify(entry(0.25));
  // the long tails cross the blocks that are searched for the last newline
  for (const [content, kept] of [
    ['', 0],
    [`${whole}\n`, 1],
    [`${whole}\n${whole.slice(0, 40)}`, 1],
    [`${whole}\n${whole}`, 2],
    [whole.slice(0, -1), 0],
    [`${whole}\n${'x'.repeat(200_000)}`, 1],
    [`${whole}\n${' '.repeat(70_000)}${whole}`, 2],
  ] as const) {
    writeFileSync(path, content);
    const log = await openPredictionLog(path);
    log.append(line(0.75), 1);
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
  // another process has the id by now: it began at another time
  const reused = `${process.ppid} 1`;
  for (const stale of [gone, reused, process.pid, 'garbage']) {
    writeFileSync(`${path}.lock`, `${stale}\n`);
    await (await openPredictionLog(path)).close();
  }
});

test('a replayed log counts what the server counted, to the byte', async ({ directory }) => {
  const path = join(directory, 'log.jsonl');
  const log = await openPredictionLog(path);
  const monitor = createMonitor({ reference });
  const app = createApp({
    scorer: fakeScorer(),
    reference,
    monitor,
    log,
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
  const { reading, monitor: again } = await replayed(path);
  assert.equal(reading, { ...emptyReading(), entryCount: 300 });
  assert.is(canonicalJson(again.state()), canonicalJson(monitor.state()));
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
  const { monitor, reading } = await replayed(path);
  assert.equal(reading, { ...emptyReading(), entryCount: 2, malformedCount: bad.length });
  const expected = createMonitor({ reference });
  const at = Date.parse('2024-01-01T00:00:00.000Z');
  const rows = [RECORD, { ...RECORD, student_country: null }];
  expected.record(rows, [0.25, 1], undefined, at);
  assert.is(canonicalJson(monitor.state()), canonicalJson(expected.state()));
  const read: unknown[] = [];
  for await (const one of readPredictionLog(path)) read.push(one);
  assert.is(read.length, 2 + bad.length);
  assert.equal(read[0], {
    task: 'binary',
    timestampUtc: '2024-01-01T00:00:00.000Z',
    predictionId: undefined,
    modelSha256: undefined,
    threshold: 0.5,
    probability: 0.25,
    features: RECORD,
  });
});

test('finished files are read before the one that is written, gzipped ones too', async ({
  directory,
}) => {
  const path = join(directory, 'log.jsonl');
  writeFileSync(`${path}.000010`, line(0.75));
  writeFileSync(`${path}.000002.gz`, gzipSync(line(0.5)));
  writeFileSync(path, line(1));
  // none of these is a file of this log
  for (const name of ['.0001', '.lock', '.000003x', '.bak']) writeFileSync(path + name, line(0));
  writeFileSync(join(directory, 'another.jsonl.000001'), line(0));
  const probabilities: unknown[] = [];
  for await (const read of readPredictionLog(path)) {
    probabilities.push(read?.task === 'binary' && read.probability);
  }
  assert.equal(probabilities, [0.5, 0.75, 1]);
  assert.is((await replayed(path)).reading.entryCount, 3);
});

test('a log that is not there is an error that names it', async ({ directory }) => {
  const missing = join(directory, 'none.jsonl');
  await replayed(missing).then(
    () => assert.unreachable('read'),
    (error) => assert.match(error.message, 'none.jsonl: no such file'),
  );
});

test('lines of other models, and lines with less than all features, are told apart', async ({
  directory,
}) => {
  const path = join(directory, 'log.jsonl');
  const named = (sha: string, features: object = RECORD): string =>
    `${JSON.stringify({ ...entry(0.25, features), prediction_id: 'a-1', model_sha256: sha })}\n`;
  const { minutes_watched: _, ...less } = RECORD;
  writeFileSync(
    path,
    [
      named('ab'),
      named('cd'),
      named('ab', less),
      named('ab', { ...RECORD, student_country: { hash: '01' } }),
      line(0.5),
    ].join(''),
  );
  assert.equal((await replayed(path, 'ab')).reading, {
    ...emptyReading(),
    entryCount: 2,
    otherModelCount: 1,
    withheldCount: 2,
  });
});

test('labels are replayed in their turn', async ({ directory }) => {
  const path = join(directory, 'log.jsonl');
  const label = { timestamp_utc: '2024-01-02T00:00:00.000Z', prediction_id: 'a-1', label: '1' };
  writeFileSync(path, `${line(0.25)}${JSON.stringify(label)}\n`);
  const seen: unknown[] = [];
  const monitor = {
    ...createMonitor({ reference }),
    record: (...[, , ids, at]: [unknown, unknown, readonly string[], number]) => {
      seen.push(['record', ...ids, at]);
    },
    labels: (labels: readonly object[], at: number) => {
      seen.push(['labels', ...labels, at]);
      return { accepted: labels.length, matched: 0, rejected: 0 };
    },
  };
  const reading = await replayLog(path, { reference, sha256: undefined }, monitor);
  assert.equal(reading, { ...emptyReading(), entryCount: 1, labelCount: 1 });
  assert.equal(seen, [
    ['record', '', Date.UTC(2024, 0, 1)],
    ['labels', { prediction_id: 'a-1', label: '1' }, Date.UTC(2024, 0, 2)],
  ]);
});

test.run();
