import { jsonText } from '../http/answers.js';
import type { Answer } from '../http/exchange.js';
import type { Predicted } from '../model/ledger.js';
import type { ServedModel } from '../model/servedModel.js';
import { encodeBinary } from './binaryData.js';
import type { InferRequest } from './inferRequest.js';
import { invalid, type OutputTensor } from './tensor.js';

/** The names, types and shapes of what comes out; -1 is the number of rows. */
export function outputMetadata({
  scorer,
}: ServedModel): { name: string; datatype: string; shape: number[] }[] {
  const label = { name: 'label', datatype: 'BYTES', shape: [-1] };
  const id = { name: 'prediction_id', datatype: 'BYTES', shape: [-1] };
  if (scorer.task === 'regression') {
    return [{ name: 'prediction', datatype: 'FP32', shape: [-1] }, id];
  }
  if (scorer.task === 'binary') {
    return [{ name: 'probability', datatype: 'FP32', shape: [-1] }, label, id];
  }
  return [{ name: 'probabilities', datatype: 'FP32', shape: [-1, scorer.outputCount] }, label, id];
}

/** Everything that can be asked for of rows that were predicted. */
export function outputTensors(model: ServedModel, { predictions, ids }: Predicted): OutputTensor[] {
  const { scorer } = model;
  return outputMetadata(model).map(({ name, shape }) => {
    const own = { name, shape: shape.map((size) => (size === -1 ? ids.length : size)) };
    if (name === 'label') return { ...own, datatype: 'BYTES', data: scorer.labels(predictions) };
    if (name === 'prediction_id') return { ...own, datatype: 'BYTES', data: ids };
    return { ...own, datatype: 'FP32', data: predictions };
  });
}

/** @throws {Refusal} 400 when an output is asked for that there is not. */
export function checkOutputs(model: ServedModel, { outputs }: InferRequest): void {
  const names = outputMetadata(model).map(({ name }) => name);
  for (const name of outputs?.keys() ?? []) {
    if (!names.includes(name)) {
      throw invalid(`the model has no output "${name.slice(0, 100)}"; it has ${names.join(', ')}`);
    }
  }
}

/** The answer: JSON, and behind it the tensors that were asked for as bytes. */
export function inferAnswer(
  head: Readonly<Record<string, unknown>>,
  tensors: readonly OutputTensor[],
  { outputs, binaryOutput }: InferRequest,
): Answer {
  const pieces: Uint8Array[] = [];
  const told = tensors.flatMap((tensor): Readonly<Record<string, unknown>>[] => {
    const { name, datatype, shape, data } = tensor;
    const asked = outputs?.get(name);
    if (outputs && asked === undefined) return [];
    if (!(asked || binaryOutput)) return [{ name, datatype, shape, data: [...data] }];
    const bytes = encodeBinary(tensor);
    pieces.push(bytes);
    return [{ name, datatype, shape, parameters: { binary_data_size: bytes.length } }];
  });
  const json = JSON.stringify({ ...head, outputs: told });
  if (pieces.length === 0) {
    return jsonText(json);
  }
  const start = new TextEncoder().encode(json);
  const body = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, start.length));
  body.set(start);
  let at = start.length;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Inference-Header-Content-Length': String(start.length),
  };
  return { status: 200, headers, body };
}
