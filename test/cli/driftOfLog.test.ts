import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../src/core/json.js';
import { createMonitor, type DriftSummary, type MonitorOptions } from '../../src/monitor/index.js';
import { openPredictionLog } from '../../src/node/log/predictionLog.js';
import { replayLog } from '../../src/node/log/replayLog.js';
import type { RowRecord } from '../../src/score/index.js';
import { createApp } from '../../src/serve/index.js';
import { trainedModel } from '../serve/trainedModels.js';

const DAY = 86_400_000;
const FIRST_DAY = Date.parse('2026-03-02T08:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'coppice-drift-log-'));
const directory = join(folder, 'model');
const logPath = join(folder, 'predictions.jsonl');
const { scorer, blob, reference, records } = await trainedModel('binary');
const sha256 = createHash('sha256').update(blob).digest('hex');
const OPTIONS: Partial<MonitorOptions> = { windowRows: 100, windowsKept: 10 };

test.before(() => {
  mkdirSync(directory);
  const core = { artifacts: {}, config: { monitoring: { window_rows: 100, windows_kept: 10 } } };
  const lineage = { format: 'coppice-lineage', version: 1, run_id: 'abc', core, measurements: {} };
  writeFileSync(join(directory, 'model.coppice'), blob);
  writeFileSync(join(directory, 'drift_baseline.json'), canonicalJson(reference));
  writeFileSync(join(directory, 'lineage.json'), canonicalJson(lineage));
});
test.after(() => rmSync(folder, { recursive: true }));

/** A server of the model as `coppice serve` makes one, with a clock of its own: what the log holds counts on. */
async function startServer(clock: { now: number }) {
  const monitor = createMonitor({ reference, options: OPTIONS });
  // small files, so that the log is several of them
  const log = await openPredictionLog(logPath, { acknowledge: 'written', rotateBytes: 20_000 });
  await replayLog(logPath, { reference, sha256 }, monitor);
  const app = createApp({
    scorer,
    reference,
    monitor,
    log,
    modelInfo: { sha256 },
    now: () => new Date(clock.now),
  });
  const ask = async (path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await app.fetch(
      new Request(
        `http://test${path}`,
        body === undefined
          ? {}
          : {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(body),
            },
      ),
    );
    const text = await response.text();
    assert.is(response.status, 200, text);
    return JSON.parse(text);
  };
  return { ask, close: () => log.close() };
}

/** `coppice drift`, as JSON; without what it says of the lines that it read. */
function recomputed(...logs: string[]): { summary: DriftSummary; lines: Record<string, number> } {
  const args = logs.flatMap((log) => ['--log', log]);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'src/cli/main.ts', 'drift', directory, ...args, '--json'],
    { encoding: 'utf8' },
  );
  assert.is(status, 0, stderr);
  const { malformed_lines, other_model_lines, withheld_lines, ...summary } = JSON.parse(stdout);
  return { summary, lines: { malformed_lines, other_model_lines, withheld_lines } };
}

/** Rows of a day; from the fourth day on twice as wide, and what they come to is another class. */
function rowsOf(day: number): { id: string; record: RowRecord; label: string }[] {
  return records.slice(0, 80).map((record, row) => {
    const moved = day >= 3 && typeof record.width === 'number';
    const given = moved ? { ...record, width: 2 * (record.width as number) } : record;
    const isPositive = scorer.predict([record])[0]! >= 0.5;
    const label = isPositive === day < 3 ? 'yes' : 'no';
    return { id: `day-${day}-row-${row}`, record: given, label };
  });
}

let said: DriftSummary;
/** lines of the first file that was finished */
let finished: string[];

test('drift --log says exactly what the server said, of a week of predictions, late labels and a restart', async () => {
  const clock = { now: FIRST_DAY };
  let server = await startServer(clock);
  const label = (day: number, hours: number): { prediction_id: string; label: string }[] => {
    clock.now = FIRST_DAY + day * DAY + hours * 3_600_000;
    return rowsOf(Math.max(0, day - 2)).map((row) => ({ prediction_id: row.id, label: row.label }));
  };
  // a label that comes before its prediction
  await server.ask('/monitoring/labels', { prediction_id: 'day-6-row-0', label: 'yes' });
  for (let day = 0; day < 7; day++) {
    for (const [index, { id, record }] of rowsOf(day).entries()) {
      clock.now = FIRST_DAY + day * DAY + 60_000 * index;
      await server.ask('/predict', { ...record, prediction_id: id });
    }
    // those of two days ago, some of them twice, the second time corrected
    if (day >= 2) {
      const labels = label(day, 5);
      await server.ask('/monitoring/labels', labels);
      const observed_at = new Date(clock.now).toISOString();
      const corrected = labels.slice(0, 3).map((one) => ({ ...one, label: 'yes', observed_at }));
      await server.ask('/monitoring/labels', corrected);
    }
    if (day === 3) {
      const before = await server.ask('/monitoring/drift');
      await server.close();
      server = await startServer(clock);
      assert.equal(await server.ask('/monitoring/drift'), before);
    }
  }
  said = (await server.ask('/monitoring/drift')) as unknown as DriftSummary;
  await server.close();

  finished = readFileSync(`${logPath}.000001`, 'utf8').trimEnd().split('\n');
  const { summary, lines } = recomputed(logPath);
  assert.is(canonicalJson(summary), canonicalJson(said));
  assert.equal(lines, { malformed_lines: 0, other_model_lines: 0, withheld_lines: 0 });
  const files = readdirSync(folder).filter((name) => name.startsWith('predictions'));
  assert.ok(
    files.length > 2,
    `${files.map((name) => `${name} ${readFileSync(join(folder, name)).length}`)}`,
  );
});

test('what it says is what happened: width moved, and labels that came two days late show a drop', () => {
  assert.is(said.samples_observed, 7 * 80);
  assert.is(said.windows.length, 7);
  assert.is(said.recommendation, 'retrain');
  assert.ok(said.drifted_features.includes('width'), said.reason);
  const late = said.alarms.filter(({ seen_by }) => seen_by === 'concept');
  assert.ok(late.length > 0, said.reason);
  // days 3 and 4 have labels and days 5 and 6 none, which quietens nothing
  assert.ok(late.every(({ persistent, quiet_windows }) => persistent && quiet_windows === 0));
  assert.is(late[0]!.since, '2026-03-05T08:00:00.000Z');
  assert.equal(
    said.windows.map(({ labelled_predictions }) => labelled_predictions),
    [80, 80, 80, 80, 80, 0, 1],
  );
});

test('torn and foreign lines are counted and change nothing', () => {
  const line = finished.find((one) => one.includes('model_sha256'));
  const other = JSON.stringify({ ...JSON.parse(line!), model_sha256: 'f'.repeat(64) });
  appendFileSync(logPath, `${other}\nnothing\n{"timestamp_utc":"2026-03-09T`);
  const { summary, lines } = recomputed(logPath);
  assert.is(canonicalJson(summary), canonicalJson(said));
  assert.equal(lines, { malformed_lines: 2, other_model_lines: 1, withheld_lines: 0 });
});

test('the logs of two servers are read as one, and an empty one is no evidence', () => {
  const halves = [join(folder, 'one.jsonl'), join(folder, 'two.jsonl')];
  halves.forEach((path, half) => {
    writeFileSync(path, finished.filter((_, index) => index % 2 === half).join('\n'));
  });
  const whole = join(folder, 'whole.jsonl');
  writeFileSync(whole, finished.join('\n'));
  assert.equal(recomputed(...halves), recomputed(whole));

  const empty = join(folder, 'empty.jsonl');
  writeFileSync(empty, '');
  const { summary } = recomputed(empty);
  assert.is(summary.samples_observed, 0);
  assert.equal(
    summary.reasons.map(({ code }) => code),
    ['insufficient_samples'],
  );
});

test.run();
