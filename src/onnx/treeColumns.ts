import type { FeatureValues } from './featureValues.js';
import type { GraphBuilder, Value } from './graphBuilder.js';

/** Entries up to which a look-up table is float32; above, bytes are worth the conversion behind them. */
const LARGEST_FLOAT_TABLE = 4096;

/** A column that a split asks for, before it has a place in the matrix. */
export interface ColumnRef {
  /** position of the column's block in the matrix */
  block: number;
  /** column within the block */
  offset: number;
}

type Block =
  | { kind: 'numbers'; value: Value; width: number }
  | { kind: 'table'; index: Value; patterns: Map<string, number>; width: number };

/**
 * The input matrix of a tree operator, which knows nothing of categories. A numeric split reads a number. A split of a
 * category reads a column made for it: 0 where its code goes left and 1 where it goes right, by a look-up. Splits of the
 * same feature that part all codes alike share the column.
 */
export class TreeColumns {
  readonly #graph: GraphBuilder;
  readonly #features: FeatureValues;
  readonly #blocks: Block[] = [];
  readonly #numberBlocks = new Map<Value, number>();
  readonly #tableBlocks = new Map<number, number>();

  constructor(graph: GraphBuilder, features: FeatureValues) {
    this.#graph = graph;
    this.#features = features;
  }

  /** A column of a float value `[N, width]`. */
  number(value: Value, offset: number = 0, width: number = 1): ColumnRef {
    let block = this.#numberBlocks.get(value);
    if (block === undefined) {
      block = this.#blocks.push({ kind: 'numbers', value, width }) - 1;
      this.#numberBlocks.set(value, block);
    }
    return { block, offset };
  }

  /**
   * The 0/1 column of a split of a category: compare it with 0.5.
   * @param known - see {@link FeatureValues.domain}
   */
  pattern(
    featureIndex: number,
    known: readonly number[],
    goesLeft: (code: number) => boolean,
  ): ColumnRef {
    const { codes, index } = this.#features.domain(featureIndex, known);
    let block = this.#tableBlocks.get(featureIndex);
    if (block === undefined) {
      block = this.#blocks.push({ kind: 'table', index, patterns: new Map(), width: 0 }) - 1;
      this.#tableBlocks.set(featureIndex, block);
    }
    const table = this.#blocks[block] as Extract<Block, { kind: 'table' }>;
    const pattern = codes.map((code) => (goesLeft(code) ? '0' : '1')).join('');
    let offset = table.patterns.get(pattern);
    if (offset === undefined) {
      offset = table.width++;
      table.patterns.set(pattern, offset);
    }
    return { block, offset };
  }

  /** Lays the blocks side by side: the matrix, float `[N, columns]`, and where each column is in it. */
  build(): { matrix: Value; columnOf: (ref: ColumnRef) => number } {
    const starts: number[] = [];
    let width = 0;
    for (const block of this.#blocks) {
      starts.push(width);
      width += block.width;
    }
    const matrix = this.#graph.concat(this.#blocks.map((block) => this.#addBlock(block)));
    return { matrix, columnOf: ({ block, offset }) => starts[block]! + offset };
  }

  #addBlock(block: Block): Value {
    if (block.kind === 'numbers') return block.value;
    const patterns = [...block.patterns.keys()];
    const rowCount = patterns[0]!.length;
    const values: number[] = [];
    for (let row = 0; row < rowCount; row++) {
      for (const pattern of patterns) values.push(pattern.charCodeAt(row) - 48);
    }
    const dims = [rowCount, patterns.length];
    const type = values.length > LARGEST_FLOAT_TABLE ? 'uint8' : 'float';
    const table = this.#graph.addInitializer({ type, dims, values });
    const rows = this.#graph.addNode('Gather', [table, block.index]);
    return type === 'float' ? rows : this.#graph.cast(rows, 'float');
  }
}
