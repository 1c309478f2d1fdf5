import type { ByteColumn, QuantizedForest, SetColumn } from '../../model/quantized.js';
import { ImageWriter } from '../imageWriter.js';
import { isHigh, laySubtrees, placeValues, WALKS } from './subtrees.js';
import { cutTrees, NOTHING, TOP_LEAVES, type TreeTops } from './treeTops.js';

/** what the rows of masks may take: they are to stay in the second cache */
const MOST_MASK_BYTES = 5 << 18;
/** leaves of the tops of trees: the fewer, the fewer tests there are, and the more is left to walk */
const MOST_LEAVES = [TOP_LEAVES, 24, 16];
/** tests of a block: the fewer, the more rows of masks, and the fewer tests that are looked at one by one */
const BLOCK_TESTS = [8, 16, 32];
/** a row of masks begins with a cache line */
const LINE_BYTES = 64;
/** as in assembly/score/masks.ts */
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

/** How trees are cut, and their tests put into rows of masks. */
interface MaskPlan {
  forest: QuantizedForest;
  /** per node: what its value is above when it sends a row right; 0.5 for the outcome of a set */
  thresholds: Float32Array;
  tops: TreeTops;
  sources: number[][];
  rowBytes: number;
  blockTests: number;
}

/**
 * Lays a forest out for scoring one row without walking the tops of its trees.
 * @returns undefined for a forest that tests nothing, and one that is too large, see MOST_MASK_BYTES and {@link laySubtrees}.
 * @throws {RangeError} when the memory cannot be had.
 */
export function layRowMasks(forest: QuantizedForest, featureCount: number): RowMasks | undefined {
  const masks = planMasks(forest);
  if (!masks) return undefined;
  const { thresholds, tops, sources, rowBytes, blockTests } = masks;
  const writer = new ImageWriter();
  const words = new Uint32Array(17);
  const plan = writer.place(words);
  // subtrees need these two near the beginning
  const cells = writer.reserve(2 * (tops.positionCount + 1));
  const values = placeValues(writer, forest, tops, featureCount);
  const subtrees = laySubtrees(writer, { forest, thresholds, tops, values, cells });
  if (!subtrees) return undefined;

  const margins = writer.reserve(8 * forest.baseScores.length);
  const alive = writer.reserve(rowBytes);
  const active = writer.reserve(2 * (tops.positionCount + WALKS));
  const table = new Uint32Array(FEATURE_WORDS * sources.length);
  const first = writer.place(table);
  sources.forEach((nodes, at) => {
    const { featureIndex, kind } = columnOf(forest, nodes[0]!);
    const laid = (kind === 'sets' ? layLevels : layBlocks)(writer, masks, nodes);
    table.set([4 * featureIndex, ...laid], FEATURE_WORDS * at + 2);
  });
  const outputs = placeOutputs(writer, forest, tops, cells);
  const leaves = placeLeaves(writer, forest, tops, subtrees.numbers);
  words.set([first, first + table.byteLength, rowBytes, alive, leaves.values, ...outputs]);
  words.set([blockTests, cells, cells + 2 * tops.positionCount], 7);
  words.set([tops.isCut ? active : 0, leaves.subtrees, subtrees.nodes, subtrees.last], 10);
  words.set([values.highCount, values.sets, values.setsEnd], 14);
  return { memory: writer.finish(), plan, row: values.row, margins };
}

/** The largest tops and smallest blocks that leave the masks small enough. */
function planMasks(forest: QuantizedForest): MaskPlan | undefined {
  const thresholds = new Float32Array(forest.test.length);
  forest.test.forEach((test, node) => {
    const own = columnOf(forest, node);
    thresholds[node] = own.kind === 'sets' ? 0.5 : own.thresholds[test - 2]!;
  });
  for (const mostLeaves of MOST_LEAVES) {
    const tops = cutTrees(forest, mostLeaves);
    const sources = sourcesOf(forest, tops);
    if (sources.length === 0) return undefined;
    const rowBytes = Math.ceil((4 * tops.positionCount) / LINE_BYTES) * LINE_BYTES;
    const blockTests = BLOCK_TESTS.find((size) => {
      const rows = sources.reduce((sum, nodes) => sum + maskRows(forest, nodes, size), 0);
      return rowBytes * rows <= MOST_MASK_BYTES;
    });
    if (blockTests) return { forest, thresholds, tops, sources, rowBytes, blockTests };
  }
  return undefined;
}

function columnOf({ columns, column }: QuantizedForest, node: number): ByteColumn {
  return columns[column[node]!]!;
}

/** The nodes of tops that test the same feature in the same way: by thresholds, or by sets. */
function sourcesOf(forest: QuantizedForest, { mask }: TreeTops): number[][] {
  const sources = new Map<string, number[]>();
  for (let node = 0; node < forest.column.length; node++) {
    if (mask[node] === 0) continue;
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
function layLevels(writer: ImageWriter, masks: MaskPlan, nodes: readonly number[]): number[] {
  const { columns, column, test } = masks.forest;
  const { mask, position } = masks.tops;
  const { rowBytes } = masks;
  const levels = (columnOf(masks.forest, nodes[0]!) as SetColumn).table.length;
  const width = rowBytes / 4;
  const rows = new Uint32Array(levels * width).fill(~0);
  for (const node of nodes) {
    const { table } = columns[column[node]!] as SetColumn;
    for (let level = 0; level < levels; level++) {
      if (!(table[level]! & test[node]!)) rows[level * width + position[node]!]! &= mask[node]!;
    }
  }
  const none = placeBlocks(writer, masks, new Uint32Array(0));
  const first = writer.place(rows);
  return [levels - 2, first, first, none, first + rowBytes * (levels - 1)];
}

/** A row of masks for each number of whole blocks that fail, and one for what is missing. Returns as {@link layLevels}. */
function layBlocks(writer: ImageWriter, masks: MaskPlan, nodes: readonly number[]): number[] {
  const { forest, thresholds, rowBytes, blockTests } = masks;
  const { mask, position } = masks.tops;
  const sorted = Uint32Array.from(nodes).sort((a, b) => thresholds[a]! - thresholds[b]!);
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
    const own = sorted.subarray(block * blockTests, (block + 1) * blockTests);
    for (const node of own) rows[at + position[node]!]! &= mask[node]!;
    limits[block] = thresholds[own.at(-1)!]!;
  }
  const missing = (blockCount + 1) * width;
  for (const node of nodes) {
    if (isHigh(columnOf(forest, node))) rows[missing + position[node]!]! &= mask[node]!;
  }
  const blocks = placeBlocks(writer, masks, sorted);
  const first = writer.place(words) + 4 * head;
  return [0, first - limits.byteLength, first, blocks, first + 4 * missing];
}

/** Blocks of thresholds, masks and where their trees are; what is left of the last one is never failed. Returns their address. */
function placeBlocks(
  writer: ImageWriter,
  { thresholds, tops: { mask, position }, blockTests }: MaskPlan,
  nodes: Uint32Array,
): number {
  const count = Math.floor(nodes.length / blockTests) + 1;
  const words = new Uint32Array(3 * blockTests * count);
  const limits = new Float32Array(words.buffer);
  for (let block = 0; block < count; block++) {
    const at = 3 * blockTests * block;
    limits.fill(Infinity, at, at + blockTests);
    const own = nodes.subarray(block * blockTests, (block + 1) * blockTests);
    own.forEach((node, index) => {
      limits[at + index] = thresholds[node]!;
      words[at + blockTests + index] = mask[node]!;
      words[at + 2 * blockTests + index] = 4 * position[node]!;
    });
  }
  return writer.place(words);
}

/** What the leaves of tops add, or the numbers of the subtrees there, and which those are. */
function placeLeaves(
  writer: ImageWriter,
  { leafValue }: QuantizedForest,
  { leaves, positionCount }: TreeTops,
  numbers: Uint16Array,
): { values: number; subtrees: number } {
  const values = new Int16Array(leaves.length);
  const subtrees = new Uint32Array(positionCount);
  leaves.forEach((item, at) => {
    if (item >= 0) {
      values[at] = numbers[at]!;
      subtrees[Math.floor(at / TOP_LEAVES)]! |= 1 << (at % TOP_LEAVES);
    } else if (item !== NOTHING) values[at] = leafValue[~item]!;
  });
  return { values: writer.place(values), subtrees: writer.place(subtrees) };
}

/** Outputs with their groups behind them. Returns where they begin and end. */
function placeOutputs(
  writer: ImageWriter,
  { baseScores, groupScale, groupOutput }: QuantizedForest,
  { groupEnds }: TreeTops,
  cells: number,
): number[] {
  const view = new DataView(new ArrayBuffer(16 * (baseScores.length + groupScale.length)));
  const address = writer.place(view);
  let at = 0;
  let group = 0;
  baseScores.forEach((score, output) => {
    const own = at;
    view.setFloat64(own, score, true);
    for (at += 16; groupOutput[group] === output; at += 16) {
      view.setFloat64(at, groupScale[group]!, true);
      view.setUint32(at + 8, cells + 2 * groupEnds[group++]!, true);
    }
    view.setUint32(own + 8, address + at, true);
  });
  return [address, address + at];
}
