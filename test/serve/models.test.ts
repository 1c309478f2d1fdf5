import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AppOptions, createApp, type ServeApp } from '../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from './fakeModel.js';
import { keepLog, post, send } from './requests.js';

const reference = fakeReference();
const BODY = JSON.stringify(RECORD);

function makeApp(options: Partial<AppOptions> = {}): ServeApp {
  return createApp({
    scorer: fakeScorer(),
    reference,
    now: () => new Date(0),
    predictionName: 'purchase',
    modelInfo: { sha256: 'old' },
    ...options,
  });
}

test('reasons are told when they are asked for', async () => {
  const seen: unknown[] = [];
  const app = makeApp({
    explain: (record) => {
      seen.push(record);
      return { class: '1', reasons: [] };
    },
  });
  const told = async (query: string): Promise<Record<string, unknown>> =>
    JSON.parse((await post(app, `/predict${query}`, BODY)).text);
  assert.equal((await told('?explain=1')).explanation, { class: '1', reasons: [] });
  assert.equal(seen, [RECORD]);
  for (const query of ['', '?', '?explain=0', '?other=1']) {
    assert.not.ok('explanation' in (await told(query)), query);
  }
  const { status, text } = await post(app, '/predict?explain=yes', BODY);
  assert.is(status, 422);
  assert.equal(JSON.parse(text).detail[0].loc, ['query', 'explain']);
});

test('without the float model there are no reasons, and nothing is counted', async () => {
  const log = keepLog();
  assert.is((await post(makeApp({ log }), '/predict?explain=1', BODY)).status, 501);
  assert.equal(log.lines, []);
});

test('another model takes over between two requests', async () => {
  const log = keepLog();
  const app = makeApp({ log });
  await post(app, '/predict', BODY);
  app.replaceModel({
    scorer: fakeScorer({ predict: () => Float32Array.of(0.75) }),
    reference,
    modelInfo: { sha256: 'new' },
    predictionName: 'purchase',
  });
  const { text } = await post(app, '/predict', BODY);
  const { model_sha256, probability } = JSON.parse(text);
  assert.equal([model_sha256, probability], ['new', 0.75]);
  assert.equal(
    log.entries.map((entry) => entry.model_sha256),
    ['old', 'new'],
  );
  // what watches the new one begins anew
  const health = JSON.parse((await send(app, '/health')).text);
  assert.equal([health.samples_observed, health.model.sha256], [1, 'new']);
  assert.match((await send(app, '/metrics')).text, 'coppice_model_info{sha256="new"');
  assert.match((await send(app, '/openapi.json')).text, '"version":"new"');
});

test('a model that does not fit its reference does not take over', async () => {
  const app = makeApp();
  assert.throws(() => {
    const other = { ...reference, threshold: 0.4 };
    app.replaceModel({ scorer: fakeScorer(), reference: other, modelInfo: { sha256: 'new' } });
  }, /another model/);
  assert.is(JSON.parse((await post(app, '/predict', BODY)).text).model_sha256, 'old');
});

/** A scorer that tells how many rows it was given at a time. */
function countingScorer(sizes: number[]): AppOptions['scorer'] {
  const scorer = fakeScorer();
  return {
    ...scorer,
    predict(rows) {
      sizes.push((rows as readonly unknown[]).length);
      return scorer.predict(rows);
    },
  };
}

test('records that arrive together are scored together, and answered as if they were not', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({ ...RECORD, minutes_watched: i * 40 }));
  const ask = async (options: Partial<AppOptions>): Promise<unknown[]> => {
    const log = keepLog();
    const app = makeApp({ ...options, log });
    const bodies = rows.map((row, i) => JSON.stringify({ ...row, prediction_id: `p-${i}` }));
    bodies.splice(7, 0, '{"wrong":1}');
    const answers = await Promise.all(bodies.map((body) => post(app, '/predict', body)));
    const told = answers.map(({ status, text }) => [status, text]);
    return [...told, log.lines.sort(), (await send(app, '/monitoring/drift')).text];
  };
  const together: number[] = [];
  const apart: number[] = [];
  const gathered = await ask({ scorer: countingScorer(together), defer: setImmediate });
  assert.equal(gathered, await ask({ scorer: countingScorer(apart) }));
  assert.is(
    together.reduce((a, b) => a + b),
    20,
  );
  assert.ok(together.length < 20, `${together}`);
  assert.equal(apart, new Array(20).fill(1));
});

test('each of those that were gathered is answered by the model it came to', async () => {
  const runs: (() => void)[] = [];
  const app = makeApp({ defer: (run) => runs.push(run) });
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
  const first = post(app, '/predict', BODY);
  await settled();
  app.replaceModel({ scorer: fakeScorer(), reference, modelInfo: { sha256: 'new' } });
  const second = post(app, '/predict', BODY);
  await settled();
  for (const run of runs) run();
  assert.is(JSON.parse((await first).text).model_sha256, 'old');
  assert.is(JSON.parse((await second).text).model_sha256, 'new');
});

test('a failure reaches everyone who was gathered', async () => {
  const failures: string[] = [];
  const app = makeApp({
    scorer: fakeScorer({
      predict: () => {
        throw new RangeError('secret');
      },
    }),
    defer: setImmediate,
    onFailure: ({ route, error }) => failures.push(`${route} ${error.name}`),
  });
  const answers = await Promise.all([1, 2, 3].map(() => post(app, '/predict', BODY)));
  for (const { status, text } of answers) {
    assert.equal([status, text], [500, '{"detail":"internal error"}']);
  }
  assert.equal(failures, new Array(3).fill('POST /predict RangeError'));
});

test('ids made up are never the same twice, nor those of another start', async () => {
  const idsOf = async (app: ServeApp): Promise<string[]> => {
    const { text } = await post(app, '/batch_predict', JSON.stringify(new Array(500).fill(RECORD)));
    return JSON.parse(text).predictions.map((one: { prediction_id: string }) => one.prediction_id);
  };
  const app = makeApp();
  const ids = [...(await idsOf(app)), ...(await idsOf(app)), ...(await idsOf(makeApp()))];
  assert.is(new Set(ids).size, 1500);
  for (const id of ids) assert.match(id, /^[\w.:~-]{1,128}$/);
});

test('what must not be in the log is not', async () => {
  const log = keepLog();
  const app = makeApp({
    log,
    withheld: {
      omit: ['minutes_watched'],
      hash: ['student_country', 'practice_exams_started'],
      hashText: (text) => `h(${text})`,
    },
  });
  await post(app, '/predict', BODY);
  await post(app, '/predict', JSON.stringify({ ...RECORD, student_country: null }));
  assert.equal(
    log.entries.map(({ features }) => features),
    [
      {
        student_country: { hash: 'h(US)' },
        practice_exams_started: { hash: 'h(2)' },
        practice_exams_passed: 2,
      },
      { student_country: null, practice_exams_started: { hash: 'h(2)' }, practice_exams_passed: 2 },
    ],
  );
  // the monitor saw it all the same
  assert.is(JSON.parse((await send(app, '/health')).text).samples_observed, 2);
  const none = keepLog();
  await post(makeApp({ log: none, withheld: { omit: 'all' } }), '/predict', BODY);
  assert.equal(none.entries[0]!.features, {});
  assert.throws(
    () => makeApp({ withheld: { omit: ['minutes_wached'] } }),
    /did you mean "minutes_watched"/,
  );
  assert.throws(
    () => makeApp({ withheld: { hash: ['minutes_watched'] } }),
    /"hash" needs "hashText"/,
  );
});

test.run();
