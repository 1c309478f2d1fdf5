import {
  type Attribute,
  DATA_TYPE,
  type ElementType,
  encodeModelProto,
  type Graph,
  type Node,
  type Tensor,
  type ValueInfo,
} from './proto.js';

/** Versions that the graphs are written for, and that onnxruntime-web's plain WebAssembly build runs. */
const OPSETS: Readonly<Record<string, number>> = Object.freeze({ '': 17, 'ai.onnx.ml': 3 });
const IR_VERSION = 8;
/** The operators that are not in the standard domain. */
const ML_OPERATORS = new Set(['LabelEncoder', 'TreeEnsembleRegressor']);

/** The name of a value in the graph. */
export type Value = string;

/**
 * Collects nodes and constants of a graph. Names are unique: inputs and outputs keep theirs, every other value is named
 * after what makes it and gets a number when that is taken. Constants of equal content are stored once.
 */
export class GraphBuilder {
  readonly #names = new Set<string>();
  readonly #nodes: Node[] = [];
  readonly #initializers: Graph['initializers'][number][] = [];
  readonly #initializerOf = new Map<string, Value>();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];

  /** Declares a graph input. Inputs come first: their names cannot be changed. */
  addInput(name: string, type: ElementType, dims: readonly (number | string)[]): Value {
    this.#names.add(name);
    this.#inputs.push({ name, type, dims });
    return name;
  }

  /** Declares a graph output and returns its name: the one asked for, unless an input has it. */
  addOutput(name: string, type: ElementType, dims: readonly (number | string)[]): Value {
    const unique = this.#uniqueName(name);
    this.#outputs.push({ name: unique, type, dims });
    return unique;
  }

  /**
   * Adds an operator.
   * @param output - where the result goes; a new value when absent.
   * @returns the name of its (only) output.
   */
  addNode(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output: Value = this.#uniqueName(opType.toLowerCase()),
  ): Value {
    const domain = ML_OPERATORS.has(opType) ? 'ai.onnx.ml' : '';
    const name = `${opType}_${this.#nodes.length}`;
    this.#nodes.push({ name, opType, domain, inputs, outputs: [output], attributes });
    return output;
  }

  /** Adds a constant, or finds the one of equal type, shape and content. */
  addInitializer(tensor: Tensor): Value {
    const values = Array.from<number | string>(tensor.values);
    // Object.is matters here: -0 and 0 print alike
    const key = JSON.stringify([
      tensor.type,
      tensor.dims,
      values.map((value) =>
        typeof value === 'string' ? value : Object.is(value, -0) ? '-0' : String(value),
      ),
    ]);
    const known = this.#initializerOf.get(key);
    if (known !== undefined) return known;
    const name = this.#uniqueName('constant');
    this.#initializers.push({ name, tensor: { ...tensor, values: values as number[] } });
    this.#initializerOf.set(key, name);
    return name;
  }

  /** A row `[1, values.length]` that broadcasts over the batch. */
  row(type: ElementType, values: ArrayLike<number>): Value {
    return this.addInitializer({ type, dims: [1, values.length], values });
  }

  /** A scalar. */
  scalar(type: ElementType, value: number): Value {
    return this.addInitializer({ type, dims: [], values: [value] });
  }

  /** Converts to another element type. @param output - see {@link addNode} */
  cast(value: Value, type: ElementType, output?: Value): Value {
    const to: Attribute = { kind: 'int', value: DATA_TYPE[type] };
    return this.addNode('Cast', [value], { to }, output);
  }

  /** Columns side by side; one column is returned as it is. */
  concat(columns: readonly Value[]): Value {
    if (columns.length === 1) return columns[0]!;
    return this.addNode('Concat', columns, { axis: { kind: 'int', value: 1 } });
  }

  /** Serialises the graph as a model. */
  build(graphName: string, metadata: Readonly<Record<string, string>>): Uint8Array {
    return encodeModelProto({
      irVersion: IR_VERSION,
      producerName: 'coppice',
      producerVersion: metadata.version ?? '',
      opsets: OPSETS,
      metadata,
      graph: {
        name: graphName,
        nodes: this.#nodes,
        initializers: this.#initializers,
        inputs: this.#inputs,
        outputs: this.#outputs,
      },
    });
  }

  #uniqueName(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#names.has(name); i++) name = `${wanted}_${i}`;
    this.#names.add(name);
    return name;
  }
}
