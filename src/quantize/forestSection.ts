import {
  entriesAt,
  inside,
  integerAt,
  mapAt,
  numberAt,
  oneOfAt,
  type Place,
  refuseAt,
  valueAt,
} from '../core/place.js';
import type { Feature } from '../model/feature.js';
import type { Link } from '../model/forest.js';
import type { Task } from '../model/model.js';
import type { ByteColumn, QuantizedForest } from '../model/quantized.js';
import { elementsAt } from './binary.js';
import {
  MAX_COLUMNS,
  MAX_DEPTH,
  MAX_GROUP_TREES,
  MAX_NODES,
  MAX_OUTPUTS,
  MAX_THRESHOLDS,
  MAX_TREES,
  SETS_PER_COLUMN,
} from './limits.js';
import { categoryAt } from './pipelineSection.js';

/** The links that a forest may have, by what the model predicts. */
const LINKS: Readonly<Record<Task, readonly Link[]>> = Object.freeze({
  binary: ['logit', 'identity'],
  multiclass: ['softmax', 'logit', 'identity'],
  regression: ['identity', 'log'],
});

/**
 * The forest section: every tree in pre-order, left before right. `structure` has a bit for each node (1) and leaf (0), lowest
 * bit first; `column` and `test` have an element a node, `leaf` one a leaf, all in that order. So any bytes that pass the checks
 * are trees: a child can neither lie outside nor come before its parent.
 */
export function packForest(forest: QuantizedForest): object {
  const nodeCount = forest.column.length;
  const order = new Int32Array(nodeCount);
  const leafOrder = new Int32Array(forest.leafValue.length);
  const structure = new Uint8Array(Math.ceil((nodeCount + leafOrder.length) / 8));
  let nodes = 0;
  let leaves = 0;

  function visit(at: number): void {
    const bit = nodes + leaves;
    if (at < 0) {
      leafOrder[leaves++] = ~at;
      return;
    }
    structure[bit >> 3]! |= 1 << (bit & 7);
    order[nodes++] = at;
    visit(forest.left[at]!);
    visit(forest.right[at]!);
  }

  forest.roots.forEach(visit);
  const column = Uint16Array.from(order, (node) => forest.column[node]!);
  const leaf = Int16Array.from(leafOrder, (index) => forest.leafValue[index]!);
  return {
    link: forest.link,
    leafBits: forest.leafBits,
    baseScores: forest.baseScores,
    columns: forest.columns.map(packColumn),
    treeCount: forest.roots.length,
    structure,
    column: forest.columns.length <= 256 ? Uint8Array.from(column) : column,
    test: Uint8Array.from(order, (node) => forest.test[node]!),
    leaf: forest.leafBits === 8 ? Int8Array.from(leaf) : leaf,
    groupStart: forest.groupStart,
    groupScale: forest.groupScale,
    groupOutput: forest.groupOutput,
  };
}

function packColumn(column: ByteColumn): object {
  if (column.kind === 'sets') return { sets: column.featureIndex, table: column.table };
  return { rank: column.featureIndex, missing: column.missing, thresholds: column.thresholds };
}

/**
 * Reads a forest section and checks everything a kernel relies on.
 * @throws {FormatError} saying what was seen and what was expected.
 */
export function unpackForest(
  forest: Place,
  features: readonly Feature[],
  task: Task,
): QuantizedForest {
  const columns = entriesAt(forest, 'columns', 0, MAX_COLUMNS, (list, index) =>
    unpackColumn(mapAt(list, index), features),
  );
  const leafBits = valueAt(forest, 'leafBits') === 16 ? 16 : 8;
  integerAt(forest, 'leafBits', leafBits, leafBits);
  const ColumnArray = columns.length <= 256 ? Uint8Array : Uint16Array;
  const column = new Uint16Array(
    elementsAt<Uint8Array | Uint16Array>(forest, 'column', ColumnArray),
  );
  const nodeCount = column.length;
  if (nodeCount > MAX_NODES) refuseAt(forest, 'column', `at most ${MAX_NODES} elements`);
  const treeCount = integerAt(forest, 'treeCount', 0, MAX_TREES);
  const leafCount = nodeCount + treeCount;
  const LeafArray = leafBits === 8 ? Int8Array : Int16Array;
  const leafValue = elementsAt<Int8Array | Int16Array>(forest, 'leaf', LeafArray, leafCount);
  const baseScores = elementsAt(forest, 'baseScores', Float64Array);
  const scores = inside(forest, 'baseScores', baseScores);
  integerAt(scores, 'length', 1, MAX_OUTPUTS);
  baseScores.forEach((_, output) => {
    numberAt(scores, output);
  });
  return {
    kind: 'forest',
    link: oneOfAt(forest, 'link', LINKS[task]),
    leafBits,
    baseScores,
    columns,
    column,
    test: unpackTests(forest, columns, column),
    leafValue,
    ...unpackStructure(forest, treeCount, nodeCount),
    ...unpackGroups(forest, treeCount, baseScores.length),
  };
}

function unpackColumn(place: Place, features: readonly Feature[]): ByteColumn {
  if (valueAt(place, 'sets') !== undefined) {
    const { featureIndex, levelCount } = categoryAt(place, 'sets', features);
    const table = elementsAt(place, 'table', Uint8Array, levelCount + 2);
    const high = table.findIndex((bits) => bits >> SETS_PER_COLUMN !== 0);
    if (high >= 0) refuseAt(inside(place, 'table', table), high, 'bytes below 128');
    return { kind: 'sets', featureIndex, table };
  }
  const featureIndex = integerAt(place, 'rank', 0, features.length - 1);
  const missing = oneOfAt(place, 'missing', ['low', 'high']);
  const thresholds = elementsAt(place, 'thresholds', Float32Array);
  const elements = inside(place, 'thresholds', thresholds);
  integerAt(elements, 'length', 1, MAX_THRESHOLDS);
  let last = -Infinity;
  for (let i = 0; i < thresholds.length; i++) {
    const threshold = thresholds[i]!;
    const ascends = i === 0 ? threshold === threshold : threshold > last;
    if (!ascends) refuseAt(elements, i, 'ascending numbers');
    last = threshold;
  }
  return { kind: 'rank', featureIndex, thresholds, missing };
}

function unpackTests(
  forest: Place,
  columns: readonly ByteColumn[],
  column: Uint16Array,
): Uint8Array {
  const tests = elementsAt(forest, 'test', Uint8Array, column.length);
  // per column: the greatest rank, or 0 for sets
  const ranks = Uint8Array.from(columns, (own) =>
    own.kind === 'rank' ? own.thresholds.length + 1 : 0,
  );
  for (let node = 0; node < column.length; node++) {
    const own = column[node]!;
    if (own >= columns.length) {
      refuseAt(inside(forest, 'column', column), node, `less than ${columns.length}`);
    }
    const test = tests[node]!;
    const most = ranks[own]!;
    const fits =
      most > 0
        ? test >= 2 && test <= most
        : test > 0 && !(test >> SETS_PER_COLUMN) && !(test & (test - 1));
    if (!fits) {
      const expected = `a ${most > 0 ? 'rank' : 'bit'} of column ${own}`;
      refuseAt(inside(forest, 'test', tests), node, expected);
    }
  }
  return tests;
}

function unpackStructure(
  forest: Place,
  treeCount: number,
  nodeCount: number,
): Pick<QuantizedForest, 'roots' | 'left' | 'right'> {
  const bitCount = 2 * nodeCount + treeCount;
  const structure = elementsAt(forest, 'structure', Uint8Array, Math.ceil(bitCount / 8));
  const fail = (seen: string): never =>
    refuseAt(forest, 'structure', `${treeCount} trees with ${nodeCount} nodes`, seen);
  const roots = new Int32Array(treeCount);
  const left = new Int32Array(nodeCount);
  const right = new Int32Array(nodeCount);
  // nodes whose right child is still to come, or ~node before the left one
  const open = new Int32Array(MAX_DEPTH + 1);
  let depth = 0;
  let tree = 0;
  let nodes = 0;
  let leaves = 0;
  for (let bit = 0; bit < bitCount; bit++) {
    if (tree === treeCount) fail('nodes after the last tree');
    const isNode = (structure[bit >> 3]! >> (bit & 7)) & 1;
    if (isNode && nodes === nodeCount) fail('more nodes');
    const item = isNode ? nodes++ : ~leaves++;
    const parent = depth > 0 ? open[depth - 1]! : 0;
    if (depth === 0) roots[tree] = item;
    else if (parent < 0) {
      left[~parent] = item;
      open[depth - 1] = ~parent;
    } else {
      right[parent] = item;
      depth--;
    }
    if (isNode) {
      if (depth > MAX_DEPTH) fail(`tree ${tree}, which is deeper than ${MAX_DEPTH}`);
      open[depth++] = ~item;
    } else if (depth === 0) tree++;
  }
  if (tree !== treeCount || depth !== 0) fail(`an end within tree ${tree}`);
  return { roots, left, right };
}

function unpackGroups(
  forest: Place,
  treeCount: number,
  outputCount: number,
): Pick<QuantizedForest, 'groupStart' | 'groupScale' | 'groupOutput'> {
  const groupStart = elementsAt(forest, 'groupStart', Uint32Array);
  const { length } = groupStart;
  const groupScale = elementsAt(forest, 'groupScale', Float32Array, length);
  const groupOutput = elementsAt(forest, 'groupOutput', Uint16Array, length);
  const starts = inside(forest, 'groupStart', groupStart);
  const scales = inside(forest, 'groupScale', groupScale);
  const outputs = inside(forest, 'groupOutput', groupOutput);
  if (treeCount > 0) integerAt(starts, 0, 0, 0);
  for (let group = 0; group < length; group++) {
    const end = group + 1 < length ? groupStart[group + 1]! : treeCount;
    const size = end - groupStart[group]!;
    if (size < 1 || size > MAX_GROUP_TREES) {
      refuseAt(starts, group, `a group of 1 to ${MAX_GROUP_TREES} trees`, `${size}`);
    }
    numberAt(scales, group, 0);
    integerAt(outputs, group, group > 0 ? groupOutput[group - 1]! : 0, outputCount - 1);
  }
  return { groupStart, groupScale, groupOutput };
}
