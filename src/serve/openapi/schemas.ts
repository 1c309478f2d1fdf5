import { shortest32 } from '../../core/float.js';
import type { Field } from '../../model/schema.js';
import type { FieldReference } from '../../monitor/index.js';
import type { ServeLimits } from '../limits.js';
import { exampleRecord } from '../model/describeModel.js';
import type { ServedModel } from '../model/servedModel.js';

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const PROBABILITY = { type: 'number', minimum: 0, maximum: 1 };
const PREDICTION_ID = { type: 'string', pattern: '^[\\w.:~-]{1,128}$' };
const ID_HINT = 'Names the prediction when labels come; made up when there is none.';
const TEXT = { type: 'string' };

/** A reference to a schema of {@link modelSchemas}. */
export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The schemas of what goes in and out, made from the model's own. */
export function modelSchemas(model: ServedModel, limits: ServeLimits): Record<string, JsonSchema> {
  return {
    Record: recordSchema(model),
    Records: { type: 'array', items: ref('Record'), maxItems: limits.maxBatchRows },
    Prediction: predictionSchema(model),
    Predictions: {
      type: 'object',
      properties: {
        count: { type: 'integer', minimum: 0 },
        model_sha256: TEXT,
        predictions: { type: 'array', items: ref('Prediction') },
      },
      required: ['count', 'predictions'],
    },
    Label: labelSchema(model),
    Detail: { type: 'object', properties: { detail: TEXT }, required: ['detail'] },
    ValidationError: {
      type: 'object',
      properties: { detail: { type: 'array', items: ref('Problem') } },
      required: ['detail'],
    },
    Problem: {
      type: 'object',
      properties: {
        loc: { type: 'array', items: { type: ['string', 'integer'] } },
        msg: TEXT,
        type: TEXT,
      },
      required: ['loc', 'msg', 'type'],
    },
  };
}

function recordSchema(model: ServedModel): JsonSchema {
  const { schema, rules } = model.scorer;
  const properties = schema.fields.map((field, index) => [
    field.name,
    fieldSchema(field, model.reference.fields[index]!),
  ]);
  const isField = schema.fields.some(({ name }) => name === 'prediction_id');
  return {
    type: 'object',
    description: rules.map(({ field, message }) => `${field}: ${message}`).join('\n'),
    properties: {
      ...Object.fromEntries(properties),
      ...(!isField && { prediction_id: { ...PREDICTION_ID, description: ID_HINT } }),
    },
    required: schema.fields.map(({ name }) => name),
    additionalProperties: false,
    examples: [exampleRecord(model)],
  };
}

function fieldSchema({ type }: Field, reference: FieldReference): JsonSchema {
  if (reference.type === 'number') {
    const [minimum, maximum] = [reference.minimum, reference.maximum].map(shortest32);
    return { type: ['number', 'null'], description: `In training from ${minimum} to ${maximum}.` };
  }
  const { levels, otherLevels } = reference;
  const more = otherLevels.length > 0 ? ` and ${otherLevels.length} more` : '';
  return {
    type: [type === 'category' ? 'string' : 'number', 'null'],
    description: `In training ${levels.slice(0, 10).join(', ')}${levels.length > 10 || more ? ', ...' : ''} (${levels.length}${more}). Others are scored as unseen.`,
    examples: levels.slice(0, 5),
  };
}

/** What the answer to one record holds; see `createAnswerWriter`. */
function predictionSchema({ scorer, answers }: ServedModel): JsonSchema {
  const { task, schema } = scorer;
  const { classes } = schema.target;
  const label = { type: 'string', enum: classes };
  const shared = { prediction_id: TEXT, model_sha256: TEXT, explanation: { type: 'object' } };
  const own: Record<string, JsonSchema> = {};
  if (task === 'binary') {
    const [probability, decision] = answers.columns;
    own[probability!] = PROBABILITY;
    own[decision!] = { type: 'integer', enum: [0, 1] };
    Object.assign(own, { probability: PROBABILITY, label, threshold: { type: 'number' } });
  } else if (task === 'multiclass') {
    own[answers.columns[0]!] = label;
    const properties = Object.fromEntries(classes.map((name) => [name, PROBABILITY]));
    const probabilities = { type: 'object', properties, required: classes };
    Object.assign(own, { label, probability: PROBABILITY, probabilities });
  } else {
    const number = { type: ['number', 'null'] };
    own[answers.columns[0]!] = number;
    own.prediction = number;
  }
  const required = [...Object.keys(own), 'prediction_id'];
  return { type: 'object', properties: { ...own, ...shared }, required };
}

function labelSchema({ scorer }: ServedModel): JsonSchema {
  const { task, schema } = scorer;
  return {
    type: 'object',
    properties: {
      prediction_id: PREDICTION_ID,
      label: task === 'regression' ? { type: 'number' } : { enum: schema.target.classes },
      observed_at: { type: 'string', format: 'date-time' },
    },
    required: ['prediction_id', 'label'],
    additionalProperties: false,
  };
}
