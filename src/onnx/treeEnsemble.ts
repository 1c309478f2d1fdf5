import type { GraphBuilder, Value } from './graphBuilder.js';
import type { Attribute } from './proto.js';

/** Binary trees by index, as in {@link import('../model/forest.js').Forest}: `i >= 0` is a node, `i < 0` is leaf `~i`. */
export interface TreeStructure {
  roots: Int32Array;
  left: Int32Array;
  right: Int32Array;
}

/** What a node asks, in the operator's terms: left when `x[column] <= value`, and NaN goes left when `missingLeft`. */
export interface Split {
  column: number;
  /** float32 */
  value: number;
  missingLeft: boolean;
}

/** What a leaf adds to one of the sums. */
export interface Vote {
  target: number;
  weight: number;
}

/**
 * Collects trees for one TreeEnsembleRegressor (ai.onnx.ml 3): `[N, columns]` to the sums `[N, targetCount]`, float32.
 *
 * Every node is BRANCH_LEQ, which is the operator's fast path, and every tree is written in preorder, left first.
 */
export class TreeEnsemble {
  readonly #precision: 'float' | 'double';
  readonly #targetCount: number;
  #treeCount = 0;
  readonly #treeIds: number[] = [];
  readonly #nodeIds: number[] = [];
  readonly #columns: number[] = [];
  readonly #values: number[] = [];
  readonly #modes: string[] = [];
  readonly #trueIds: number[] = [];
  readonly #falseIds: number[] = [];
  readonly #missingTrue: number[] = [];
  readonly #voteTrees: number[] = [];
  readonly #voteNodes: number[] = [];
  readonly #voteTargets: number[] = [];
  readonly #voteWeights: number[] = [];

  /** @param precision - in which the operator compares and sums; it hands out float32 in either case. */
  constructor(precision: 'float' | 'double', targetCount: number) {
    this.#precision = precision;
    this.#targetCount = targetCount;
  }

  /** Appends the tree under a root that is a node (a root that is a leaf is a constant, and no tree). */
  addTree(
    { left, right }: Omit<TreeStructure, 'roots'>,
    root: number,
    split: (node: number) => Split,
    votes: (leaf: number) => readonly Vote[],
  ): void {
    const tree = this.#treeCount++;
    const base = this.#nodeIds.length;
    // the right child is written after the whole left subtree, and then patched into its parent
    const pending: { child: number; parent: number }[] = [{ child: root, parent: -1 }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const id = this.#nodeIds.length - base;
      if (next.parent >= 0) this.#falseIds[base + next.parent] = id;
      if (next.child < 0) {
        this.#pushNode(tree, id, { column: 0, value: 0, missingLeft: false }, 'LEAF', 0);
        for (const { target, weight } of votes(~next.child))
          this.#pushVote(tree, id, target, weight);
        continue;
      }
      this.#pushNode(tree, id, split(next.child), 'BRANCH_LEQ', id + 1);
      pending.push({ child: right[next.child]!, parent: id });
      pending.push({ child: left[next.child]!, parent: -1 });
    }
  }

  /**
   * Adds the operator.
   * @param features - `[N, columns]` of the precision.
   * @param base - of a single target: is added to its sum; 0 when absent.
   */
  addTo(graph: GraphBuilder, features: Value, base?: number): Value {
    return graph.addNode('TreeEnsembleRegressor', [features], {
      ...(base === undefined ? {} : this.#reals('base_values', [base])),
      n_targets: { kind: 'int', value: this.#targetCount },
      nodes_treeids: ints(this.#treeIds),
      nodes_nodeids: ints(this.#nodeIds),
      nodes_featureids: ints(this.#columns),
      nodes_modes: { kind: 'strings', value: this.#modes },
      nodes_truenodeids: ints(this.#trueIds),
      nodes_falsenodeids: ints(this.#falseIds),
      nodes_missing_value_tracks_true: ints(this.#missingTrue),
      target_treeids: ints(this.#voteTrees),
      target_nodeids: ints(this.#voteNodes),
      target_ids: ints(this.#voteTargets),
      ...this.#reals('nodes_values', this.#values),
      ...this.#reals('target_weights', this.#voteWeights),
    });
  }

  #reals(name: string, values: readonly number[]): Record<string, Attribute> {
    if (this.#precision === 'float') return { [name]: { kind: 'floats', value: values } };
    const tensor = { type: 'double', dims: [values.length], values } as const;
    return { [`${name}_as_tensor`]: { kind: 'tensor', value: tensor } };
  }

  #pushNode(tree: number, id: number, split: Split, mode: string, trueId: number): void {
    this.#treeIds.push(tree);
    this.#nodeIds.push(id);
    this.#columns.push(split.column);
    this.#values.push(split.value);
    this.#modes.push(mode);
    this.#trueIds.push(trueId);
    this.#falseIds.push(0);
    this.#missingTrue.push(split.missingLeft ? 1 : 0);
  }

  #pushVote(tree: number, node: number, target: number, weight: number): void {
    this.#voteTrees.push(tree);
    this.#voteNodes.push(node);
    this.#voteTargets.push(target);
    this.#voteWeights.push(weight);
  }
}

function ints(value: readonly number[]): Attribute {
  return { kind: 'ints', value };
}
