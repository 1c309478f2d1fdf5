import { Refusal } from '../http/refusal.js';

/** A tensor of the Open Inference Protocol as it came in, its data flat and row-major. */
export interface InputTensor {
  name: string;
  datatype: Datatype;
  /** numbers, or text of BYTES; null where JSON said so */
  data: readonly unknown[];
}

/** A tensor that goes out. */
export interface OutputTensor {
  name: string;
  datatype: 'FP32' | 'BYTES';
  shape: number[];
  data: Float32Array | readonly string[];
}

export type NumericType = 'BOOL' | `${'UINT' | 'INT'}${8 | 16 | 32 | 64}` | 'FP32' | 'FP64';
export type Datatype = NumericType | 'BYTES';

/** Bytes an element, and how one is read. */
export const NUMERIC_TYPES: Readonly<
  Record<NumericType, readonly [number, (view: DataView, at: number) => number]>
> = {
  BOOL: [1, (view, at) => view.getUint8(at)],
  UINT8: [1, (view, at) => view.getUint8(at)],
  UINT16: [2, (view, at) => view.getUint16(at, true)],
  UINT32: [4, (view, at) => view.getUint32(at, true)],
  UINT64: [8, (view, at) => Number(view.getBigUint64(at, true))],
  INT8: [1, (view, at) => view.getInt8(at)],
  INT16: [2, (view, at) => view.getInt16(at, true)],
  INT32: [4, (view, at) => view.getInt32(at, true)],
  INT64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  FP32: [4, (view, at) => view.getFloat32(at, true)],
  FP64: [8, (view, at) => view.getFloat64(at, true)],
};

/** @throws {Refusal} 400 when it is none that a field can take. */
export function checkDatatype(value: unknown): Datatype {
  if (value === 'BYTES') return value;
  if (typeof value === 'string' && Object.hasOwn(NUMERIC_TYPES, value)) return value as NumericType;
  const known = ['BYTES', ...Object.keys(NUMERIC_TYPES)].join(', ');
  throw invalid(`expected "datatype" to be one of ${known}`);
}

/** A request that breaks the protocol, or does not fit the model. */
export function invalid(message: string): Refusal {
  return new Refusal(400, message);
}
