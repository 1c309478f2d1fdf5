import type { AccessTokens } from '../http/bearerToken.js';
import type { ServeLimits } from '../limits.js';
import type { ServedModel } from '../model/servedModel.js';
import { inferencePaths } from './inferencePaths.js';
import { type Operation, operation } from './operations.js';
import { type JsonSchema, modelSchemas, ref } from './schemas.js';

const OBJECT: JsonSchema = { type: 'object' };
const JSON_OBJECT = { 'application/json': OBJECT };
const TEXT: JsonSchema = { type: 'string' };
const ROWS = { 'application/x-ndjson': TEXT, 'text/csv': TEXT };

/** What `/openapi.json` is made of. */
export interface DocumentParts {
  model: ServedModel;
  limits: ServeLimits;
  tokens: AccessTokens;
  /** of `/v2/models/{name}` */
  modelName: string;
}

/** The service of a model as an OpenAPI 3.1 document. https://spec.openapis.org/oas/v3.1.0 */
export function openApiDocument({ model, limits, tokens, modelName }: DocumentParts): unknown {
  const { info, scorer } = model;
  const secured = tokens.token !== undefined || tokens.monitoringToken !== undefined;
  return {
    openapi: '3.1.0',
    info: {
      title: `Predictions of ${scorer.schema.target.name}`,
      version: info.run_id ?? info.sha256?.slice(0, 12) ?? '0',
      description: `A ${scorer.task} model served by coppice.`,
    },
    tags: [
      { name: 'predict', description: 'What the model makes of records.' },
      { name: 'model', description: 'What the model is, and how the server is.' },
      { name: 'monitoring', description: 'Whether the world is still that of training.' },
      { name: 'inference protocol', description: 'The Open Inference Protocol, version 2.' },
    ],
    paths: {
      ...predictPaths(),
      ...modelPaths(),
      ...monitoringPaths(),
      ...inferencePaths(modelName),
    },
    components: {
      schemas: modelSchemas(model, limits),
      ...(secured && { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }),
    },
    ...(secured && { security: [{ bearer: [] }] }),
  };
}

type Paths = Record<string, Record<string, Operation>>;

function predictPaths(): Paths {
  const explain = {
    name: 'explain',
    in: 'query',
    description: '1 adds the features that moved the prediction most.',
    schema: { type: 'integer', enum: [0, 1] },
  };
  return {
    '/predict': {
      post: operation('predict', {
        tag: 'predict',
        summary: 'The prediction of one record',
        parameters: [explain],
        body: { 'application/json': ref('Record') },
        answer: { 'application/json': ref('Prediction') },
        refusals: { '501': 'This server has no explanations.' },
      }),
    },
    '/batch_predict': {
      post: operation('batchPredict', {
        tag: 'predict',
        summary: 'The predictions of many records, in order and in kind',
        description:
          'JSON: an array of records, or { "instances": [...] }. JSON lines: a record a line. CSV: a header with the fields, in any order.',
        body: { 'application/json': ref('Records'), ...ROWS },
        answer: { 'application/json': ref('Predictions'), ...ROWS },
      }),
    },
  };
}

function modelPaths(): Paths {
  const get = (id: string, summary: string, more: object = {}): Record<string, Operation> => ({
    get: operation(id, { tag: 'model', summary, answer: JSON_OBJECT, ...more }),
  });
  return {
    '/model': get('model', 'What the model is, what it takes and where it comes from'),
    '/health': get('health', 'How the server is, for people'),
    '/livez': get('live', 'Whether the process answers'),
    '/readyz': get('ready', 'Whether requests may be sent here', {
      refusals: { '503': 'Not now; `reason` says why.' },
    }),
    '/metrics': get('metrics', 'Counts and times, for Prometheus', {
      answer: { 'text/plain': TEXT },
    }),
  };
}

function monitoringPaths(): Paths {
  const tag = 'monitoring';
  const answer = JSON_OBJECT;
  const labels: JsonSchema = { oneOf: [ref('Label'), { type: 'array', items: ref('Label') }] };
  return {
    '/monitoring/drift': {
      get: operation('drift', { tag, summary: 'The drift decision and its evidence', answer }),
    },
    '/monitoring/retraining_trigger': {
      get: operation('retrainingTrigger', { tag, summary: 'The decision alone', answer }),
    },
    '/monitoring/labels': {
      post: operation('labels', {
        tag,
        summary: 'What turned out to be true, by prediction_id',
        body: { 'application/json': labels },
        answer,
        refusals: { '501': 'This monitor takes no labels.' },
      }),
    },
    '/monitoring/state': {
      get: operation('state', {
        tag,
        summary: 'A snapshot that merges with those of other workers',
        answer,
        refusals: { '501': 'This monitor gives no snapshots.' },
      }),
    },
  };
}
