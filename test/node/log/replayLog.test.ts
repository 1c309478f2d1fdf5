import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../../src/core/json.js';
import type { Task } from '../../../src/model/model.js';
import {
  createMonitorState,
  DEFAULT_DRIFT_OPTIONS,
  type DriftReference,
  type MonitorState,
} from '../../../src/monitor/index.js';
import { openPredictionLog } from '../../../src/node/log/predictionLog.js';
import { emptyReading, type LogReading, replayLog } from '../../../src/node/log/replayLog.js';
import { serveDirectory } from '../../../src/node/serve/serveDirectory.js';
import { createApp, monitorOf, parseLogLine } from '../../../src/serve/index.js';
import { type TrainedModel, trainedModel } from '../../serve/trainedModels.js';

const test = suite('prediction log of every task', { directory: '' });

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'coppice-log-tasks-'));
});
test.after.each((context) => {
  rmSync(context.directory, { recursive: true });
});

const models: TrainedModel[] = [];
for (const task of ['binary', 'multiclass', 'regression'] as const) {
  models.push(await trainedModel(task));
}

/** Replays a log against a reference from nothing. */
async function replayed(
  path: string,
  reference: DriftReference,
  sha256?: string,
): Promise<{ reading: LogReading; state: MonitorState }> {
  const state: MonitorState = createMonitorState(reference);
  const monitor = monitorOf(state, DEFAULT_DRIFT_OPTIONS);
  return { reading: await replayLog(path, { reference, sha256 }, monitor), state };
}

/** Predicts all rows of a model over HTTP and leaves their log at `path`. */
async function logOf({ scorer, reference, records }: TrainedModel, path: string) {
  const log = await openPredictionLog(path);
  const state = createMonitorState(reference) as MonitorState;
  const app = createApp({ scorer, reference, state, log, now: () => new Date(0) });
  const response = await app.fetch(
    new Request('http://test/batch_predict', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(records),
    }),
  );
  assert.is(response.status, 200);
  await log.close();
  return state;
}

for (const model of models) {
  const { task, scorer, reference, records } = model;

  test(`${task}: a replayed log counts what the server counted, to the byte`, async ({
    directory,
  }) => {
    const path = join(directory, 'log.jsonl');
    const state = await logOf(model, path);
    const { reading, state: again } = await replayed(path, reference);
    assert.equal(reading, { ...emptyReading(), entryCount: records.length });
    assert.is(canonicalJson(again), canonicalJson(state));
  });

  test(`${task}: a line reads back as what was predicted`, async ({ directory }) => {
    const path = join(directory, 'log.jsonl');
    await logOf(model, path);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const predictions = scorer.predict(records);
    const { classes } = scorer.schema.target;
    for (const [row, line] of lines.entries()) {
      const logged = parseLogLine(line)!;
      assert.ok(logged.task !== 'label' && logged.task === task);
      assert.is(logged.timestampUtc, '1970-01-01T00:00:00.000Z');
      assert.equal(logged.features, records[row]);
      const own = [...predictions.subarray(row * scorer.outputCount)].slice(0, scorer.outputCount);
      if (logged.task === 'binary') assert.equal([logged.probability], own);
      else if (logged.task === 'regression') assert.equal([logged.prediction], own);
      else {
        assert.equal(
          classes.map((name) => logged.probabilities[name]),
          own,
        );
        assert.is(logged.label, scorer.label(own));
      }
    }
  });

  test(`${task}: the log of a model of another task counts as malformed`, async ({ directory }) => {
    const path = join(directory, 'log.jsonl');
    await logOf(model, path);
    for (const other of models) {
      if (other === model) continue;
      const { state, reading } = await replayed(path, other.reference);
      assert.equal(reading, { ...emptyReading(), malformedCount: records.length });
      assert.is(state.rowCount, 0);
    }
  });

  test(`${task}: a run directory is served, and goes on counting after a restart`, async ({
    directory,
  }) => {
    const run = join(directory, 'run');
    mkdirSync(run);
    writeFileSync(join(run, 'model.coppice'), model.blob);
    writeFileSync(join(run, 'drift_baseline.json'), canonicalJson(reference));
    const options = { port: 0, logPath: join(directory, 'log.jsonl') };
    const first = await serveDirectory(run, options);
    const response = await fetch(`${first.url}/batch_predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ instances: records }),
    });
    assert.is(response.status, 200);
    const driftOf = async (url: string): Promise<Record<string, unknown>> =>
      (await (await fetch(`${url}/monitoring/drift`)).json()) as Record<string, unknown>;
    const before = await driftOf(first.url);
    assert.equal([before.task, before.samples_observed], [task, records.length]);
    await first.close();
    const second = await serveDirectory(run, options);
    assert.equal(second.replayed, { ...emptyReading(), entryCount: records.length });
    assert.equal(await driftOf(second.url), before);
    await second.close();
  });
}

const FEATURES = { length: 5, width: null, plan: '1' };

const CLASS_LINE = {
  timestamp_utc: '2024-01-01T00:00:00.000Z',
  task: 'multiclass',
  predicted_species: 'setosa',
  probability: 0.5,
  probabilities: { setosa: 0.5, versicolor: 0.25, virginica: 0.25 },
  features: FEATURES,
};

const NUMBER_LINE = {
  timestamp_utc: '2024-01-01T00:00:00.000Z',
  task: 'regression',
  predicted_price: 12.5,
  features: FEATURES,
};

async function replay(directory: string, task: Task, lines: readonly unknown[]) {
  const path = join(directory, `${task}.jsonl`);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return replayed(path, models.find((model) => model.task === task)!.reference);
}

test('what is not exactly a line of several classes is malformed', async ({ directory }) => {
  const { predicted_species: _, ...undecided } = CLASS_LINE;
  const { probabilities } = CLASS_LINE;
  const bad = [
    undecided,
    { ...CLASS_LINE, task: 'binary' },
    { ...CLASS_LINE, task: 'ranking' },
    { ...CLASS_LINE, timestamp_utc: 0 },
    { ...CLASS_LINE, threshold: 0.5 },
    { ...CLASS_LINE, predicted_other: 'setosa' },
    { ...CLASS_LINE, predicted_species: 0 },
    { ...CLASS_LINE, predicted_species: 'toString' },
    { ...CLASS_LINE, predicted_species: 'virginica' },
    { ...CLASS_LINE, predicted_species: 'virginica', probability: 0.25 },
    { ...CLASS_LINE, probability: 0.25 },
    { ...CLASS_LINE, probability: undefined },
    { ...CLASS_LINE, probabilities: null },
    { ...CLASS_LINE, probabilities: [0.5, 0.25, 0.25] },
    { ...CLASS_LINE, probabilities: { ...probabilities, versicolor: -0.25 } },
    { ...CLASS_LINE, probabilities: { ...probabilities, versicolor: '0.25' } },
    { ...CLASS_LINE, probabilities: { setosa: 0.5, versicolor: 0.5 } },
    { ...CLASS_LINE, probabilities: { ...probabilities, other: 0 } },
    { ...CLASS_LINE, probabilities: { ...probabilities, versicolor: 0.2 } },
    { ...CLASS_LINE, features: { ...FEATURES, length: '5' } },
    { ...CLASS_LINE, features: null },
  ];
  const { state, reading } = await replay(directory, 'multiclass', [CLASS_LINE, ...bad]);
  assert.equal(reading, { ...emptyReading(), entryCount: 1, malformedCount: bad.length });
  assert.is(state.rowCount, 1);
});

test('what is not exactly a line of a regression is malformed', async ({ directory }) => {
  const { predicted_price: _, ...undecided } = NUMBER_LINE;
  const good = [NUMBER_LINE, { ...NUMBER_LINE, predicted_price: null }];
  const bad = [
    undecided,
    { ...NUMBER_LINE, task: undefined },
    { ...NUMBER_LINE, predicted_price: '12.5' },
    { ...NUMBER_LINE, predicted_price: 1e39 },
    { ...NUMBER_LINE, price: 12.5 },
    { ...NUMBER_LINE, threshold: 0.5 },
    { ...undecided, price: 12.5 },
    { ...NUMBER_LINE, features: { ...FEATURES, other: 1 } },
  ];
  const { state, reading } = await replay(directory, 'regression', [...good, ...bad]);
  assert.equal(reading, { ...emptyReading(), entryCount: 2, malformedCount: bad.length });
  assert.equal([state.rowCount, state.score.missing, state.score.finite], [2, 1, 1]);
});

test('any line at all is read or refused', () => {
  const part = fc.oneof(fc.jsonValue(), fc.constantFrom('multiclass', 'regression', 'setosa'));
  const ids = ['prediction_id', 'model_sha256', 'label', 'observed_at'];
  const keys = [...Object.keys(CLASS_LINE), 'predicted_price', 'predicted_a_probability', ...ids];
  fc.assert(
    fc.property(
      fc.constantFrom<object>(CLASS_LINE, NUMBER_LINE, {}),
      fc.dictionary(fc.constantFrom(...keys), part),
      (line, damage) => {
        const logged = parseLogLine(JSON.stringify({ ...line, ...damage }));
        assert.ok(
          logged === undefined || logged.task === 'label' || typeof logged.features === 'object',
        );
      },
    ),
    { numRuns: 500 },
  );
});

test.run();
