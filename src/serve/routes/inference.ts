import { jsonAnswer } from '../http/answers.js';
import type { Answer, Body, Exchange } from '../http/exchange.js';
import { Refusal } from '../http/refusal.js';
import { parseInferRequest } from '../inference/inferRequest.js';
import { rowsOfTensors } from '../inference/inputRows.js';
import { checkOutputs, inferAnswer, outputMetadata, outputTensors } from '../inference/outputs.js';
import type { ServedModel } from '../model/servedModel.js';
import { acceptRows } from '../rows/acceptRows.js';
import type { Serving } from '../serving.js';

const OPEN = { access: 'open', refused: errorAnswer } as const;
const MODEL = { access: 'model', refused: errorAnswer } as const;

/**
 * The Open Inference Protocol, version 2, with the extension `binary_tensor_data`, so that clients of KServe, Triton,
 * MLServer and OpenVINO work: an input tensor a field of the model. https://github.com/kserve/open-inference-protocol
 */
export function addInference(serving: Serving): void {
  const { router, notReady, serverVersion } = serving;
  router.get('/v2', MODEL, () =>
    jsonAnswer({ name: 'coppice', version: serverVersion, extensions: ['binary_tensor_data'] }),
  );
  router.get('/v2/health/live', OPEN, () => jsonAnswer({ live: true }));
  router.get('/v2/health/ready', OPEN, () => readiness({}, notReady() === undefined));
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    router.get(path, MODEL, (exchange) =>
      jsonAnswer(metadata(modelOf(serving, exchange), serving)),
    );
    router.get(`${path}/ready`, MODEL, (exchange) => {
      modelOf(serving, exchange);
      return readiness({ name: serving.modelName }, notReady() === undefined);
    });
    const options = { ...MODEL, maxBytes: serving.limits.maxBodyBytes };
    router.post(`${path}/infer`, options, (exchange, body) => infer(serving, exchange, body));
  }
}

async function infer(serving: Serving, exchange: Exchange, body: Body): Promise<Answer> {
  const { limits, metrics, modelName } = serving;
  const bytes = await exchange.bytes(body);
  const model = modelOf(serving, exchange);
  const jsonLength = exchange.header('inference-header-content-length');
  const request = parseInferRequest(bytes, jsonLength, limits.maxBatchRows);
  checkOutputs(model, request);
  const batch = rowsOfTensors(request, model.scorer.schema.fields);
  const { records, ids } = acceptRows(batch, model, limits.maxProblems);
  const predicted = await model.predict(records, ids);
  metrics.predictions.value += records.length;
  metrics.batchRows.observe(records.length);
  const head = {
    model_name: modelName,
    model_version: versionOf(model),
    ...(request.id !== undefined && { id: request.id }),
    ...(model.info.sha256 !== undefined && { parameters: { model_sha256: model.info.sha256 } }),
  };
  return inferAnswer(head, outputTensors(model, predicted), request);
}

/** @throws {Refusal} 404 when the path names another model or version. */
function modelOf({ current, modelName }: Serving, { params }: Exchange): ServedModel {
  const model = current();
  const { name, version } = params;
  if (name !== modelName) throw new Refusal(404, `no such model; there is "${modelName}"`);
  if (version !== undefined && version !== versionOf(model)) {
    throw new Refusal(404, `no such version; there is "${versionOf(model)}"`);
  }
  return model;
}

function versionOf({ info }: ServedModel): string {
  return info.run_id ?? info.sha256?.slice(0, 12) ?? '1';
}

function metadata(model: ServedModel, { modelName }: Serving): unknown {
  return {
    name: modelName,
    versions: [versionOf(model)],
    platform: 'coppice',
    inputs: model.scorer.schema.fields.map(({ name, type }) => ({
      name,
      datatype: type === 'number' ? 'FP32' : 'BYTES',
      shape: [-1],
    })),
    outputs: outputMetadata(model),
  };
}

function readiness(head: object, ready: boolean): Answer {
  return jsonAnswer({ ...head, ready }, ready ? 200 : 503);
}

/** `{ error }`, as the protocol says; everything that is wrong with the rows is 400. */
function errorAnswer({ status, detail, headers }: Refusal): Answer {
  const error =
    typeof detail === 'string'
      ? detail
      : detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ');
  return jsonAnswer({ error }, status === 422 ? 400 : status, headers);
}
