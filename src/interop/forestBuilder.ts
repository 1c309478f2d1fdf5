import { FormatError } from '../core/errors.js';
import type { Forest, Link } from '../model/forest.js';

/** A node as libraries write it: a child `i >= 0` is node `i` of its tree, `i < 0` is leaf `~i` of its tree. */
export interface SourceNode {
  featureIndex: number;
  /** NaN at category nodes */
  threshold: number;
  /** ascending codes that go left; absent at numeric nodes */
  set?: number[];
  left: number;
  right: number;
  defaultLeft: boolean;
  gain: number;
  cover: number;
}

export interface SourceTree {
  /** the first is the root; none when the tree is a single leaf */
  nodes: readonly SourceNode[];
  leafValue: readonly number[];
  leafCover: readonly number[] | undefined;
}

/** Collects trees of any node order into a {@link Forest}, whose nodes and leaves are in pre-order. */
export class ForestBuilder {
  readonly #nodes: SourceNode[] = [];
  readonly #leafValue: number[] = [];
  readonly #leafCover: number[] = [];
  readonly #roots: number[] = [];
  readonly #treeOutput: number[] = [];

  /**
   * @param output - what the leaf values are added to
   * @throws {FormatError} when a child does not exist or has two parents.
   */
  addTree(tree: SourceTree, output: number): void {
    const title = `tree ${this.#roots.length}`;
    const seen = new Set<number>();
    // no recursion: the depth is the file's
    const pending: { at: number; parent?: SourceNode; side: 'left' | 'right' }[] = [
      { at: tree.nodes.length > 0 ? 0 : -1, side: 'left' },
    ];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { at, parent, side } = next;
      if (seen.has(at)) throw new FormatError(`${title}: child ${at} has two parents`);
      seen.add(at);
      const index = at < 0 ? this.#addLeaf(tree, at, title) : this.#addNode(tree, at, title);
      if (parent === undefined) this.#roots.push(index);
      else parent[side] = index;
      if (at < 0) continue;
      const node = this.#nodes[index]!;
      pending.push({ at: node.right, parent: node, side: 'right' });
      pending.push({ at: node.left, parent: node, side: 'left' });
    }
    if (seen.size !== tree.nodes.length + tree.leafValue.length) {
      throw new FormatError(`${title}: some nodes or leaves cannot be reached from the root`);
    }
    this.#treeOutput.push(output);
  }

  #addLeaf({ leafValue, leafCover }: SourceTree, at: number, title: string): number {
    const value = leafValue[-1 - at];
    if (value === undefined) throw new FormatError(`${title}: there is no leaf ${-1 - at}`);
    this.#leafCover.push(leafCover?.[-1 - at] ?? 0);
    return ~(this.#leafValue.push(value) - 1);
  }

  #addNode({ nodes }: SourceTree, at: number, title: string): number {
    const node = nodes[at];
    if (!node) throw new FormatError(`${title}: there is no node ${at}`);
    return this.#nodes.push({ ...node }) - 1;
  }

  /** @param baseScores - one an output */
  build(link: Link, baseScores: Float64Array): Forest {
    const nodes = this.#nodes;
    const categorySets: number[][] = [];
    return {
      kind: 'forest',
      link,
      baseScores,
      roots: Int32Array.from(this.#roots),
      treeOutput: Int32Array.from(this.#treeOutput),
      featureIndex: Int32Array.from(nodes, (node) => node.featureIndex),
      threshold: Float64Array.from(nodes, (node) => node.threshold),
      categorySet: Int32Array.from(nodes, ({ set }) => (set ? categorySets.push(set) - 1 : -1)),
      left: Int32Array.from(nodes, (node) => node.left),
      right: Int32Array.from(nodes, (node) => node.right),
      defaultLeft: Uint8Array.from(nodes, (node) => (node.defaultLeft ? 1 : 0)),
      gain: Float64Array.from(nodes, (node) => node.gain),
      cover: Float64Array.from(nodes, (node) => node.cover),
      leafValue: Float64Array.from(this.#leafValue),
      leafCover: Float64Array.from(this.#leafCover),
      categorySets,
    };
  }
}
