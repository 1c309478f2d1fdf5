import { inside, type Place, refuse, valueAt } from '../core/place.js';
import type { ByteColumn, QuantizedForest } from '../model/quantized.js';
import { MAX_DEPTH, SETS_PER_COLUMN } from './limits.js';

/** Trees by their nodes, as a forest has them. */
export type Children = Pick<QuantizedForest, 'roots' | 'left' | 'right'>;

export type ReadNodes = typeof readNodes;

/**
 * The children of the nodes of a forest section. The twin of `findTrees` in assembly/score/layout/trees.ts.
 * @throws {FormatError} when these are not trees, or test what is not there.
 */
export function readNodes(
  forest: Place,
  columns: readonly ByteColumn[],
  structure: Uint8Array,
  column: Uint16Array,
  test: Uint8Array,
): Children {
  const nodeCount = column.length;
  const treeCount = valueAt(forest, 'treeCount') as number;
  const fail = (seen: string): never =>
    refuse(forest, 'structure', `${treeCount} trees with ${nodeCount} nodes`, seen);
  const roots = new Int32Array(treeCount);
  const left = new Int32Array(nodeCount);
  const right = new Int32Array(nodeCount);
  // nodes whose right child is still to come, or ~node before the left one
  const open = new Int32Array(MAX_DEPTH);
  // and how deep each of them lies
  const levels = new Int32Array(MAX_DEPTH);
  let depth = 0;
  let tree = 0;
  let nodes = 0;
  let leaves = 0;
  for (let bit = 0; bit < 2 * nodeCount + treeCount; bit++) {
    if (tree === treeCount) fail('nodes after the last tree');
    const isNode = (structure[bit >> 3]! >> (bit & 7)) & 1;
    if (isNode && nodes === nodeCount) fail('more nodes');
    const item = isNode ? nodes++ : ~leaves++;
    const parent = depth > 0 ? open[depth - 1]! : 0;
    const level = depth > 0 ? levels[depth - 1]! + 1 : 0;
    if (depth === 0) roots[tree] = item;
    else if (parent < 0) {
      left[~parent] = item;
      open[depth - 1] = ~parent;
    } else {
      right[parent] = item;
      depth--;
    }
    if (isNode) {
      if (level === MAX_DEPTH) fail(`tree ${tree}, which is deeper than ${MAX_DEPTH}`);
      levels[depth] = level;
      open[depth++] = ~item;
    } else if (depth === 0) tree++;
  }
  if (tree !== treeCount || depth !== 0) fail(`an end within tree ${tree}`);
  checkTests(forest, columns, column, test);
  return { roots, left, right };
}

function checkTests(
  forest: Place,
  columns: readonly ByteColumn[],
  column: Uint16Array,
  tests: Uint8Array,
): void {
  // per column: the greatest rank, or 0 for sets
  const ranks = columns.map((own) => (own.kind === 'rank' ? own.thresholds.length + 1 : 0));
  for (let node = 0; node < column.length; node++) {
    const most = ranks[column[node]!];
    if (most === undefined) {
      refuse(inside(forest, 'column', column), node, `less than ${columns.length}`);
    }
    const test = tests[node]!;
    const isBit = test > 0 && test < 1 << SETS_PER_COLUMN && (test & (test - 1)) === 0;
    if (most ? test >= 2 && test <= most : isBit) continue;
    refuse(
      inside(forest, 'test', tests),
      node,
      `a ${most ? 'rank' : 'bit'} of column ${column[node]}`,
    );
  }
}
