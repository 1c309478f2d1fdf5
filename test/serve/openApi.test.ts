import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createApp, type ServeApp } from '../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from './fakeModel.js';
import { post, send } from './requests.js';
import { trainedModel } from './trainedModels.js';

type Json = Record<string, unknown>;

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json>; securitySchemes?: Json };
  security?: unknown[];
}

async function documentOf(app: ServeApp): Promise<Document> {
  const { status, text } = await send(app, '/openapi.json');
  assert.is(status, 200);
  return JSON.parse(text) as Document;
}

function makeApp(): ServeApp {
  return createApp({
    scorer: fakeScorer(),
    reference: fakeReference(),
    now: () => new Date(0),
    predictionName: 'purchase',
    modelName: 'students',
  });
}

test('every operation of the document is served, and every route is in the document', async () => {
  const app = makeApp();
  const { openapi, paths } = await documentOf(app);
  assert.is(openapi, '3.1.0');
  const ids = new Set<unknown>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { operationId }] of Object.entries(methods)) {
      const { status } = await send(app, path, { method: method.toUpperCase() });
      assert.not.ok([404, 405].includes(status), `${method} ${path} ${status}`);
      assert.not.ok(ids.has(operationId));
      ids.add(operationId);
    }
  }
  const { routes } = JSON.parse((await send(app, '/nowhere')).text) as { routes: string[] };
  const undocumented = routes
    .map((route) => route.split(' ')[1]!.replace(':name', 'students'))
    .filter((path) => !(path in paths) && !path.includes(':version'));
  assert.equal(undocumented, ['/openapi.json', '/docs']);
});

test('references lead somewhere', async () => {
  const document = await documentOf(makeApp());
  const found = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  const names = [...found].map((match) => match[1]!);
  assert.ok(names.length > 5);
  for (const name of names) assert.ok(name in document.components.schemas, name);
});

test('the record is that of the model, and its example is taken', async () => {
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    const { scorer, reference } = await trainedModel(task);
    const app = createApp({ scorer, reference, now: () => new Date(0) });
    const { components } = await documentOf(app);
    const { Record, Prediction } = components.schemas as Record<string, Json>;
    const names = scorer.schema.fields.map(({ name }) => name);
    assert.equal(Record!.required, names);
    assert.is(Record!.additionalProperties, false);
    const [example] = Record!.examples as Json[];
    const answer = await post(app, '/predict', JSON.stringify(example));
    assert.is(answer.status, 200, answer.text);
    const told = JSON.parse(answer.text) as Json;
    const { properties, required } = Prediction as { properties: Json; required: string[] };
    assert.equal(Object.keys(told).sort(), [...required].sort());
    for (const key of Object.keys(told)) assert.ok(key in properties, key);
  }
});

test('an example never breaks a rule of the model', async () => {
  const reference = fakeReference();
  // the middle of what passed is above the middle of what was started
  const fields = reference.fields.map((field) =>
    field.name === 'practice_exams_passed' ? { ...field, edges: [9], counts: [900, 100] } : field,
  );
  const app = createApp({
    scorer: fakeScorer(),
    reference: { ...reference, fields } as typeof reference,
    now: () => new Date(0),
  });
  const { example } = JSON.parse((await send(app, '/model')).text) as { example: Json };
  assert.is(example.practice_exams_passed, null);
  assert.equal(Object.keys(example), Object.keys(RECORD));
  assert.is((await post(app, '/predict', JSON.stringify(example))).status, 200);
});

test('a token that is needed is in the document', async () => {
  const token = 'a-token-that-is-long-enough';
  const app = createApp({
    scorer: fakeScorer(),
    reference: fakeReference(),
    now: () => new Date(0),
    tokens: { token },
  });
  const { text } = await send(app, '/openapi.json', {
    headers: { authorization: `Bearer ${token}` },
  });
  const { components, security } = JSON.parse(text) as Document;
  assert.equal(components.securitySchemes, { bearer: { type: 'http', scheme: 'bearer' } });
  assert.equal(security, [{ bearer: [] }]);
  assert.not.ok(text.includes(token));
  assert.is((await documentOf(makeApp())).security, undefined);
});

test('the model tells its fields, its rules and where it comes from', async () => {
  const { text } = await send(makeApp(), '/model');
  const model = JSON.parse(text) as Json;
  assert.equal(
    (model.fields as Json[]).map(({ name, type }) => `${name} ${type}`),
    [
      'student_country category',
      'minutes_watched number',
      'practice_exams_started number',
      'practice_exams_passed number',
    ],
  );
  assert.equal(model.rules, [
    {
      require: 'practice_exams_passed <= practice_exams_started',
      field: 'practice_exams_passed',
      message: 'practice_exams_passed must not be above practice_exams_started',
    },
  ]);
  assert.equal([model.task, model.training_rows, model.explains], ['binary', 1000, false]);
});

test.run();
