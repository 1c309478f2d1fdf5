import type { Operation } from './operations.js';
import type { JsonSchema } from './schemas.js';

const TENSOR: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
    datatype: { type: 'string' },
    parameters: { type: 'object' },
    data: { type: 'array', items: {} },
  },
  required: ['name', 'shape', 'datatype'],
};

const REQUEST: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    parameters: { type: 'object' },
    inputs: { type: 'array', items: TENSOR },
    outputs: { type: 'array', items: { type: 'object' } },
  },
  required: ['inputs'],
};

/** The paths of the Open Inference Protocol, version 2. Its errors are `{ "error": "..." }`. */
export function inferencePaths(modelName: string): Record<string, Record<string, Operation>> {
  const model = `/v2/models/${encodeURIComponent(modelName)}`;
  const get = (id: string, summary: string): Record<string, Operation> => ({
    get: operationOf(id, summary),
  });
  return {
    '/v2': get('v2Server', 'The server and its extensions'),
    '/v2/health/live': get('v2Live', 'Whether the server answers'),
    '/v2/health/ready': get('v2Ready', 'Whether requests may be sent here'),
    [model]: get('v2Model', 'The tensors of the model'),
    [`${model}/ready`]: get('v2ModelReady', 'Whether the model is ready'),
    [`${model}/infer`]: {
      post: {
        ...operationOf('v2Infer', 'Predictions of tensors, one input a field'),
        requestBody: { required: true, content: { 'application/json': { schema: REQUEST } } },
      },
    },
  };
}

function operationOf(id: string, summary: string): Operation {
  const content = (schema: JsonSchema): unknown => ({ 'application/json': { schema } });
  const error = { type: 'object', properties: { error: { type: 'string' } } };
  return {
    operationId: id,
    tags: ['inference protocol'],
    summary,
    responses: {
      '200': { description: 'Answered.', content: content({ type: 'object' }) },
      default: { description: 'An error.', content: content(error) },
    },
  };
}
