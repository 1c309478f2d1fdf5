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

  /** @throws {FormatError} when a child does not exist or has two parents. */
  addTree(tree: SourceTree): void {
    const nodes = this.#nodes;
    const title = `tree ${this.#roots.length}`;
    const seenNodes = new Set<number>();
    const seenLeaves = new Set<number>();

    const place = (at: number): number => {
      const seen = at < 0 ? seenLeaves : seenNodes;
      if (seen.has(at)) throw new FormatError(`${title}: child ${at} has two parents`);
      seen.add(at);
      if (at < 0) {
        const value = tree.leafValue[~at];
        if (value === undefined) throw new FormatError(`${title}: there is no leaf ${~at}`);
        this.#leafValue.push(value);
        this.#leafCover.push(tree.leafCover?.[~at] ?? 0);
        return ~(this.#leafValue.length - 1);
      }
      const source = tree.nodes[at];
      if (!source) throw new FormatError(`${title}: there is no node ${at}`);
      const node: SourceNode = { ...source };
      const index = nodes.push(node) - 1;
      node.left = place(source.left);
      node.right = place(source.right);
      return index;
    };

    this.#roots.push(place(tree.nodes.length > 0 ? 0 : -1));
    if (seenNodes.size !== tree.nodes.length || seenLeaves.size !== tree.leafValue.length) {
      throw new FormatError(`${title}: some nodes or leaves cannot be reached from the root`);
    }
  }

  build(link: Link, baseScore: number): Forest {
    const nodes = this.#nodes;
    const categorySets: number[][] = [];
    return {
      kind: 'forest',
      link,
      baseScore,
      roots: Int32Array.from(this.#roots),
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
