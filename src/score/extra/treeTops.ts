import type { QuantizedForest } from '../../model/quantized.js';

/** The tops of the trees of a forest: connected nodes from each root on, with no more leaves than a word has bits. */
export interface TreeTops {
  /** per node: the leaves of its top that are left when it sends a row right, a bit each, from the left; 0 for a node that is below */
  mask: Uint32Array;
  /** per node: the position of its tree */
  position: Uint32Array;
  /** per position, TOP_LEAVES each: a leaf of the forest `~i`, the node that a subtree begins with, or NOTHING */
  leaves: Int32Array;
  /** of trees, and of what fills up the groups */
  positionCount: number;
  /** per group: where its positions end */
  groupEnds: number[];
  /** whether there are subtrees; then the positions of a group are a multiple of GROUP_POSITIONS */
  isCut: boolean;
}

/** leaves of a top at most: bits of a word */
export const TOP_LEAVES: number = 32;
/** what stands at a leaf that a top does not have: no forest has so many leaves */
export const NOTHING: number = -(2 ** 31);
/** as many trees are added up at once */
const GROUP_POSITIONS = 8;

/**
 * Cuts trees where few rows go on: a top grows by the node that the greatest share of the training rows comes by, as far as that is known, and else
 * by the one nearest to the root.
 * @param mostLeaves - of a top, in [2, TOP_LEAVES]
 */
export function cutTrees(forest: QuantizedForest, mostLeaves: number): TreeTops {
  const { roots, left, right, groupStart, column } = forest;
  const isTop = new Uint8Array(column.length);
  for (const root of roots) markTop(forest, root, mostLeaves, isTop);
  const isCut = isTop.includes(0);
  const positions: number[] = [];
  const groupEnds: number[] = [];
  let positionCount = 0;
  groupStart.forEach((first, group) => {
    const next = groupStart[group + 1] ?? roots.length;
    for (let tree = first; tree < next; tree++) positions.push(positionCount++);
    if (isCut) positionCount = Math.ceil(positionCount / GROUP_POSITIONS) * GROUP_POSITIONS;
    groupEnds.push(positionCount);
  });

  const mask = new Uint32Array(column.length);
  const position = new Uint32Array(column.length);
  const leaves = new Int32Array(TOP_LEAVES * positionCount).fill(NOTHING);
  roots.forEach((root, tree) => {
    const own = positions[tree]!;
    let count = 0;
    const visit = (item: number): void => {
      if (item < 0 || !isTop[item]) {
        leaves[TOP_LEAVES * own + count++] = item;
        return;
      }
      const first = count;
      visit(left[item]!);
      mask[item] = ~(((1 << (count - first)) - 1) << first);
      position[item] = own;
      visit(right[item]!);
    };
    visit(root);
  });
  return { mask, position, leaves, positionCount, groupEnds, isCut };
}

/** Marks the nodes of the top of a tree. @param isTop - per node (OUT) */
function markTop(
  { left, right, leftShare, leafBits }: QuantizedForest,
  root: number,
  mostLeaves: number,
  isTop: Uint8Array,
): void {
  // nodes that may be next, and the share of the rows that each has
  const next: number[] = [];
  const shares: number[] = [];
  const add = (item: number, share: number): void => {
    if (item < 0) return;
    next.push(item);
    shares.push(share);
  };
  add(root, 1);
  for (let leaves = 1; leaves < mostLeaves && next.length > 0; leaves++) {
    let most = 0;
    for (let at = 1; at < next.length; at++) if (shares[at]! > shares[most]!) most = at;
    const node = next[most]!;
    const share = shares[most]!;
    next.splice(most, 1);
    shares.splice(most, 1);
    isTop[node] = 1;
    const toLeft = leftShare ? leftShare[node]! / (2 ** leafBits - 1) : 0.5;
    add(left[node]!, share * toLeft);
    add(right[node]!, share * (1 - toLeft));
  }
}
