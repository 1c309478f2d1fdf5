import type { QuantizedForest } from '../model/quantized.js';

/** chains walked side by side */
const LANES = 8;
const NODE_BYTES = 8;
/** nodes of a cache line, with which a tree begins */
const LINE_NODES = 8;
const MOST = 0xffff;

/** The tables of assembly/score/row.ts, with indices in place of addresses. */
export interface RowTables {
  /** four 16-bit words a node or leaf: test, distance, value, and a free one */
  nodes: Uint16Array;
  groups: RowGroup[];
}

/** Chains of one group. */
export interface RowGroup {
  /** per lane: its first and its last node */
  first: Uint32Array;
  last: Uint32Array;
  /** what trees of one leaf add up to */
  constant: number;
}

/**
 * Lays the trees out for walking one row: breadth first, so that siblings stand together, and chain by chain. The order of an
 * integer sum does not matter.
 * @param testOf - per node: the number of its test, from 1
 * @returns undefined when a number does not fit into 16 bits; such a model is walked in JavaScript.
 */
export function buildRowTables(
  forest: QuantizedForest,
  testOf: Uint32Array,
): RowTables | undefined {
  const { column, left, right, leafValue, roots, groupStart } = forest;
  if (testOf.some((test) => test > MOST)) return undefined;
  const steps = expectedSteps(forest);
  // a node and a leaf each, the rest of a line a tree, and the end of each chain
  const slotCount = 2 * column.length + LINE_NODES * (roots.length + LANES * groupStart.length);
  const nodes = new Uint16Array(4 * slotCount);
  // the nodes and leaves of a tree as they are placed
  const items = new Int32Array(1 + 2 * column.length);
  let at = 0;

  /** Places a tree. False when a distance is too long. */
  function placeTree(root: number): boolean {
    let count = 1;
    items[0] = root;
    for (let i = 0; i < count; i++) {
      const node = items[i]!;
      if (node < 0) continue;
      const word = 4 * (at + i);
      nodes[word] = testOf[node]!;
      nodes[word + 1] = count - i;
      items[count++] = left[node]!;
      items[count++] = right[node]!;
    }
    const end = at + Math.ceil(count / LINE_NODES) * LINE_NODES;
    if (end - at > MOST) return false;
    // a leaf leads to what comes after its tree
    for (let i = 0; i < count; i++) {
      if (items[i]! >= 0) continue;
      const word = 4 * (at + i);
      nodes[word + 1] = end - (at + i);
      nodes[word + 2] = leafValue[~items[i]!]!;
    }
    at = end;
    return true;
  }

  const groups: RowGroup[] = [];
  for (let group = 0; group < groupStart.length; group++) {
    const end = groupStart[group + 1] ?? roots.length;
    const { chains, constant } = layChains(forest, groupStart[group]!, end, steps);
    const first = new Uint32Array(LANES);
    const last = new Uint32Array(LANES);
    for (const [lane, trees] of chains.entries()) {
      first[lane] = at;
      for (const tree of trees) if (!placeTree(roots[tree]!)) return undefined;
      last[lane] = at;
      at += LINE_NODES;
    }
    groups.push({ first, last, constant });
  }
  return { nodes, groups };
}

/** Deals the trees of a group to the lanes: the longest that is left goes to the shortest chain. */
function layChains(
  { roots, leafValue }: QuantizedForest,
  start: number,
  end: number,
  steps: Float64Array,
): { chains: number[][]; constant: number } {
  const trees: number[] = [];
  let constant = 0;
  for (let tree = start; tree < end; tree++) {
    if (roots[tree]! >= 0) trees.push(tree);
    else constant += leafValue[~roots[tree]!]!;
  }
  trees.sort((a, b) => steps[b]! - steps[a]! || a - b);
  const chains = Array.from({ length: LANES }, (): number[] => []);
  const length = new Float64Array(LANES);
  for (const tree of trees) {
    const shortest = length.indexOf(Math.min(...length));
    chains[shortest]!.push(tree);
    length[shortest]! += steps[tree]!;
  }
  return { chains, constant };
}

/** Per tree: nodes and leaves on the way, when every node sends as many rows left as right. */
function expectedSteps({ roots, left, right }: QuantizedForest): Float64Array {
  const below = new Float64Array(left.length);
  for (let node = left.length - 1; node >= 0; node--) {
    const l = left[node]!;
    const r = right[node]!;
    below[node] = 1 + ((l < 0 ? 1 : below[l]!) + (r < 0 ? 1 : below[r]!)) / 2;
  }
  return Float64Array.from(roots, (root) => (root < 0 ? 1 : below[root]!));
}

/** The words of a group in the kernel, but for its scale: what it adds at least, the sum of the last addresses, the first ones. */
export function rowGroupWords({ first, last, constant }: RowGroup, nodes: number): number[] {
  const addresses = Array.from(first, (index) => nodes + NODE_BYTES * index);
  const end = last.reduce((sum, index) => (sum + nodes + NODE_BYTES * index) >>> 0, 0);
  return [constant, end, ...addresses];
}
