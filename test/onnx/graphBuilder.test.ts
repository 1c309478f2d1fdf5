import { PbfReader } from 'pbf';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GraphBuilder } from '../../src/onnx/graphBuilder.js';
import { encodeModelProto, type Tensor } from '../../src/onnx/proto.js';
import { TreeEnsemble } from '../../src/onnx/treeEnsemble.js';

/** A message as its fields in order: numbers, or the bytes of strings and messages. */
function fieldsOf(bytes: Uint8Array): { tag: number; value: number | Uint8Array }[] {
  return new PbfReader(bytes).readFields(
    (tag, result: { tag: number; value: number | Uint8Array }[], reader) => {
      const value =
        reader.type === 2
          ? reader.readBytes()
          : reader.type === 5
            ? reader.readFloat()
            : reader.readVarint(true);
      result.push({ tag, value });
    },
    [],
  );
}

function bytesOf(message: Uint8Array, tag: number): Uint8Array[] {
  return fieldsOf(message).flatMap((field) =>
    field.tag === tag ? [field.value as Uint8Array] : [],
  );
}

function textsOf(message: Uint8Array, tag: number): string[] {
  return bytesOf(message, tag).map((bytes) => new TextDecoder().decode(bytes));
}

const GRAPH = 7;
const NODE = 1;
const INITIALIZER = 5;

test('the model header is IR 8, opset 17 and ai.onnx.ml 3', () => {
  const graph = new GraphBuilder();
  graph.addInput('x', 'float', ['N', 1]);
  const model = graph.build('empty', { version: '1', größe: '大' });
  assert.is(fieldsOf(model).find(({ tag }) => tag === 1)!.value, 8);
  assert.equal(textsOf(model, 2), ['coppice']);
  const opsets = bytesOf(model, 8).map((opset) => [
    textsOf(opset, 1)[0],
    fieldsOf(opset).find(({ tag }) => tag === 2)!.value,
  ]);
  assert.equal(opsets, [
    ['', 17],
    ['ai.onnx.ml', 3],
  ]);
  const entries = bytesOf(model, 14).map((entry) => [...textsOf(entry, 1), ...textsOf(entry, 2)]);
  assert.equal(entries, [
    ['version', '1'],
    ['größe', '大'],
  ]);
});

test('equal constants are stored once; type, shape and the sign of zero tell them apart', () => {
  const graph = new GraphBuilder();
  const same = [graph.scalar('float', 2), graph.scalar('float', 2)];
  assert.is(same[0], same[1]);
  assert.is(graph.scalar('float', NaN), graph.scalar('float', NaN));
  const different = [
    graph.scalar('float', 2),
    graph.scalar('double', 2),
    graph.row('float', [2]),
    graph.scalar('float', 0),
    graph.scalar('float', -0),
    graph.scalar('float', NaN),
    graph.addInitializer({ type: 'string', dims: [], values: ['2'] }),
  ];
  assert.is(new Set(different).size, different.length);
  const [proto] = bytesOf(graph.build('constants', {}), GRAPH);
  assert.is(bytesOf(proto!, INITIALIZER).length, different.length);
});

test('names of values are unique, whatever the inputs are called', () => {
  const graph = new GraphBuilder();
  for (const name of ['add', 'add_1', 'label']) graph.addInput(name, 'float', ['N', 1]);
  const values = [
    graph.addNode('Add', ['add', 'add_1']),
    graph.addNode('Add', ['add', 'label']),
    graph.addOutput('label', 'float', ['N', 1]),
  ];
  assert.equal(values, ['add_2', 'add_3', 'label_1']);
  const [proto] = bytesOf(graph.build('names', {}), GRAPH);
  const nodes = bytesOf(proto!, NODE);
  assert.is(new Set(nodes.flatMap((node) => textsOf(node, 3))).size, nodes.length);
});

test('tensors are little-endian raw data', () => {
  const tensors: Tensor[] = [
    { type: 'float', dims: [2], values: [1.5, -0] },
    { type: 'double', dims: [1], values: [0.1] },
    { type: 'int64', dims: [2], values: [-1, 2 ** 40] },
    { type: 'int32', dims: [1], values: [-2] },
    { type: 'int8', dims: [2], values: [-128, 127] },
    { type: 'uint8', dims: [2], values: [0, 255] },
  ];
  const expected = [
    Float32Array.of(1.5, -0),
    Float64Array.of(0.1),
    BigInt64Array.of(-1n, 2n ** 40n),
    Int32Array.of(-2),
    Int8Array.of(-128, 127),
    Uint8Array.of(0, 255),
  ].map(({ buffer }) => new Uint8Array(buffer));
  const model = encodeModelProto({
    irVersion: 8,
    producerName: '',
    producerVersion: '',
    opsets: {},
    metadata: {},
    graph: {
      name: '',
      nodes: [],
      initializers: tensors.map((tensor, i) => ({ name: `t${i}`, tensor })),
      inputs: [],
      outputs: [],
    },
  });
  const raw = bytesOf(bytesOf(model, GRAPH)[0]!, INITIALIZER).map(
    (tensor) => bytesOf(tensor, 9)[0]!,
  );
  raw.forEach((bytes, i) => {
    assert.equal(Uint8Array.from(bytes), expected[i]);
  });
});

test('a deep tree is written without recursion, in preorder', () => {
  const depth = 20_000;
  const left = Int32Array.from({ length: depth }, (_, i) => (i + 1 < depth ? i + 1 : ~depth));
  const right = Int32Array.from({ length: depth }, (_, i) => ~i);
  const trees = new TreeEnsemble('float', 1);
  const split = (node: number) => ({ column: 0, value: node, missingLeft: false });
  trees.addTree({ left, right }, 0, split, (leaf) => [{ target: 0, weight: leaf }]);
  const graph = new GraphBuilder();
  trees.addTo(graph, graph.addInput('x', 'float', ['N', 1]));
  const node = bytesOf(bytesOf(graph.build('deep', {}), GRAPH)[0]!, NODE)[0]!;
  const attributes = new Map(
    bytesOf(node, 5).map((attribute) => [textsOf(attribute, 1)[0], attribute]),
  );
  assert.is(bytesOf(attributes.get('nodes_modes')!, 9).length, 2 * depth + 1);
  const falseIds = varints(bytesOf(attributes.get('nodes_falsenodeids')!, 8)[0]!);
  // the right leaf of the deepest node comes last but for those above it
  assert.is(falseIds[0], 2 * depth);
  assert.is(falseIds[depth - 1], depth + 1);
});

function varints(bytes: Uint8Array): number[] {
  const reader = new PbfReader(bytes);
  const values: number[] = [];
  while (reader.pos < reader.length) values.push(reader.readVarint());
  return values;
}

test.run();
