import { PbfWriter } from 'pbf';

/**
 * The part of the ONNX protocol buffers (onnx.proto3, IR version 8) that a graph of ours needs, as plain objects, and the
 * writer that turns them into bytes. The numbers beside the fields are those of the schema.
 */

/** TensorProto.DataType */
export const DATA_TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  double: 11,
} as const;

export type ElementType = keyof typeof DATA_TYPE;

/** Constant data: row-major `values`; a scalar has no dimensions. int64 values are safe integers. */
export interface Tensor {
  type: ElementType;
  dims: readonly number[];
  values: ArrayLike<number> | readonly string[];
}

/** An attribute of a node; the kind says which of the schema's fields carries it. */
export type Attribute =
  | { kind: 'int'; value: number }
  | { kind: 'float'; value: number }
  | { kind: 'string'; value: string }
  | { kind: 'ints'; value: ArrayLike<number> }
  | { kind: 'floats'; value: ArrayLike<number> }
  | { kind: 'strings'; value: readonly string[] }
  | { kind: 'tensor'; value: Tensor };

export interface Node {
  name: string;
  opType: string;
  /** '' is the standard domain */
  domain: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** A graph input or output; a dimension is a number or the name of a symbolic size. */
export interface ValueInfo {
  name: string;
  type: ElementType;
  dims: readonly (number | string)[];
}

export interface Graph {
  name: string;
  nodes: readonly Node[];
  initializers: readonly { name: string; tensor: Tensor }[];
  inputs: readonly ValueInfo[];
  outputs: readonly ValueInfo[];
}

export interface ModelProto {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  /** domain to version */
  opsets: Readonly<Record<string, number>>;
  graph: Graph;
  metadata: Readonly<Record<string, string>>;
}

/** AttributeProto.type */
const ATTRIBUTE_TYPE = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

/** Serialises a model. Equal models give equal bytes. */
export function encodeModelProto(model: ModelProto): Uint8Array {
  const writer = new PbfWriter();
  writeModel(model, writer);
  // a copy, as finish() returns a view of a buffer up to twice as long
  return writer.finish().slice();
}

function writeModel(model: ModelProto, writer: PbfWriter): void {
  writer.writeVarintField(1, model.irVersion); // ir_version
  writer.writeStringField(2, model.producerName); // producer_name
  writer.writeStringField(3, model.producerVersion); // producer_version
  writer.writeMessage(7, writeGraph, model.graph); // graph
  for (const opset of Object.entries(model.opsets)) writer.writeMessage(8, writeOpset, opset); // opset_import
  for (const entry of Object.entries(model.metadata)) writer.writeMessage(14, writeEntry, entry); // metadata_props
}

function writeOpset([domain, version]: [string, number], writer: PbfWriter): void {
  writer.writeStringField(1, domain); // domain
  writer.writeVarintField(2, version); // version
}

function writeEntry([key, value]: [string, string], writer: PbfWriter): void {
  writer.writeStringField(1, key); // key
  writer.writeStringField(2, value); // value
}

function writeGraph(graph: Graph, writer: PbfWriter): void {
  for (const node of graph.nodes) writer.writeMessage(1, writeNode, node); // node
  writer.writeStringField(2, graph.name); // name
  for (const initializer of graph.initializers) {
    writer.writeMessage(5, writeNamedTensor, initializer); // initializer
  }
  for (const input of graph.inputs) writer.writeMessage(11, writeValueInfo, input); // input
  for (const output of graph.outputs) writer.writeMessage(12, writeValueInfo, output); // output
}

function writeNode(node: Node, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input); // input
  for (const output of node.outputs) writer.writeStringField(2, output); // output
  writer.writeStringField(3, node.name); // name
  writer.writeStringField(4, node.opType); // op_type
  for (const attribute of Object.entries(node.attributes)) {
    writer.writeMessage(5, writeAttribute, attribute); // attribute
  }
  if (node.domain !== '') writer.writeStringField(7, node.domain); // domain
}

function writeAttribute([name, attribute]: [string, Attribute], writer: PbfWriter): void {
  writer.writeStringField(1, name); // name
  switch (attribute.kind) {
    case 'float':
      writer.writeFloatField(2, attribute.value); // f
      break;
    case 'int':
      writer.writeVarintField(3, attribute.value); // i
      break;
    case 'string':
      writer.writeStringField(4, attribute.value); // s
      break;
    case 'tensor':
      writer.writeMessage(5, writeTensor, attribute.value); // t
      break;
    case 'floats':
      writer.writePackedFloat(7, Array.from(attribute.value)); // floats
      break;
    case 'ints':
      writer.writePackedVarint(8, Array.from(attribute.value)); // ints
      break;
    case 'strings':
      for (const text of attribute.value) writer.writeStringField(9, text); // strings
      break;
  }
  writer.writeVarintField(20, ATTRIBUTE_TYPE[attribute.kind]); // type
}

function writeNamedTensor(
  { name, tensor }: { name: string; tensor: Tensor },
  writer: PbfWriter,
): void {
  writeTensor(tensor, writer);
  writer.writeStringField(8, name); // name
}

function writeTensor({ type, dims, values }: Tensor, writer: PbfWriter): void {
  writer.writePackedVarint(1, [...dims]); // dims
  writer.writeVarintField(2, DATA_TYPE[type]); // data_type
  if (type === 'string') {
    for (const text of values as readonly string[]) writer.writeStringField(6, text); // string_data
  } else {
    writer.writeBytesField(9, rawBytes(type, values as ArrayLike<number>)); // raw_data
  }
}

/** Elements in the little-endian layout of `raw_data`. */
function rawBytes(type: Exclude<ElementType, 'string'>, values: ArrayLike<number>): Uint8Array {
  const size = { float: 4, uint8: 1, int8: 1, int32: 4, int64: 8, bool: 1, double: 8 }[type];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (type === 'float') view.setFloat32(4 * i, value, true);
    else if (type === 'double') view.setFloat64(8 * i, value, true);
    else if (type === 'int64') view.setBigInt64(8 * i, BigInt(value), true);
    else if (type === 'int32') view.setInt32(4 * i, value, true);
    else view.setUint8(i, value);
  }
  return bytes;
}

function writeValueInfo({ name, type, dims }: ValueInfo, writer: PbfWriter): void {
  writer.writeStringField(1, name); // name
  writer.writeMessage(2, writeType, { type, dims }); // type
}

function writeType(info: Omit<ValueInfo, 'name'>, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, info); // tensor_type
}

function writeTensorType({ type, dims }: Omit<ValueInfo, 'name'>, writer: PbfWriter): void {
  writer.writeVarintField(1, DATA_TYPE[type]); // elem_type
  writer.writeMessage(2, writeShape, dims); // shape
}

function writeShape(dims: readonly (number | string)[], writer: PbfWriter): void {
  for (const dim of dims) writer.writeMessage(1, writeDimension, dim); // dim
}

function writeDimension(dim: number | string, writer: PbfWriter): void {
  if (typeof dim === 'string')
    writer.writeStringField(2, dim); // dim_param
  else writer.writeVarintField(1, dim); // dim_value
}
