import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMonitor } from '../../src/monitor/index.js';
import {
  type AppOptions,
  createApp,
  type PredictionMonitor,
  type Problem,
  type ServeApp,
} from '../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from './fakeModel.js';
import { keepLog, post, send } from './requests.js';
import { trainedModel } from './trainedModels.js';

const reference = fakeReference();

/** A monitor that keeps what it is told. */
function keepMonitor(): PredictionMonitor & { told: unknown[] } {
  const told: unknown[] = [];
  const counting = createMonitor({ reference });
  return {
    told,
    get rowCount() {
      return counting.rowCount;
    },
    record(rows, predictions, ids, at) {
      told.push({
        rows: (rows as readonly unknown[]).length,
        predictions: predictions.length,
        ids,
        at,
      });
      counting.record(rows, predictions, ids, at);
    },
    drift: counting.drift,
    retrainingTrigger: counting.retrainingTrigger,
    labels(labels, at) {
      told.push({ labels, at });
      return { accepted: labels.length, matched: 0, rejected: 0 };
    },
    state: () => ({ rows: counting.rowCount, least: -Infinity, counts: Float64Array.of(1, 2) }),
  };
}

function makeApp(options: Partial<AppOptions> = {}): ServeApp {
  return createApp({
    scorer: fakeScorer(),
    reference,
    now: () => new Date(1000),
    newId: () => 'id',
    ...options,
  });
}

test('the monitor is told rows, predictions, ids and the time', async () => {
  const monitor = keepMonitor();
  const app = makeApp({ monitor });
  await post(app, '/predict', JSON.stringify({ ...RECORD, prediction_id: 'a' }));
  await post(app, '/batch_predict', JSON.stringify([RECORD, RECORD]));
  await post(app, '/predict', '{}');
  assert.equal(monitor.told, [
    { rows: 1, predictions: 1, ids: ['a'], at: 1000 },
    { rows: 2, predictions: 2, ids: ['id', 'id'], at: 1000 },
  ]);
});

test('labels go into the log and to the monitor', async () => {
  const monitor = keepMonitor();
  const log = keepLog();
  const app = makeApp({ monitor, log });
  const one = { prediction_id: 'a', label: 1 };
  const many = [
    { prediction_id: 'b', label: '0', observed_at: '2024-01-31T12:00:00+01:00' },
    { prediction_id: 'c', label: '1', observed_at: null },
  ];
  const answer = await post(app, '/monitoring/labels', JSON.stringify(one));
  assert.equal(
    [answer.status, JSON.parse(answer.text)],
    [200, { accepted: 1, matched: 0, rejected: 0 }],
  );
  assert.is((await post(app, '/monitoring/labels', JSON.stringify(many))).status, 200);
  assert.equal(monitor.told, [
    { labels: [{ prediction_id: 'a', label: '1' }], at: 1000 },
    { labels: [many[0], { prediction_id: 'c', label: '1' }], at: 1000 },
  ]);
  assert.equal(log.lines, [
    '{"timestamp_utc":"1970-01-01T00:00:01.000Z","prediction_id":"a","label":"1"}',
    '{"timestamp_utc":"1970-01-01T00:00:01.000Z","prediction_id":"b","label":"0","observed_at":"2024-01-31T12:00:00+01:00"}',
    '{"timestamp_utc":"1970-01-01T00:00:01.000Z","prediction_id":"c","label":"1"}',
  ]);
});

test('what is wrong with labels is told at once, and none of them counts', async () => {
  const monitor = keepMonitor();
  const log = keepLog();
  const app = makeApp({ monitor, log, limits: { maxBatchRows: 5 } });
  const problems = async (body: unknown): Promise<string[]> => {
    const { status, text } = await post(app, '/monitoring/labels', JSON.stringify(body));
    assert.is(status, 422, text);
    const { detail } = JSON.parse(text) as { detail: Problem[] };
    return detail.map(({ type, loc }) => `${type} ${loc.join(' ')}`);
  };
  assert.equal(await problems(3), ['dict_type body']);
  assert.equal(
    await problems([
      { prediction_id: 'a', label: '1' },
      { prediction_id: 'a b', label: '2', observed_at: 'yesterday', more: 1 },
      [],
      { label: null, prediction_id: 'c', observed_at: '2024-13-01' },
    ]),
    [
      'extra_forbidden body 1 more',
      'string_pattern_mismatch body 1 prediction_id',
      'value_error body 1 label',
      'datetime_parsing body 1 observed_at',
      'dict_type body 2',
      'value_error body 3 label',
      'datetime_parsing body 3 observed_at',
    ],
  );
  assert.equal(await problems(new Array(6).fill({})), ['too_long body']);
  assert.equal([monitor.told, log.lines], [[], []]);
});

test('the label of a regression is a number', async () => {
  const regression = await trainedModel('regression');
  const { scorer } = regression;
  const monitor = { ...keepMonitor() };
  const app = makeApp({ scorer, reference: regression.reference, monitor });
  const ask = (label: unknown) =>
    post(app, '/monitoring/labels', JSON.stringify({ prediction_id: 'a', label }));
  assert.is((await ask(12.5)).status, 200);
  for (const label of ['12.5', null, '1']) assert.is((await ask(label)).status, 422);
});

test('labels that could not be logged are refused and do not count', async () => {
  const monitor = keepMonitor();
  const label = JSON.stringify({ prediction_id: 'a', label: 1 });
  for (const log of [
    keepLog({ accepting: false }),
    keepLog({ append: () => Promise.reject(new Error('ENOSPC')) }),
  ]) {
    const answer = await post(makeApp({ monitor, log }), '/monitoring/labels', label);
    assert.equal([answer.status, answer.headers.get('retry-after')], [503, '1']);
  }
  assert.equal(monitor.told, []);
});

test('the state is told in a form that is equal when it is equal', async () => {
  const app = makeApp({ monitor: keepMonitor() });
  const { status, text } = await send(app, '/monitoring/state');
  assert.is(status, 200);
  assert.is(text, '{\n  "counts": [1, 2],\n  "least": "-Infinity",\n  "rows": 0\n}\n');
});

test('a monitor that has neither says so', async () => {
  const { labels, state, ...monitor } = keepMonitor();
  const app = makeApp({ monitor });
  const label = JSON.stringify({ prediction_id: 'a', label: 1 });
  assert.is((await post(app, '/monitoring/labels', label)).status, 501);
  assert.is((await send(app, '/monitoring/state')).status, 501);
});

test.run();
