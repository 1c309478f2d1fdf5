import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AppOptions, createApp, type ServeApp } from '../../src/serve/index.js';
import { decodeBinary, encodeBinary } from '../../src/serve/inference/binaryData.js';
import { fakeReference, fakeScorer, RECORD } from './fakeModel.js';
import { type Answered, keepLog, post, send } from './requests.js';
import { trainedModel } from './trainedModels.js';

const reference = fakeReference();
const PATH = '/v2/models/students';

function makeApp(options: Partial<AppOptions> = {}): ServeApp {
  return createApp({
    scorer: fakeScorer(),
    reference,
    now: () => new Date(0),
    newId: () => 'id',
    modelName: 'students',
    modelInfo: { sha256: 'ab', run_id: 'run-1' },
    serverVersion: '1.2.3',
    ...options,
  });
}

interface Tensor {
  name: string;
  shape: number[];
  datatype: string;
  data?: unknown[];
  parameters?: Record<string, unknown>;
}

/** The tensors of two rows. */
function tensors(changes: Record<string, Partial<Tensor>> = {}): Tensor[] {
  return [
    { name: 'student_country', shape: [2], datatype: 'BYTES', data: ['US', 'Atlantis'] },
    { name: 'minutes_watched', shape: [2], datatype: 'FP32', data: [500, null] },
    { name: 'practice_exams_started', shape: [2], datatype: 'INT64', data: [2, 2] },
    { name: 'practice_exams_passed', shape: [2], datatype: 'FP64', data: [2, 0] },
  ].map((tensor) => ({ ...tensor, ...changes[tensor.name] }));
}

function infer(app: ServeApp, request: unknown, path: string = PATH): Promise<Answered> {
  return post(app, `${path}/infer`, JSON.stringify(request));
}

function errorOf({ text }: Answered): string {
  const { error, ...rest } = JSON.parse(text) as { error: string };
  assert.equal(rest, {});
  return error;
}

test('the server and the model tell what they are', async () => {
  const app = makeApp();
  const told = async (path: string): Promise<unknown> => JSON.parse((await send(app, path)).text);
  assert.equal(await told('/v2'), {
    name: 'coppice',
    version: '1.2.3',
    extensions: ['binary_tensor_data'],
  });
  assert.equal(await told('/v2/health/live'), { live: true });
  assert.equal(await told('/v2/health/ready'), { ready: true });
  const model = {
    name: 'students',
    versions: ['run-1'],
    platform: 'coppice',
    inputs: [
      { name: 'student_country', datatype: 'BYTES', shape: [-1] },
      { name: 'minutes_watched', datatype: 'FP32', shape: [-1] },
      { name: 'practice_exams_started', datatype: 'FP32', shape: [-1] },
      { name: 'practice_exams_passed', datatype: 'FP32', shape: [-1] },
    ],
    outputs: [
      { name: 'probability', datatype: 'FP32', shape: [-1] },
      { name: 'label', datatype: 'BYTES', shape: [-1] },
      { name: 'prediction_id', datatype: 'BYTES', shape: [-1] },
    ],
  };
  for (const path of [PATH, `${PATH}/versions/run-1`]) {
    assert.equal(await told(path), model);
    assert.equal(await told(`${path}/ready`), { name: 'students', ready: true });
  }
});

test('tensors are predicted as the records they stand for', async () => {
  const log = keepLog();
  const app = makeApp({ log });
  const { status, text } = await infer(app, { id: 'request 7', inputs: tensors() });
  assert.is(status, 200, text);
  const rows = [
    { ...RECORD, minutes_watched: 500 },
    { ...RECORD, student_country: 'Atlantis', minutes_watched: null, practice_exams_passed: 0 },
  ];
  const { predictions } = JSON.parse(
    (await post(makeApp(), '/batch_predict', JSON.stringify(rows))).text,
  ) as { predictions: { probability: number; label: string }[] };
  assert.equal(JSON.parse(text), {
    model_name: 'students',
    model_version: 'run-1',
    id: 'request 7',
    parameters: { model_sha256: 'ab' },
    outputs: [
      {
        name: 'probability',
        datatype: 'FP32',
        shape: [2],
        data: predictions.map(({ probability }) => probability),
      },
      { name: 'label', datatype: 'BYTES', shape: [2], data: predictions.map(({ label }) => label) },
      { name: 'prediction_id', datatype: 'BYTES', shape: [2], data: ['id', 'id'] },
    ],
  });
  assert.equal(
    log.entries.map(({ features }) => features),
    rows,
  );
});

test('columns, nested data and ids of the client are taken', async () => {
  const flat = await infer(makeApp(), { inputs: tensors() });
  const nested = tensors().map((tensor) => ({
    ...tensor,
    shape: [2, 1],
    data: tensor.data!.map((value) => [value]),
  }));
  assert.is((await infer(makeApp(), { inputs: nested })).text, flat.text);
  const ids = { name: 'prediction_id', shape: [2], datatype: 'BYTES', data: ['a', 'b'] };
  const { outputs } = JSON.parse((await infer(makeApp(), { inputs: [ids, ...tensors()] })).text);
  assert.equal(outputs[2].data, ['a', 'b']);
});

test('only the outputs that are asked for come', async () => {
  const request = { inputs: tensors(), outputs: [{ name: 'label' }] };
  const { outputs } = JSON.parse((await infer(makeApp(), request)).text);
  assert.equal(
    outputs.map(({ name }: Tensor) => name),
    ['label'],
  );
});

/** The request with the data of its tensors as bytes behind it. */
function asBytes(request: { inputs: Tensor[]; [key: string]: unknown }): [Uint8Array, string] {
  const pieces: Uint8Array[] = [];
  const inputs = request.inputs.map(({ data, ...tensor }) => {
    const bytes =
      tensor.datatype === 'BYTES'
        ? encodeBinary({ name: '', shape: [], datatype: 'BYTES', data: data as string[] })
        : tensor.datatype === 'INT64'
          ? new Uint8Array(BigInt64Array.from(data as number[], BigInt).buffer)
          : tensor.datatype === 'FP64'
            ? new Uint8Array(Float64Array.from(data as number[]).buffer)
            : new Uint8Array(Float32Array.from(data as number[], (x) => x ?? NaN).buffer);
    pieces.push(bytes);
    return { ...tensor, parameters: { binary_data_size: bytes.length } };
  });
  const json = new TextEncoder().encode(JSON.stringify({ ...request, inputs }));
  const body = Buffer.concat([json, ...pieces]);
  return [body, String(json.length)];
}

test('tensors may come and go as bytes', async () => {
  const expected = JSON.parse((await infer(makeApp(), { inputs: tensors() })).text);
  const [body, length] = asBytes({
    inputs: tensors(),
    parameters: { binary_data_output: true },
    outputs: [{ name: 'probability' }, { name: 'label', parameters: { binary_data: false } }],
  });
  const app = makeApp();
  const response = await app.fetch(
    new Request(`http://test${PATH}/infer`, {
      method: 'POST',
      headers: { 'inference-header-content-length': length },
      body: body as BodyInit,
    }),
  );
  assert.is(response.status, 200);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const jsonLength = Number(response.headers.get('inference-header-content-length'));
  const { outputs } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, jsonLength)));
  let at = jsonLength;
  for (const output of outputs) {
    const size = output.parameters.binary_data_size as number;
    const data = decodeBinary(bytes.subarray(at, at + size), output.datatype, 2);
    const { data: told } = expected.outputs.find(({ name }: Tensor) => name === output.name);
    assert.equal(data, told);
    at += size;
  }
  assert.is(at, bytes.length);
});

test('texts go through bytes as they are, a byte order mark included', () => {
  const data = ['\uFEFFUS', '', 'Ö', 'US\uFEFF'];
  const bytes = encodeBinary({ name: '', shape: [4], datatype: 'BYTES', data });
  assert.equal(decodeBinary(bytes, 'BYTES', 4), data);
});

test('the other tasks have outputs of their own', async () => {
  for (const [task, outputs] of [
    ['multiclass', ['probabilities', 'label', 'prediction_id']],
    ['regression', ['prediction', 'prediction_id']],
  ] as const) {
    const { scorer, reference: own, records } = await trainedModel(task);
    const app = makeApp({ scorer, reference: own });
    const inputs = scorer.schema.fields.map(({ name, type }) => ({
      name,
      shape: [3],
      datatype: type === 'number' ? 'FP64' : 'BYTES',
      data: records.slice(0, 3).map((record) => record[name]),
    }));
    const { text } = await infer(app, { inputs });
    const told = JSON.parse(text).outputs as Tensor[];
    assert.equal(
      told.map(({ name }) => name),
      outputs,
    );
    assert.equal(told[0]!.data, [...scorer.predict(records.slice(0, 3))]);
    assert.equal(told[0]!.shape, task === 'multiclass' ? [3, 3] : [3]);
  }
});

test('what breaks the protocol or does not fit the model is 400 and says what', async () => {
  const app = makeApp();
  const input = { name: 'x', shape: [2], datatype: 'FP32', data: [1, 2] };
  for (const [request, message] of [
    [[], 'expected the request to be an object'],
    [{}, 'expected "inputs"'],
    [{ inputs: [] }, 'expected "inputs"'],
    [{ id: 7, inputs: tensors() }, 'expected "id" to be a string'],
    [{ inputs: [7] }, 'expected an input to be an object'],
    [{ inputs: tensors().slice(1) }, 'lack the fields student_country'],
    [{ inputs: [...tensors(), input] }, 'the model has no input "x"'],
    [{ inputs: [...tensors(), tensors()[0]] }, '"student_country" is there twice'],
    [
      { inputs: tensors({ minutes_watched: { datatype: 'BYTES' } }) },
      'expected numbers, got BYTES',
    ],
    [{ inputs: tensors({ student_country: { datatype: 'INT8' } }) }, 'expected BYTES, got INT8'],
    [
      { inputs: tensors({ minutes_watched: { datatype: 'FP16' } }) },
      'expected "datatype" to be one of',
    ],
    [{ inputs: tensors({ minutes_watched: { shape: [1, 2] } }) }, 'expected "shape" to be [rows]'],
    [
      { inputs: tensors({ minutes_watched: { shape: [3] } }) },
      'expected every input to have 2 rows',
    ],
    [
      { inputs: tensors({ minutes_watched: { data: [1] } }) },
      'inputs[1]: expected 2 elements of "data"',
    ],
    [
      { inputs: tensors({ minutes_watched: { data: ['1', 2] } }) },
      'inputs.0.minutes_watched: expected a number',
    ],
    [
      { inputs: tensors({ practice_exams_passed: { data: [9, 0] } }) },
      'inputs.0.practice_exams_passed: ',
    ],
    [{ inputs: tensors(), outputs: [{ name: 'y' }] }, 'the model has no output "y"'],
    [{ inputs: tensors(), outputs: 'label' }, 'expected "outputs" to be an array'],
    [
      { inputs: tensors(), outputs: [{ name: 'label', parameters: { classification: 2 } }] },
      'classification extension',
    ],
  ] as const) {
    const answer = await infer(app, request);
    assert.is(answer.status, 400, message);
    assert.ok(errorOf(answer).includes(message), `${errorOf(answer)} / ${message}`);
  }
  assert.is(errorOf(await post(app, `${PATH}/infer`, '{')), 'the body is not valid JSON');
});

test('bytes that do not fit are refused', async () => {
  const app = makeApp();
  const [body, length] = asBytes({ inputs: tensors({ minutes_watched: { data: [1, 2] } }) });
  const ask = (bytes: Uint8Array, header: string): Promise<Answered> =>
    post(app, `${PATH}/infer`, bytes, 'application/octet-stream', {
      'inference-header-content-length': header,
    });
  assert.is((await ask(body, length)).status, 200);
  for (const header of ['-1', 'x', String(body.length + 1), '3', '']) {
    assert.is((await ask(body, header)).status, 400, header);
  }
  assert.match(errorOf(await ask(body.subarray(0, -1), length)), 'bytes that are there');
  assert.match(errorOf(await ask(Buffer.concat([body, body]), length)), 'belong to no input');
});

test('another model or version is 404, a wrong method 405', async () => {
  const app = makeApp();
  for (const path of ['/v2/models/other', `${PATH}/versions/2`, '/v2/models/other/ready']) {
    const answer = await send(app, path);
    assert.is(answer.status, 404);
    assert.match(errorOf(answer), /no such (model|version); there is "(students|run-1)"/);
  }
  assert.is((await infer(app, { inputs: tensors() }, '/v2/models/other')).status, 404);
  assert.is((await send(app, `${PATH}/infer`)).status, 405);
  assert.throws(() => makeApp({ modelName: 'a/b' }), /"modelName"/);
});

test('a batch has a limit of rows here too', async () => {
  const answer = await infer(makeApp({ limits: { maxBatchRows: 1 } }), { inputs: tensors() });
  assert.match(errorOf(answer), 'expected at most 1 rows, got 2');
});

test('any bytes are read or refused', () => {
  const types = fc.constantFrom(
    'BYTES',
    'FP32',
    'FP64',
    'INT64',
    'UINT64',
    'BOOL',
    'INT8',
    'UINT16',
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), types, fc.nat(8), (bytes, type, count) => {
      try {
        assert.is(decodeBinary(bytes, type, count).length, count);
      } catch (error) {
        assert.is((error as Error).name, 'Refusal');
      }
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
      const tensor = { name: '', shape: [], datatype: 'BYTES' as const, data: texts };
      assert.equal(decodeBinary(encodeBinary(tensor), 'BYTES', texts.length), texts);
    }),
  );
});

test.run();
