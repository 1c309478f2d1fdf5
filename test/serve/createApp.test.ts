import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createMonitorState,
  type DriftSummary,
  type PositiveRates,
} from '../../src/monitor/index.js';
import {
  type AppOptions,
  createApp,
  type Failure,
  type Problem,
  type ServeApp,
} from '../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from './fakeModel.js';
import { keepLog } from './requests.js';

const reference = fakeReference();

function makeApp(options: Partial<AppOptions> = {}): ServeApp {
  return createApp({
    scorer: fakeScorer(),
    reference,
    now: () => new Date('2024-05-06T07:08:09.010Z'),
    predictionName: 'purchase',
    newId: () => 'id',
    ...options,
  });
}

/** The parts of the answers that are looked into. */
interface Body extends Partial<Extract<DriftSummary, PositiveRates>> {
  [key: string]: unknown;
  detail: Problem[];
  predictions: { label: string }[];
  routes: string[];
}

interface Answer {
  status: number;
  body: Body;
  headers: Headers;
}

async function ask(app: ServeApp, path: string, init?: RequestInit): Promise<Answer> {
  const response = await app.fetch(new Request(`http://test${path}`, init));
  const body = (await response.json()) as Body;
  return { status: response.status, body, headers: response.headers };
}

function postText(app: ServeApp, path: string, body: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return ask(app, path, { method: 'POST', headers, body });
}

function post(app: ServeApp, path: string, value: unknown): Promise<Answer> {
  return postText(app, path, JSON.stringify(value));
}

test('one record is answered with probability, decision, label and threshold', async () => {
  const { status, body } = await post(makeApp(), '/predict', { ...RECORD, minutes_watched: 500 });
  assert.is(status, 200);
  const probability = Math.fround(1 / (1 + Math.exp(-1)));
  assert.equal(body, {
    predicted_purchase_probability: probability,
    predicted_purchase: 1,
    probability,
    label: '1',
    threshold: 0.5,
    prediction_id: 'id',
  });
});

test('a batch is answered in order, as an array or as instances', async () => {
  const app = makeApp();
  const rows = [0, 800, 400].map((minutes_watched) => ({ ...RECORD, minutes_watched }));
  const { status, body } = await post(app, '/batch_predict', rows);
  assert.is(status, 200);
  assert.is(body.count, 3);
  assert.equal(
    body.predictions.map((p: { label: string }) => p.label),
    ['0', '1', '1'],
  );
  assert.equal((await post(app, '/batch_predict', { instances: rows })).body, body);
  assert.equal((await post(app, '/batch_predict', [])).body, { count: 0, predictions: [] });
});

test('null is a missing value and an unseen category is scored', async () => {
  const app = makeApp();
  const record = { ...RECORD, student_country: 'Atlantis', practice_exams_passed: null };
  assert.is((await post(app, '/predict', record)).status, 200);
  const nothing = Object.fromEntries(Object.keys(RECORD).map((name) => [name, null]));
  assert.is((await post(app, '/predict', nothing)).status, 200);
});

test('all problems of a record are told at once, without its values', async () => {
  const body = {
    student_country: 7,
    minutes_watched: '358.1',
    practice_exams_pased: 1,
    practice_exams_started: true,
  };
  const answer = await post(makeApp(), '/predict', body);
  assert.is(answer.status, 422);
  assert.equal(
    answer.body.detail.map(({ loc, type }: Problem) => [...loc, type].join(' ')),
    [
      'body student_country string_type',
      'body minutes_watched float_type',
      'body practice_exams_started float_type',
      'body practice_exams_passed missing',
      'body practice_exams_pased extra_forbidden',
    ],
  );
  assert.match(answer.body.detail[4]!.msg, 'did you mean "practice_exams_passed"');
  assert.not.match(JSON.stringify(answer.body), '358');
});

test('numbers beyond float64 are refused, names of Object.prototype are no fields', async () => {
  const app = makeApp();
  const text = JSON.stringify(RECORD);
  const infinite = await postText(app, '/predict', text.replace('358.1', '1e999'));
  assert.equal(infinite.body.detail[0]!.loc, ['body', 'minutes_watched']);
  assert.is(infinite.body.detail[0]!.type, 'finite_number');
  const proto = await postText(app, '/predict', text.replace('{', '{"__proto__":{},"toString":1,'));
  assert.equal(
    proto.body.detail.map(({ loc }: Problem) => loc[1]),
    ['__proto__', 'toString'],
  );
});

test('a rule of the model names its field; a missing value passes it', async () => {
  const app = makeApp();
  const { status, body } = await post(app, '/predict', { ...RECORD, practice_exams_passed: 3 });
  assert.is(status, 422);
  assert.equal(body.detail, [
    {
      loc: ['body', 'practice_exams_passed'],
      msg: 'practice_exams_passed must not be above practice_exams_started',
      type: 'value_error',
    },
  ]);
  const missing = { ...RECORD, practice_exams_passed: 3, practice_exams_started: null };
  assert.is((await post(app, '/predict', missing)).status, 200);
});

test('problems of a batch name the row, and a bad row refuses the whole batch', async () => {
  const state = createMonitorState(reference);
  const app = makeApp({ state });
  const rows = [
    RECORD,
    { ...RECORD, minutes_watched: [] },
    'text',
    { ...RECORD, practice_exams_passed: 9 },
  ];
  const { status, body } = await post(app, '/batch_predict', rows);
  assert.is(status, 422);
  assert.equal(
    body.detail.map(({ loc, type }: Problem) => [...loc, type].join(' ')),
    [
      'body 1 minutes_watched float_type',
      'body 2 dict_type',
      'body 3 practice_exams_passed value_error',
    ],
  );
  assert.is(state.rowCount, 0);
});

test('a batch has a shape, a limit of rows and a limit of problems', async () => {
  const app = makeApp({ limits: { maxBatchRows: 200, maxProblems: 100 } });
  const types = async (body: unknown): Promise<string[]> =>
    (await post(app, '/batch_predict', body)).body.detail.map(({ type }: Problem) => type);
  assert.equal(await types(3), ['list_type']);
  assert.equal(await types({}), ['missing']);
  assert.equal(await types({ instances: {} }), ['list_type']);
  assert.equal(await types({ instances: [], more: 1 }), ['extra_forbidden']);
  assert.equal(await types(new Array(201).fill(RECORD)), ['too_long']);
  assert.is((await types(new Array(150).fill({}))).length, 100);
});

test('what is not JSON is 400, not declared as JSON 415, too large 413', async () => {
  const app = makeApp({ limits: { maxBodyBytes: 300 } });
  for (const text of ['', '{', '{"a":1}}', 'nul']) {
    const { status, body } = await postText(app, '/predict', text);
    assert.is(status, 400);
    assert.equal(body, { detail: 'the body is not valid JSON' });
  }
  const plain = await ask(app, '/predict', { method: 'POST', body: JSON.stringify(RECORD) });
  assert.is(plain.status, 415);
  for (const type of [
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/ld+json',
  ]) {
    const headers = { 'content-type': type };
    const init = { method: 'POST', headers, body: JSON.stringify(RECORD) };
    assert.is((await ask(app, '/predict', init)).status, 200, type);
  }
  const large = await postText(app, '/predict', ' '.repeat(301));
  assert.is(large.status, 413);
  const declared = { 'content-type': 'application/json', 'content-length': '301' };
  const lying = await ask(app, '/predict', { method: 'POST', headers: declared, body: '{}' });
  assert.is(lying.status, 413);
});

test('unknown routes list the known ones, wrong methods the right ones', async () => {
  const app = makeApp();
  const unknown = await ask(app, '/metric');
  assert.is(unknown.status, 404);
  assert.ok(unknown.body.routes.includes('POST /predict'));
  const wrong = await ask(app, '/predict');
  assert.is(wrong.status, 405);
  assert.is(wrong.headers.get('allow'), 'POST');
  assert.is((await ask(app, '/health', { method: 'DELETE' })).status, 405);
});

test('a failure inside tells the operator and not the client', async () => {
  const failures: Failure[] = [];
  const scorer = fakeScorer({
    predict: () => {
      throw new Error('secret 358.1');
    },
  });
  const app = makeApp({ scorer, onFailure: (failure) => failures.push(failure) });
  const { status, body } = await post(app, '/predict', RECORD);
  assert.is(status, 500);
  assert.equal(body, { detail: 'internal error' });
  assert.is(failures[0]!.route, 'POST /predict');
  assert.is(failures[0]!.error.message, 'secret 358.1');
});

test('log entries have the documented keys in the documented order', async () => {
  const log = keepLog();
  const app = makeApp({ log, modelInfo: { sha256: 'ab' } });
  const shuffled = Object.fromEntries(Object.entries(RECORD).reverse());
  await post(app, '/predict', { ...shuffled, minutes_watched: null });
  await post(app, '/predict', {});
  assert.is(
    log.lines.join(),
    '{"timestamp_utc":"2024-05-06T07:08:09.010Z","prediction_id":"id","model_sha256":"ab","threshold":0.5,' +
      '"predicted_purchase_probability":0.01798621006309986,"predicted_purchase":0,' +
      '"features":{"student_country":"US","minutes_watched":null,"practice_exams_started":2,"practice_exams_passed":2}}',
  );
});

test('the target names the prediction when nothing else does', async () => {
  const app = makeApp({ predictionName: '' });
  const { body } = await post(app, '/predict', RECORD);
  assert.is(body.predicted_purchased, 0);
});

test('health shows the model, the kernel, the time and the log', async () => {
  let milliseconds = 0;
  const status = { written: 5, dropped: 0, refused: 0, errors: 0, pendingBytes: 12 };
  const app = makeApp({
    now: () => new Date(0),
    clock: () => milliseconds,
    modelInfo: { sha256: 'ab', run_id: 'cd', releasable: true },
    log: keepLog({ status: () => status }),
  });
  await post(app, '/predict', RECORD);
  milliseconds = 2500;
  const { body } = await ask(app, '/health');
  assert.equal(body, {
    status: 'ok',
    model: {
      sha256: 'ab',
      run_id: 'cd',
      releasable: true,
      task: 'binary',
      target: 'purchased',
      classes: ['0', '1'],
      fields: 4,
      threshold: 0.5,
    },
    kernel: 'javascript',
    started_at: '1970-01-01T00:00:00.000Z',
    uptime_seconds: 2.5,
    samples_observed: 1,
    prediction_log: { written: 5, dropped: 0, refused: 0, errors: 0, pending_bytes: 12 },
  });
  status.dropped = 1;
  assert.is((await ask(app, '/health')).body.status, 'degraded');
});

test('drift has the classical fields and the evidence; the trigger the decision', async () => {
  const app = makeApp();
  const before = (await ask(app, '/monitoring/drift')).body;
  assert.is(before.samples_observed, 0);
  assert.is(before.predicted_positive_rate, null);
  assert.not.ok(before.should_retrain);
  assert.match(before.reason!, 'at least 50');

  const rows = Array.from({ length: 200 }, (_, i) => ({
    ...RECORD,
    minutes_watched: 400 + i,
    practice_exams_started: 4,
    practice_exams_passed: 0,
  }));
  await post(app, '/batch_predict', rows);
  const { body } = await ask(app, '/monitoring/drift');
  assert.is(body.samples_observed, 200);
  assert.equal(body.drifted_features, [
    'student_country',
    'minutes_watched',
    'practice_exams_started',
    'practice_exams_passed',
  ]);
  assert.ok(body.drift_score_max_abs_z! > 1);
  assert.is(body.predicted_positive_rate, 1);
  assert.ok(body.training_positive_rate! > 0.3 && body.training_positive_rate! < 0.5);
  assert.ok(body.should_retrain);
  assert.is(body.recommendation, 'retrain');
  assert.is(body.features!.length, 4);
  assert.is(body.options!.driftZscoreThreshold, 3);

  for (const method of ['GET', 'POST']) {
    const trigger = (await ask(app, '/monitoring/retraining_trigger', { method })).body;
    assert.ok(trigger.should_retrain);
    assert.is(trigger.reason, body.reason);
    assert.is(trigger.recommended_action, body.recommended_action);
  }
});

test('a reference or a state of another model is refused', () => {
  const fields = reference.fields.slice(1);
  assert.throws(() => makeApp({ reference: { ...reference, fields } }), /another model/);
  assert.throws(() => makeApp({ reference: { ...reference, threshold: 0.4 } }), /threshold is 0.4/);
  const state = createMonitorState({ ...reference });
  assert.throws(() => makeApp({ state }), /"state"/);
  assert.throws(() => makeApp({ limits: { maxRows: 1 } as object }), /maxBatchRows/);
});

test('no body makes it fail inside', async () => {
  const failures: Failure[] = [];
  const app = makeApp({ onFailure: (failure) => failures.push(failure) });
  const record = fc.record(
    {
      student_country: fc.oneof(fc.string(), fc.jsonValue()),
      minutes_watched: fc.oneof(fc.double(), fc.jsonValue()),
      practice_exams_started: fc.oneof(fc.integer(), fc.jsonValue()),
      practice_exams_passed: fc.oneof(fc.integer(), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(record, fc.jsonValue(), fc.array(record, { maxLength: 3 }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('/predict', '/batch_predict'), body, async (path, value) => {
      const { status } = await post(app, path, value);
      assert.ok([200, 422].includes(status), `status ${status}`);
    }),
    { numRuns: 500 },
  );
  assert.equal(failures, []);
  assert.is((await ask(app, '/monitoring/drift')).status, 200);
});

test.run();
