import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RowRecord } from '../../src/score/scorer.js';
import { type AppOptions, createApp, type Failure, type ServeApp } from '../../src/serve/index.js';
import { keepLog, post } from './requests.js';
import { type TrainedModel, trainedModel } from './trainedModels.js';

const binary = await trainedModel('binary');
const multiclass = await trainedModel('multiclass');
const regression = await trainedModel('regression');

function makeApp({ scorer, reference }: TrainedModel, more: Partial<AppOptions> = {}): ServeApp {
  return createApp({ scorer, reference, now: () => new Date(0), newId: () => 'id', ...more });
}

type Body = Record<string, unknown>;

async function ask(app: ServeApp, path: string, value?: unknown): Promise<[number, Body]> {
  const init =
    value === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(value),
        };
  const response = await app.fetch(new Request(`http://test${path}`, init));
  return [response.status, (await response.json()) as Body];
}

test('a binary model answers as it always did', async () => {
  const { scorer, records } = binary;
  const [probability] = scorer.predict(records.slice(0, 1));
  const [status, body] = await ask(makeApp(binary), '/predict', records[0]);
  assert.is(status, 200);
  assert.is(
    JSON.stringify(body),
    JSON.stringify({
      predicted_bought_probability: probability,
      predicted_bought: Number(probability! >= 0.5),
      probability,
      label: scorer.label(probability!),
      threshold: 0.5,
      prediction_id: 'id',
    }),
  );
});

test('a model of several classes answers with the class and every probability', async () => {
  const { scorer, records } = multiclass;
  const { classes } = scorer.schema.target;
  const app = makeApp(multiclass);
  const [status, body] = await ask(app, '/batch_predict', records.slice(0, 60));
  assert.is(status, 200);
  const predictions = scorer.predict(records.slice(0, 60));
  const labels = scorer.labels(predictions);
  assert.equal(new Set(labels), new Set(classes));
  const expected = labels.map((label, row) => ({
    predicted_species: label,
    label,
    probability: predictions[row * 3 + classes.indexOf(label)],
    probabilities: Object.fromEntries(classes.map((name, k) => [name, predictions[row * 3 + k]])),
    prediction_id: 'id',
  }));
  assert.equal(body, { count: 60, predictions: expected });
  assert.equal((await ask(app, '/predict', records[7]))[1], expected[7]);
});

test('a regression answers with the number', async () => {
  const { scorer, records } = regression;
  const app = makeApp(regression, { predictionName: 'rent' });
  const [status, body] = await ask(app, '/batch_predict', records.slice(0, 20));
  assert.is(status, 200);
  const expected = Array.from(scorer.predict(records.slice(0, 20)), (prediction) => ({
    predicted_rent: prediction,
    prediction,
    prediction_id: 'id',
  }));
  assert.ok(expected[0]!.prediction > 10);
  assert.equal(body, { count: 20, predictions: expected });
  assert.equal((await ask(app, '/predict', records[3]))[1], expected[3]);
});

test('a number that JSON cannot say is null, and counted as missing', async () => {
  const beyond = { ...regression.scorer, predict: () => Float32Array.of(Infinity) };
  const app = makeApp({ ...regression, scorer: beyond });
  const [status, body] = await ask(app, '/predict', regression.records[0]);
  assert.is(status, 200);
  assert.equal(body, { predicted_price: null, prediction: null, prediction_id: 'id' });
  const [, drift] = await ask(app, '/monitoring/drift');
  assert.is(drift.samples_observed, 1);
  assert.is(drift.predicted_mean, null);
});

test('a class may have any name', async () => {
  const classes = ['__proto__', '10', '9'];
  const { schema } = multiclass.scorer;
  const scorer = {
    ...multiclass.scorer,
    schema: { ...schema, target: { name: 'species', classes } },
    predict: () => Float32Array.of(0.5, 0.25, 0.25),
  };
  const reference = { ...multiclass.reference, classes } as TrainedModel['reference'];
  const app = makeApp({ ...multiclass, scorer, reference });
  const { status, text } = await post(app, '/predict', JSON.stringify(multiclass.records[0]));
  assert.is(status, 200);
  assert.match(text, '"label":"__proto__"');
  assert.match(text, '"probabilities":{"__proto__":0.5,"10":0.25,"9":0.25}');
});

for (const model of [binary, multiclass, regression]) {
  const { task, scorer, records } = model;

  test(`${task}: health says the task, the classes and what there is besides`, async () => {
    const { model: told } = (await ask(makeApp(model), '/health'))[1] as { model: Body };
    assert.equal(told, {
      task,
      target: scorer.schema.target.name,
      ...(task !== 'regression' && { classes: scorer.schema.target.classes }),
      fields: 3,
      ...(task === 'binary' && { threshold: 0.5 }),
    });
  });

  test(`${task}: wrong input is refused, field by field, and counts nothing`, async () => {
    const failures: Failure[] = [];
    const log = keepLog();
    const app = makeApp(model, { onFailure: (failure) => failures.push(failure), log });
    const wrong: [unknown, string[]][] = [
      [{}, ['missing', 'missing', 'missing']],
      [{ length: '4', width: null, plan: 1 }, ['float_type', 'string_type']],
      [{ ...records[0], target: 1 }, ['extra_forbidden']],
      [[records[0]], ['dict_type']],
      [null, ['dict_type']],
    ];
    for (const [body, types] of wrong) {
      const [status, answer] = await ask(app, '/predict', body);
      assert.is(status, 422);
      assert.equal(
        (answer.detail as { type: string }[]).map(({ type }) => type),
        types,
      );
    }
    const [status] = await ask(app, '/batch_predict', [records[0], { ...records[1], plan: 3 }]);
    assert.is(status, 422);
    assert.is((await ask(app, '/monitoring/drift'))[1].samples_observed, 0);
    assert.equal([failures, log.lines], [[], []]);
  });

  test(`${task}: rows as in training raise no alarm, others do`, async () => {
    const usual = makeApp(model);
    await ask(usual, '/batch_predict', records);
    const [, quiet] = await ask(usual, '/monitoring/retraining_trigger');
    assert.is(quiet.samples_observed, 400);
    assert.is(quiet.recommendation, 'none', JSON.stringify(quiet.reasons));

    const moved = makeApp(model);
    const longer: RowRecord[] = records.map((record) => ({
      ...record,
      length: 6 + (Number(record.length) - 4) / 3,
      plan: '2',
    }));
    await ask(moved, '/batch_predict', longer);
    const [, drift] = await ask(moved, '/monitoring/drift');
    assert.is(drift.task, task);
    assert.ok(drift.should_retrain, JSON.stringify(drift.reasons));
    assert.equal(drift.drifted_features, ['length', 'plan']);
    const codes = (drift.reasons as { code: string }[]).map(({ code }) => code);
    assert.is(codes[0], task === 'regression' ? 'prediction_shift' : 'class_rate_shift');
    const [, trigger] = await ask(moved, '/monitoring/retraining_trigger');
    for (const key of Object.keys(trigger)) assert.equal(trigger[key], drift[key], key);
  });
}

test('drift of each task has the keys of its task', async () => {
  const keysOf = async (model: TrainedModel): Promise<string[]> => {
    const app = makeApp(model);
    await ask(app, '/batch_predict', model.records.slice(0, 100));
    const shared = ['task', 'samples_observed', 'min_samples', 'drift_score_max_abs_z'];
    shared.push('drifted_features', 'should_retrain', 'reason', 'recommendation', 'reasons');
    shared.push('recommended_action', 'features', 'score', 'options');
    const [, body] = await ask(app, '/monitoring/drift');
    for (const key of shared) assert.ok(key in body, key);
    return Object.keys(body).filter((key) => !shared.includes(key));
  };
  assert.equal(await keysOf(binary), [
    'predicted_positive_rate',
    'training_positive_rate',
    'training_predicted_positive_rate',
    'class_rate',
  ]);
  assert.equal(await keysOf(multiclass), [
    'predicted_class_rates',
    'training_class_rates',
    'training_predicted_class_rates',
    'class_distribution',
    'class_rates',
  ]);
  assert.equal(await keysOf(regression), [
    'predicted_mean',
    'training_mean',
    'training_predicted_mean',
    'prediction_shift',
    'prediction_out_of_range',
  ]);
});

test('log entries of each task have the documented keys in the documented order', async () => {
  const lineOf = async (model: TrainedModel): Promise<string> => {
    const log = keepLog();
    await ask(makeApp(model, { log }), '/predict', { plan: '1', width: null, length: 5 });
    assert.is(log.lines.length, 1);
    return log.lines[0]!;
  };
  const number = '\\d\\.?\\d*(e-\\d+)?';
  const features = '"features":\\{"length":5,"width":null,"plan":"1"\\}\\}$';
  const start = '^\\{"timestamp_utc":"1970-01-01T00:00:00.000Z","prediction_id":"id",';
  const linePattern = (body: string): RegExp => new RegExp(`${start}${body},${features}`);
  assert.match(
    await lineOf(binary),
    linePattern(`"threshold":0.5,"predicted_bought_probability":${number},"predicted_bought":[01]`),
  );
  assert.match(
    await lineOf(multiclass),
    linePattern(
      `"task":"multiclass","predicted_species":"(setosa|versicolor|virginica)","probability":${number},` +
        `"probabilities":\\{"setosa":${number},"versicolor":${number},"virginica":${number}\\}`,
    ),
  );
  assert.match(
    await lineOf(regression),
    linePattern('"task":"regression","predicted_price":\\d+\\.\\d+'),
  );
});

test('a reference of another task or of other classes is refused', () => {
  const { scorer } = multiclass;
  assert.throws(
    () => makeApp({ ...multiclass, reference: regression.reference }),
    /of another model: its task is regression, the model's is multiclass/,
  );
  const target = { name: 'species', classes: ['setosa', 'virginica', 'versicolor'] };
  const other = { ...scorer, schema: { ...scorer.schema, target } };
  assert.throws(
    () => makeApp({ ...multiclass, scorer: other }),
    /its list of classes is \["setosa"/,
  );
});

test.run();
