import type { ByteColumn, QuantizedForest, RankColumn, SetColumn } from '../../model/quantized.js';
import { ImageWriter } from '../imageWriter.js';

/** a tree is a word */
const MOST_LEAVES = 32;
/** what the rows of masks may take: they are to stay in the caches */
const MOST_MASK_BYTES = 1 << 20;
/** tests of a block: the fewer, the more rows of masks, and the fewer tests that are looked at one by one */
const BLOCK_TESTS = [8, 16, 32];
/** as in assembly/score/masks.ts */
const CHUNK_BYTES = 64;
const FEATURE_WORDS = 8;

/** A forest in a memory of its own, as `maskedMargins` of assembly/score/masks.ts reads it; addresses are byte offsets. */
export interface RowMasks {
  memory: WebAssembly.Memory;
  plan: number;
  /** a row of features, float32 */
  row: number;
  /** float64, one an output */
  margins: number;
}

/** What a node that is failed leaves of the leaves of its tree. */
interface NodeMasks {
  /** per node: a bit a leaf of its tree, from the left */
  mask: Uint32Array;
  /** per node */
  tree: Uint32Array;
  /** MOST_LEAVES a tree */
  leaves: Int16Array;
}

/** What the parts of a layout share. */
interface Laying {
  writer: ImageWriter;
  forest: QuantizedForest;
  masks: NodeMasks;
  rowBytes: number;
  blockTests: number;
}

/**
 * Lays a forest out for scoring one row without walking.
 * @returns undefined for trees of more than 32 leaves, a forest whose masks take more than a MiB, and one that tests nothing.
 * @throws {RangeError} when the memory cannot be had.
 */
export function layRowMasks(forest: QuantizedForest, featureCount: number): RowMasks | undefined {
  const masks = maskNodes(forest);
  if (!masks) return undefined;
  const treeCount = forest.roots.length;
  const rowBytes = Math.ceil((4 * treeCount) / CHUNK_BYTES) * CHUNK_BYTES;
  const sources = sourcesOf(forest);
  const blockTests = BLOCK_TESTS.find((size) => {
    const rows = sources.reduce((sum, nodes) => sum + maskRows(forest, nodes, size), 0);
    return rowBytes * rows <= MOST_MASK_BYTES;
  });
  if (sources.length === 0 || !blockTests) return undefined;

  const writer = new ImageWriter();
  const words = new Uint32Array(8);
  const plan = writer.place(words);
  const row = writer.reserve(4 * featureCount);
  const margins = writer.reserve(8 * forest.baseScores.length);
  const alive = writer.reserve(rowBytes);
  const table = new Uint32Array(FEATURE_WORDS * sources.length);
  const first = writer.place(table);
  const laying = { writer, forest, masks, rowBytes, blockTests };
  sources.forEach((nodes, at) => {
    const { featureIndex, kind } = columnOf(forest, nodes[0]!);
    const laid = (kind === 'sets' ? layLevels : layBlocks)(laying, nodes);
    table.set([4 * featureIndex, ...laid], FEATURE_WORDS * at + 2);
  });
  const outputs = placeOutputs(writer, forest, alive);
  words.set([first, first + table.byteLength, rowBytes, alive, writer.place(masks.leaves)]);
  words.set([...outputs, blockTests], 5);
  return { memory: writer.finish(), plan, row, margins };
}

/** Nodes and leaves are numbered in pre-order, left before right, so children come after their parents and leaves from left to right. */
function maskNodes({
  roots,
  left,
  right,
  leafValue,
  column,
}: QuantizedForest): NodeMasks | undefined {
  const nodeCount = column.length;
  const firstLeaf = new Uint32Array(nodeCount);
  const firstOf = (item: number): number => (item < 0 ? ~item : firstLeaf[item]!);
  for (let node = nodeCount - 1; node >= 0; node--) firstLeaf[node] = firstOf(left[node]!);
  const mask = new Uint32Array(nodeCount);
  const tree = new Uint32Array(nodeCount);
  const leaves = new Int16Array(MOST_LEAVES * roots.length);
  let node = 0;
  for (let number = 0; number < roots.length; number++) {
    const from = firstOf(roots[number]!);
    const to = number + 1 < roots.length ? firstOf(roots[number + 1]!) : leafValue.length;
    if (to - from > MOST_LEAVES) return undefined;
    leaves.set(leafValue.subarray(from, to), MOST_LEAVES * number);
    for (const end = node + to - from - 1; node < end; node++) {
      const removed = (1 << (firstOf(right[node]!) - firstLeaf[node]!)) - 1;
      mask[node] = ~(removed << (firstLeaf[node]! - from));
      tree[node] = number;
    }
  }
  return { mask, tree, leaves };
}

function columnOf({ columns, column }: QuantizedForest, node: number): ByteColumn {
  return columns[column[node]!]!;
}

/** The nodes that test the same feature in the same way: by thresholds, or by sets. */
function sourcesOf(forest: QuantizedForest): number[][] {
  const sources = new Map<string, number[]>();
  for (let node = 0; node < forest.column.length; node++) {
    const { kind, featureIndex } = columnOf(forest, node);
    const key = `${kind} ${featureIndex}`;
    const own = sources.get(key);
    if (own) own.push(node);
    else sources.set(key, [node]);
  }
  return [...sources.values()];
}

/** How many rows of masks there are for what these nodes test. */
function maskRows(forest: QuantizedForest, nodes: readonly number[], blockTests: number): number {
  const column = columnOf(forest, nodes[0]!);
  // one more for none of the blocks, and one for what is missing
  return column.kind === 'sets' ? column.table.length : Math.floor(nodes.length / blockTests) + 2;
}

/** A row of masks a level, then the unseen one and the missing one; no test is left to look at. Returns the words from the level count on. */
function layLevels(
  { writer, forest, masks: { mask, tree }, rowBytes, blockTests }: Laying,
  nodes: readonly number[],
): number[] {
  const { columns, column, test } = forest;
  const levels = (columnOf(forest, nodes[0]!) as SetColumn).table.length;
  const width = rowBytes / 4;
  const rows = new Uint32Array(levels * width).fill(~0);
  for (const node of nodes) {
    const { table } = columns[column[node]!] as SetColumn;
    for (let level = 0; level < levels; level++) {
      if (!(table[level]! & test[node]!)) rows[level * width + tree[node]!]! &= mask[node]!;
    }
  }
  const none = placeBlocks(writer, [], () => NaN, { mask, tree }, blockTests);
  const masks = writer.place(rows);
  return [levels - 2, masks, masks, none, masks + rowBytes * (levels - 1)];
}

/** A row of masks for each number of whole blocks that fail, and one for what is missing. Returns as {@link layLevels}. */
function layBlocks(
  { writer, forest, masks: { mask, tree }, rowBytes, blockTests }: Laying,
  nodes: readonly number[],
): number[] {
  const rankOf = (node: number): RankColumn => columnOf(forest, node) as RankColumn;
  const thresholdOf = (node: number): number => rankOf(node).thresholds[forest.test[node]! - 2]!;
  const sorted = [...nodes].sort((a, b) => thresholdOf(a) - thresholdOf(b));
  const blockCount = Math.floor(sorted.length / blockTests);
  const width = rowBytes / 4;
  // the limits end where the rows begin, on a line
  const limitCount = Math.ceil(blockCount / 4) * 4;
  const head = Math.ceil(limitCount / 16) * 16;
  const words = new Uint32Array(head + (blockCount + 2) * width);
  const limits = new Float32Array(words.buffer, 4 * (head - limitCount), limitCount).fill(Infinity);
  const rows = words.subarray(head).fill(~0);
  for (let block = 0; block < blockCount; block++) {
    const at = (block + 1) * width;
    rows.copyWithin(at, at - width, at);
    const own = sorted.slice(block * blockTests, (block + 1) * blockTests);
    for (const node of own) rows[at + tree[node]!]! &= mask[node]!;
    limits[block] = thresholdOf(own.at(-1)!);
  }
  const missing = (blockCount + 1) * width;
  for (const node of nodes) {
    if (rankOf(node).missing === 'high') rows[missing + tree[node]!]! &= mask[node]!;
  }
  const blocks = placeBlocks(writer, sorted, thresholdOf, { mask, tree }, blockTests);
  const masks = writer.place(words) + 4 * head;
  return [0, masks - limits.byteLength, masks, blocks, masks + 4 * missing];
}

/** Blocks of thresholds, masks and where their trees are; what is left of the last one is never failed. Returns their address. */
function placeBlocks(
  writer: ImageWriter,
  nodes: readonly number[],
  thresholdOf: (node: number) => number,
  { mask, tree }: Pick<NodeMasks, 'mask' | 'tree'>,
  blockTests: number,
): number {
  const count = Math.floor(nodes.length / blockTests) + 1;
  const words = new Uint32Array(3 * blockTests * count);
  const thresholds = new Float32Array(words.buffer);
  for (let block = 0; block < count; block++) {
    const at = 3 * blockTests * block;
    thresholds.fill(Infinity, at, at + blockTests);
    const own = nodes.slice(block * blockTests, (block + 1) * blockTests);
    own.forEach((node, index) => {
      thresholds[at + index] = thresholdOf(node);
      words[at + blockTests + index] = mask[node]!;
      words[at + 2 * blockTests + index] = 4 * tree[node]!;
    });
  }
  return writer.place(words);
}

/** Outputs with their groups behind them. Returns where they begin and end. */
function placeOutputs(writer: ImageWriter, forest: QuantizedForest, alive: number): number[] {
  const { baseScores, roots, groupStart, groupScale, groupOutput } = forest;
  const view = new DataView(new ArrayBuffer(16 * (baseScores.length + groupScale.length)));
  const address = writer.place(view);
  let at = 0;
  let group = 0;
  baseScores.forEach((score, output) => {
    const own = at;
    view.setFloat64(own, score, true);
    for (at += 16; groupOutput[group] === output; at += 16) {
      view.setFloat64(at, groupScale[group]!, true);
      const end = groupStart[++group] ?? roots.length;
      view.setUint32(at + 8, alive + 4 * end, true);
    }
    view.setUint32(own + 8, address + at, true);
  });
  return [address, address + at];
}
