import { ref } from './schemas.js';

/** An operation of the document, without its security. */
export type Operation = Readonly<Record<string, unknown>>;

interface OperationParts {
  tag: string;
  summary: string;
  description?: string;
  parameters?: readonly unknown[];
  /** content type → schema */
  body?: Readonly<Record<string, unknown>>;
  /** content type → schema of the answer 200 */
  answer: Readonly<Record<string, unknown>>;
  /** status → what it says, besides those that every operation of the kind has */
  refusals?: Readonly<Record<string, string>>;
}

const OF_ALL = { '429': 'Too many requests of this client.', '500': 'A failure of the server.' };
const OF_BODIES = {
  '400': 'The body cannot be read.',
  '413': 'The body is too large.',
  '415': 'The content type is another.',
  '503': 'Too much at hand, or the prediction log takes no more. See Retry-After.',
};

/** Fills in what every operation has. */
export function operation(id: string, parts: OperationParts): Operation {
  const { tag, summary, description, parameters, body, answer, refusals } = parts;
  const told = { ...OF_ALL, ...(body && OF_BODIES), ...refusals };
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(parameters && { parameters }),
    ...(body && { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      '200': { description: 'Answered.', content: contentOf(answer) },
      ...Object.fromEntries(Object.entries(told).map(([status, text]) => [status, refusal(text)])),
      ...(body && {
        '422': {
          description: 'The request does not fit the model.',
          content: contentOf({ 'application/json': ref('ValidationError') }),
        },
      }),
    },
  };
}

function refusal(description: string): unknown {
  return { description, content: contentOf({ 'application/json': ref('Detail') }) };
}

function contentOf(schemas: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }]));
}
