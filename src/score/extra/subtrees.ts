import type { ByteColumn, QuantizedForest } from '../../model/quantized.js';
import type { ImageWriter } from '../imageWriter.js';
import { TOP_LEAVES, type TreeTops } from './treeTops.js';

/** these three as in assembly/score/subtrees.ts: words of a node, tests of a column of sets, walks side by side */
const NODE_WORDS = 4;
const SET_TESTS = 8;
export const WALKS: number = 8;
/** what a field of 16 bits can say: numbers of nodes, and addresses */
const MOST = 0xffff;

/** A row of features in the memory of a kernel, and behind it what nodes below the tops of trees test besides; addresses are byte offsets. */
export interface RowValues {
  row: number;
  /** of the features with +Infinity for missing, in fours; 0 where no node tests these */
  highCount: number;
  /** which outcomes of sets follow, and where that ends */
  sets: number;
  setsEnd: number;
  /** per column: the address of the float32 that its tests are of, or of the first outcome of its sets */
  values: readonly number[];
}

/** What is below the tops of trees, in the memory of a kernel. */
export interface Subtrees {
  /** address of the first node */
  nodes: number;
  /** number of the last one */
  last: number;
  /** per leaf of a top: the number of the node that its subtree begins with, or 0 */
  numbers: Uint16Array;
}

/** Whether missing goes right at all thresholds. */
export function isHigh(column: ByteColumn): boolean {
  return column.kind === 'rank' && column.missing === 'high';
}

/**
 * Makes room for a row, and for what nodes below the tops of trees test besides.
 * @param featureCount - of a row
 */
export function placeValues(
  writer: ImageWriter,
  { columns, column }: QuantizedForest,
  { mask }: TreeTops,
  featureCount: number,
): RowValues {
  const isTested = new Uint8Array(columns.length);
  column.forEach((own, node) => {
    if (mask[node] === 0) isTested[own] = 1;
  });
  const tested = columns.filter((_, index) => isTested[index]);
  const setCount = tested.reduce((sum, { kind }) => sum + Number(kind === 'sets'), 0);
  const width = Math.ceil(featureCount / 4) * 4;
  const highCount = tested.some(isHigh) ? width : 0;
  const row = writer.reserve(4 * (width + highCount + SET_TESTS * setCount));
  let outcomes = row + 4 * (width + highCount);
  const words: number[] = [];
  const values = columns.map((own, index) => {
    if (own.kind === 'rank') return row + 4 * (own.featureIndex + (isHigh(own) ? width : 0));
    if (isTested[index]) {
      const { featureIndex, table } = own;
      words.push(4 * featureIndex, table.length - 2, writer.place(table), outcomes);
      outcomes += 4 * SET_TESTS;
    }
    return outcomes - 4 * SET_TESTS;
  });
  const sets = writer.place(Uint32Array.from(words));
  return { row, highCount, sets, setsEnd: sets + 4 * words.length, values };
}

interface SubtreeParts {
  forest: QuantizedForest;
  /** per node; 0.5 for the outcome of a set */
  thresholds: Float32Array;
  tops: TreeTops;
  values: RowValues;
  /** address of what the trees add: an i16 a position, and one more */
  cells: number;
}

/**
 * Lays out what is below the tops of trees.
 * @returns undefined for a forest that is too large, or takes missing for more than +Infinity.
 */
export function laySubtrees(
  writer: ImageWriter,
  { forest, thresholds, tops, values: { row, values }, cells }: SubtreeParts,
): Subtrees | undefined {
  const { columns, column, test, left, right, leafValue } = forest;
  const { leaves, mask, positionCount, isCut } = tops;
  const numbers = new Uint16Array(leaves.length);
  // a slot, the root and its children, for each; then the last node
  const rootCount = leaves.reduce((sum, item) => sum + Number(item >= 0), 0);
  const nodeCount = mask.reduce((sum, own) => sum + Number(own === 0), 0);
  const last = 2 * (rootCount + nodeCount);
  const isTooFar = [cells + 2 * positionCount, ...values].some((at) => at + 4 * SET_TESTS > MOST);
  // of whole trees nothing of what follows is read
  if (isCut && (isTooFar || last > MOST)) return undefined;

  const words = new Uint32Array(NODE_WORDS * (last + 1));
  const floats = new Float32Array(words.buffer);
  const nodes = writer.place(words);
  const put = (
    number: number,
    next: number,
    threshold: number,
    places: number,
    adds: number,
  ): void => {
    const at = NODE_WORDS * number;
    words[at] = nodes + 4 * NODE_WORDS * next;
    floats[at + 1] = threshold;
    words[at + 2] = places;
    words[at + 3] = adds;
  };
  let free = 0;
  for (let index = 0; index < leaves.length; index++) {
    if (leaves[index]! < 0) continue;
    const cell = (cells + 2 * Math.floor(index / TOP_LEAVES)) << 16;
    const slot = free;
    const items = [leaves[index]!];
    numbers[index] = slot + 1;
    free += 2;
    for (let at = 0; at < items.length; at++) {
      const number = slot + 1 + at;
      const item = items[at]!;
      if (item < 0) {
        put(number, slot, Infinity, cell | row, leafValue[~item]!);
        continue;
      }
      const own = columns[column[item]!]!;
      const threshold = thresholds[item]!;
      if (isHigh(own) && threshold === Infinity) return undefined;
      const offset = own.kind === 'sets' ? 4 * Math.log2(test[item]!) : 0;
      put(number, free, threshold, cell | (values[column[item]!]! + offset), 0);
      items.push(left[item]!, right[item]!);
      free += 2;
    }
  }
  put(last, last, Infinity, ((cells + 2 * positionCount) << 16) | row, 0);
  return { nodes, last, numbers };
}
