import { Refusal } from '../http/refusal.js';
import { parseJson } from '../http/requestBody.js';
import { decodeBinary } from './binaryData.js';
import { checkDatatype, type InputTensor, invalid } from './tensor.js';

/** A request for predictions, in the words of the Open Inference Protocol. */
export interface InferRequest {
  id: string | undefined;
  inputs: InputTensor[];
  /** elements that each input has, which is the rows to predict */
  rowCount: number;
  /** the outputs asked for, by name, and whether as bytes; undefined for all */
  outputs: ReadonlyMap<string, boolean> | undefined;
  /** whether outputs that do not say come as bytes */
  binaryOutput: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a request.
 * @param body - JSON, and behind it the data of tensors that come as bytes
 * @param jsonLength - bytes of the JSON: the header `Inference-Header-Content-Length`; undefined when there is nothing else
 * @throws {Refusal} 400 saying what breaks the protocol.
 */
export function parseInferRequest(
  body: Uint8Array,
  jsonLength: string | undefined,
  maxRows: number,
): InferRequest {
  const length = jsonLength === undefined ? body.length : Number(jsonLength);
  if (!Number.isInteger(length) || length < 0 || length > body.length) {
    throw invalid('expected Inference-Header-Content-Length to be the length of the JSON');
  }
  const request = asObject(
    parseJson(new TextDecoder().decode(body.subarray(0, length))),
    'the request',
  );
  const { id, inputs, outputs, parameters } = request;
  if (id !== undefined && typeof id !== 'string') throw invalid('expected "id" to be a string');
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw invalid('expected "inputs", an array of tensors');
  const rowCount = rowsOf(asObject(inputs[0], 'an input'), maxRows);
  const binary = { bytes: body.subarray(length), at: 0 };
  const tensors = inputs.map((input, index) =>
    within(`inputs[${index}]`, () =>
      readTensor(asObject(input, 'an input'), rowCount, maxRows, binary),
    ),
  );
  if (binary.at !== binary.bytes.length) {
    throw invalid(`${binary.bytes.length - binary.at} bytes behind the JSON belong to no input`);
  }
  return {
    id,
    inputs: tensors,
    rowCount,
    outputs: outputs === undefined ? undefined : readOutputs(outputs),
    binaryOutput: parametersOf(parameters).binary_data_output === true,
  };
}

function readTensor(
  input: Json,
  rowCount: number,
  maxRows: number,
  binary: { bytes: Uint8Array; at: number },
): InputTensor {
  const { name, datatype: given, data, parameters } = input;
  if (typeof name !== 'string') throw invalid('expected each input to have a "name"');
  const datatype = checkDatatype(given);
  const rows = rowsOf(input, maxRows);
  if (rows !== rowCount)
    throw invalid(`expected every input to have ${rowCount} rows, got one with ${rows}`);
  const { binary_data_size: size } = parametersOf(parameters);
  if (size === undefined) return { name, datatype, data: flatData(data, rowCount) };
  if (data !== undefined)
    throw invalid('expected an input to have "data" or "binary_data_size", not both');
  const end = binary.at + (size as number);
  if (!Number.isInteger(size) || (size as number) < 0 || end > binary.bytes.length) {
    throw invalid('expected "binary_data_size" to be bytes that are there');
  }
  const bytes = binary.bytes.subarray(binary.at, end);
  binary.at = end;
  return { name, datatype, data: decodeBinary(bytes, datatype, rowCount) };
}

/** Says where it was, when something is wrong. */
function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw invalid(`${place}: ${error.message}`);
    throw error;
  }
}

/** Rows of a tensor of shape [rows] or [rows, 1]. */
function rowsOf({ shape }: Json, maxRows: number): number {
  const isShape =
    Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && size >= 0);
  if (!isShape || shape.length < 1 || shape.length > 2 || (shape.length === 2 && shape[1] !== 1)) {
    throw invalid('expected "shape" to be [rows] or [rows, 1]: an input is a field of the model');
  }
  const [rows] = shape as number[];
  if (rows! <= maxRows) return rows!;
  throw invalid(`expected at most ${maxRows} rows, got ${rows}`);
}

/** Data flat or nested, as the protocol allows. */
function flatData(data: unknown, count: number): readonly unknown[] {
  if (!Array.isArray(data)) throw invalid('expected each input to have "data"');
  const flat = data.some(Array.isArray) ? data.flat(1) : data;
  if (flat.length === count) return flat;
  throw invalid(`expected ${count} elements of "data" as the shape says, got ${flat.length}`);
}

function readOutputs(outputs: unknown): Map<string, boolean> {
  if (!Array.isArray(outputs)) throw invalid('expected "outputs" to be an array');
  return new Map(
    outputs.map((given) => {
      const output = asObject(given, 'an output');
      if (typeof output.name !== 'string') throw invalid('expected each output to have a "name"');
      const parameters = parametersOf(output.parameters);
      if (parameters.classification !== undefined) {
        throw invalid('the classification extension is not served; ask for "label"');
      }
      return [output.name, parameters.binary_data === true];
    }),
  );
}

function parametersOf(parameters: unknown): Json {
  return parameters === undefined ? {} : asObject(parameters, '"parameters"');
}

function asObject(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw invalid(`expected ${what} to be an object`);
}
