import { nearest } from '../../core/check.js';
import type { Field } from '../../model/schema.js';
import { type Batch, batchAt } from '../rows/batch.js';
import { ID_FIELD } from '../rows/predictionId.js';
import type { InferRequest } from './inferRequest.js';
import { type InputTensor, invalid } from './tensor.js';

/**
 * The rows of a request whose inputs are the fields of the model, by name and in any order; `prediction_id` may come
 * along. NaN, null and the empty text are missing values.
 * @throws {Refusal} 400 when an input is no field, is of the wrong type or is absent.
 */
export function rowsOfTensors({ inputs, rowCount }: InferRequest, fields: readonly Field[]): Batch {
  const names = fields.map(({ name }) => name);
  const rows = Array.from({ length: rowCount }, (): Record<string, unknown> => ({}));
  const seen = new Set<string>();
  for (const tensor of inputs) {
    const { name } = tensor;
    if (seen.has(name)) throw invalid(`the input "${name.slice(0, 100)}" is there twice`);
    seen.add(name);
    const read = readerOf(tensor, fields, names);
    for (let row = 0; row < rowCount; row++) {
      const value = read(tensor.data[row]);
      // a field may be called __proto__, which an assignment would take for something else
      Object.defineProperty(rows[row]!, name, { value, enumerable: true });
    }
  }
  const absent = names.filter((name) => !seen.has(name));
  if (absent.length > 0) throw invalid(`the inputs lack the fields ${absent.join(', ')}`);
  return batchAt(['inputs'], rows);
}

function readerOf(
  { name, datatype }: InputTensor,
  fields: readonly Field[],
  names: readonly string[],
): (value: unknown) => unknown {
  const field = fields.find((candidate) => candidate.name === name);
  if (!field && name !== ID_FIELD) {
    const guess = name.length <= 100 ? nearest(name, names) : undefined;
    throw invalid(
      `the model has no input "${name.slice(0, 100)}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`,
    );
  }
  const isText = field?.type !== 'number';
  if (isText !== (datatype === 'BYTES')) {
    throw invalid(`the input "${name}" expected ${isText ? 'BYTES' : 'numbers'}, got ${datatype}`);
  }
  if (isText) return (value) => (value === '' ? null : value);
  return (value) => {
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'number' && Number.isNaN(value) ? null : value;
  };
}
