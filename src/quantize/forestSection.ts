import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import type { Feature } from '../model/feature.js';
import type { Link } from '../model/forest.js';
import type { Task } from '../model/model.js';
import type { ByteColumn, QuantizedForest } from '../model/quantized.js';
import { asElements, asFinite, asInteger, asList, asMap, asOneOf } from './checked.js';
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
import type { Packed } from './messagePack.js';

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
  content: Packed,
  features: readonly Feature[],
  task: Task,
): QuantizedForest {
  const map = asMap(content, 'forest');
  const columns = asList(map.get('columns'), 'forest.columns', 0, MAX_COLUMNS).map((entry, index) =>
    unpackColumn(entry, `forest.columns[${index}]`, features),
  );
  const leafBits = map.get('leafBits') === 16 ? 16 : 8;
  asInteger(map.get('leafBits'), 'forest.leafBits', leafBits, leafBits);
  const column = Uint16Array.from(
    columns.length <= 256
      ? asElements(map.get('column'), 'forest.column', Uint8Array)
      : asElements(map.get('column'), 'forest.column', Uint16Array),
  );
  const nodeCount = asInteger(column.length, 'forest.column.length', 0, MAX_NODES);
  const treeCount = asInteger(map.get('treeCount'), 'forest.treeCount', 0, MAX_TREES);
  const leafCount = nodeCount + treeCount;
  const test = asElements(map.get('test'), 'forest.test', Uint8Array, nodeCount);
  const leafValue =
    leafBits === 8
      ? asElements(map.get('leaf'), 'forest.leaf', Int8Array, leafCount)
      : asElements(map.get('leaf'), 'forest.leaf', Int16Array, leafCount);
  checkTests(columns, column, test);
  const structureBytes = Math.ceil((nodeCount + leafCount) / 8);
  const structure = asElements(
    map.get('structure'),
    'forest.structure',
    Uint8Array,
    structureBytes,
  );
  const baseScores = unpackBaseScores(map);
  return {
    kind: 'forest',
    link: asOneOf(map.get('link'), 'forest.link', LINKS[task]),
    leafBits,
    baseScores,
    columns,
    ...unpackStructure(structure, treeCount, nodeCount),
    column,
    test,
    leafValue,
    ...unpackGroups(map, treeCount, baseScores.length),
  };
}

function unpackColumn(entry: Packed, path: string, features: readonly Feature[]): ByteColumn {
  const map = asMap(entry, path);
  if (map.has('sets')) {
    const featureIndex = asInteger(map.get('sets'), `${path}.sets`, 0, features.length - 1);
    const table = asElements(map.get('table'), `${path}.table`, Uint8Array);
    const feature = features[featureIndex]!;
    if (feature.kind !== 'category') {
      throw new FormatError(`${path}: ${show(feature.name)} is not a category`);
    }
    if (table.length !== feature.levels.length + 2) {
      throw new FormatError(
        `${path}.table: expected ${feature.levels.length + 2} bytes for the levels of ${show(feature.name)}, got ${table.length}`,
      );
    }
    const high = table.findIndex((byte) => byte >> SETS_PER_COLUMN !== 0);
    if (high >= 0) throw new FormatError(`${path}.table[${high}]: expected the high bit to be 0`);
    return { kind: 'sets', featureIndex, table };
  }
  const featureIndex = asInteger(map.get('rank'), `${path}.rank`, 0, features.length - 1);
  const missing = asOneOf(map.get('missing'), `${path}.missing`, ['low', 'high']);
  const thresholds = asElements(map.get('thresholds'), `${path}.thresholds`, Float32Array);
  if (thresholds.length < 1 || thresholds.length > MAX_THRESHOLDS) {
    throw new FormatError(
      `${path}.thresholds: expected 1 to ${MAX_THRESHOLDS}, got ${thresholds.length}`,
    );
  }
  for (let i = 0; i < thresholds.length; i++) {
    const ascends = i === 0 ? thresholds[0] === thresholds[0] : thresholds[i]! > thresholds[i - 1]!;
    if (!ascends) {
      throw new FormatError(
        `${path}.thresholds[${i}]: expected ascending numbers, got ${thresholds[i]}`,
      );
    }
  }
  return { kind: 'rank', featureIndex, thresholds, missing };
}

function checkTests(columns: readonly ByteColumn[], column: Uint16Array, test: Uint8Array): void {
  for (let node = 0; node < column.length; node++) {
    const read = columns[column[node]!];
    if (!read) {
      throw new FormatError(
        `forest.column[${node}]: expected less than ${columns.length}, got ${column[node]}`,
      );
    }
    const byte = test[node]!;
    const fits =
      read.kind === 'rank'
        ? byte >= 2 && byte < read.thresholds.length + 2
        : byte > 0 && byte < 1 << SETS_PER_COLUMN && (byte & (byte - 1)) === 0;
    if (!fits) {
      throw new FormatError(
        `forest.test[${node}]: ${byte} is no ${read.kind === 'rank' ? 'rank' : 'bit'} of column ${column[node]}`,
      );
    }
  }
}

function unpackStructure(
  structure: Uint8Array,
  treeCount: number,
  nodeCount: number,
): Pick<QuantizedForest, 'roots' | 'left' | 'right'> {
  const bitCount = 2 * nodeCount + treeCount;
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
  for (let bit = 0; bit < bitCount; bit++) {
    if (tree === treeCount) throw new FormatError('forest.structure: nodes after the last tree');
    const isNode = (structure[bit >> 3]! >> (bit & 7)) & 1;
    if (isNode && nodes === nodeCount) {
      throw new FormatError(`forest.structure: more than ${nodeCount} nodes`);
    }
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
      if (level === MAX_DEPTH) {
        throw new FormatError(`forest.structure: tree ${tree} is deeper than ${MAX_DEPTH}`);
      }
      levels[depth] = level;
      open[depth++] = ~item;
    } else if (depth === 0) tree++;
  }
  if (tree !== treeCount || depth !== 0) {
    throw new FormatError(`forest.structure: ends within tree ${tree} of ${treeCount}`);
  }
  return { roots, left, right };
}

function unpackBaseScores(map: Map<string, Packed>): Float64Array {
  const baseScores = asElements(map.get('baseScores'), 'forest.baseScores', Float64Array);
  asInteger(baseScores.length, 'forest.baseScores.length', 1, MAX_OUTPUTS);
  baseScores.forEach((score, output) => {
    asFinite(score, `forest.baseScores[${output}]`);
  });
  return baseScores;
}

function unpackGroups(
  map: Map<string, Packed>,
  treeCount: number,
  outputCount: number,
): Pick<QuantizedForest, 'groupStart' | 'groupScale' | 'groupOutput'> {
  const groupStart = asElements(map.get('groupStart'), 'forest.groupStart', Uint32Array);
  const { length } = groupStart;
  const groupScale = asElements(map.get('groupScale'), 'forest.groupScale', Float32Array, length);
  const groupOutput = asElements(map.get('groupOutput'), 'forest.groupOutput', Uint16Array, length);
  if (treeCount > 0 && groupStart[0] !== 0) {
    throw new FormatError('forest.groupStart: expected the first group to begin at tree 0');
  }
  for (let group = 0; group < groupStart.length; group++) {
    const end = group + 1 < groupStart.length ? groupStart[group + 1]! : treeCount;
    const size = end - groupStart[group]!;
    if (size < 1 || size > MAX_GROUP_TREES) {
      throw new FormatError(
        `forest.groupStart[${group}]: expected 1 to ${MAX_GROUP_TREES} trees in a group, got ${size}`,
      );
    }
    asFinite(groupScale[group], `forest.groupScale[${group}]`, 0);
    const least = group > 0 ? groupOutput[group - 1]! : 0;
    asInteger(groupOutput[group], `forest.groupOutput[${group}]`, least, outputCount - 1);
  }
  return { groupStart, groupScale, groupOutput };
}
