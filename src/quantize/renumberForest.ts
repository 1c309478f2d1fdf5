import { ConfigError } from '../core/errors.js';
import type { Feature } from '../model/feature.js';
import type { Forest } from '../model/forest.js';
import type { QuantizedForest } from '../model/quantized.js';
import { planColumns } from './byteColumns.js';
import { MAX_DEPTH, MAX_NODES, MAX_OUTPUTS, MAX_TREES } from './limits.js';

/** A forest in the order of the blob: structure and tests are there, leaves, base scores and groups are still to come. */
export interface RenumberedForest {
  quantized: QuantizedForest;
  /** per tree, and one more at the end: index of its first leaf */
  firstLeaf: Uint32Array;
  /** per leaf: its index in the float forest */
  sourceLeaf: Int32Array;
}

/**
 * Puts the trees in another order, and numbers nodes and leaves in pre-order, left before right.
 * @param sourceTree - per tree: its index in the float forest
 * @throws {ConfigError} when the forest is beyond the limits of the blob.
 */
export function renumberForest(
  forest: Forest,
  features: readonly Feature[],
  leafBits: 8 | 16,
  sourceTree: Uint32Array,
): RenumberedForest {
  const treeCount = forest.roots.length;
  const nodeCount = forest.featureIndex.length;
  const leafCount = forest.leafValue.length;
  const outputCount = forest.baseScores.length;
  if (treeCount > MAX_TREES || nodeCount > MAX_NODES || outputCount > MAX_OUTPUTS) {
    throw new ConfigError(
      `${treeCount} trees with ${nodeCount} nodes for ${outputCount} outputs are too many, the most is ${MAX_TREES} with ${MAX_NODES} for ${MAX_OUTPUTS}`,
    );
  }
  const plan = planColumns(forest, features);
  const quantized: QuantizedForest = {
    kind: 'forest',
    link: forest.link,
    leafBits,
    baseScores: new Float64Array(outputCount),
    columns: plan.columns,
    structure: new Uint8Array(Math.ceil((nodeCount + leafCount) / 8)),
    roots: new Int32Array(treeCount),
    column: new Uint16Array(nodeCount),
    test: new Uint8Array(nodeCount),
    left: new Int32Array(nodeCount),
    right: new Int32Array(nodeCount),
    leafValue: leafBits === 8 ? new Int8Array(leafCount) : new Int16Array(leafCount),
    groupStart: new Uint32Array(0),
    groupScale: new Float32Array(0),
    groupOutput: new Uint16Array(0),
  };
  const sourceLeaf = new Int32Array(leafCount);
  const firstLeaf = new Uint32Array(treeCount + 1);
  let nextNode = 0;
  let nextLeaf = 0;

  function place(at: number, depth: number): number {
    if (at < 0) {
      sourceLeaf[nextLeaf] = ~at;
      return ~nextLeaf++;
    }
    if (depth === MAX_DEPTH) throw new ConfigError(`a tree is deeper than ${MAX_DEPTH}`);
    const bit = nextNode + nextLeaf;
    quantized.structure[bit >> 3]! |= 1 << (bit & 7);
    const node = nextNode++;
    quantized.column[node] = plan.column[at]!;
    quantized.test[node] = plan.test[at]!;
    quantized.left[node] = place(forest.left[at]!, depth + 1);
    quantized.right[node] = place(forest.right[at]!, depth + 1);
    return node;
  }

  for (let tree = 0; tree < treeCount; tree++) {
    quantized.roots[tree] = place(forest.roots[sourceTree[tree]!]!, 0);
    firstLeaf[tree + 1] = nextLeaf;
  }
  return { quantized, firstLeaf, sourceLeaf };
}
