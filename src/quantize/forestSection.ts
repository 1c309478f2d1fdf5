import {
  container,
  finite,
  inside,
  integer,
  list,
  number,
  oneOf,
  optional,
  type Place,
  type Reader,
  refuse,
  valueAt,
} from '../core/place.js';
import type { CategoryFeature, Feature } from '../model/feature.js';
import type { Link } from '../model/forest.js';
import type { Task } from '../model/model.js';
import type { ByteColumn, QuantizedForest } from '../model/quantized.js';
import { type Elements, elements } from './elements.js';
import type { Children, ReadNodes } from './forestNodes.js';
import { categoryIndex } from './indices.js';
import {
  MAX_COLUMNS,
  MAX_GROUP_TREES,
  MAX_NODES,
  MAX_OUTPUTS,
  MAX_THRESHOLDS,
  MAX_TREES,
  SETS_PER_COLUMN,
} from './limits.js';

/** The links that a forest may have, by what the model predicts. */
const LINKS: Readonly<Record<Task, readonly Link[]>> = {
  binary: ['logit', 'identity'],
  multiclass: ['softmax', 'logit', 'identity'],
  regression: ['identity', 'log'],
};

/**
 * The forest section: every tree in pre-order, left before right. `structure` has a bit for each node (1) and leaf (0), lowest
 * bit first; `column` and `test` have an element a node, `leaf` one a leaf, all in that order. So any bytes that pass the checks
 * are trees: a child can neither lie outside nor come before its parent.
 */
export function packForest(forest: QuantizedForest): object {
  const { columns, column } = forest;
  return {
    link: forest.link,
    leafBits: forest.leafBits,
    baseScores: forest.baseScores,
    columns: columns.map(packColumn),
    treeCount: forest.roots.length,
    structure: forest.structure,
    column: columns.length <= 256 ? Uint8Array.from(column) : column,
    test: forest.test,
    leaf: forest.leafValue,
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
 * Reads a forest section, and the shares that stand beside it, where there are any. It checks everything but the nodes, which are as good
 * as checked: whoever asks for the children gets a FormatError when these are not trees, or test what is not there; a
 * kernel finds out for itself.
 * @param readNodes - of `forestNodes.ts`; without it there are no children to ask for
 */
export function readForest(
  features: readonly Feature[],
  task: Task,
  readNodes: ReadNodes | undefined,
): Reader<QuantizedForest> {
  return (place, key) => {
    const forest = container(place, key);
    const columns = list(0, MAX_COLUMNS, readColumn(features))(forest, 'columns');
    const leafBits = valueAt(forest, 'leafBits');
    if (leafBits !== 8 && leafBits !== 16) refuse(forest, 'leafBits', '8 or 16');
    const Columns: Elements<Uint8Array | Uint16Array> =
      columns.length <= 256 ? Uint8Array : Uint16Array;
    const column = new Uint16Array(elements(Columns)(forest, 'column'));
    const nodeCount = integer(0, MAX_NODES)(inside(forest, 'column', column), 'length');
    const treeCount = integer(0, MAX_TREES)(forest, 'treeCount');
    const bitCount = 2 * nodeCount + treeCount;
    const structure = elements(Uint8Array, Math.ceil(bitCount / 8))(forest, 'structure');
    const test = elements(Uint8Array, nodeCount)(forest, 'test');
    const Leaves: Elements<Int8Array | Int16Array> = leafBits === 8 ? Int8Array : Int16Array;
    const baseScores = elements(Float64Array, undefined, finite)(forest, 'baseScores');
    const outputCount = integer(1, MAX_OUTPUTS)(inside(forest, 'baseScores', baseScores), 'length');
    const Shares: Elements<Uint8Array | Uint16Array> = leafBits === 8 ? Uint8Array : Uint16Array;
    const leftShare = optional(elements(Shares, nodeCount))(place, 'shares');
    let read: Children | undefined;
    const children = (): Children => {
      read ??= readNodes!(forest, columns, structure, column, test);
      return read;
    };
    return {
      kind: 'forest',
      link: oneOf(LINKS[task])(forest, 'link'),
      leafBits,
      baseScores,
      columns,
      structure,
      get roots() {
        return children().roots;
      },
      get left() {
        return children().left;
      },
      get right() {
        return children().right;
      },
      column,
      test,
      leafValue: elements(Leaves, nodeCount + treeCount)(forest, 'leaf'),
      ...readGroups(forest, treeCount, outputCount),
      ...(leftShare && { leftShare }),
    };
  };
}

function readColumn(features: readonly Feature[]): Reader<ByteColumn> {
  return (list, index) => {
    const place = container(list, index);
    if (valueAt(place, 'sets') !== undefined) {
      const featureIndex = categoryIndex(features)(place, 'sets');
      const { levels } = features[featureIndex] as CategoryFeature;
      const bits = integer(0, (1 << SETS_PER_COLUMN) - 1);
      const table = elements(Uint8Array, levels.length + 2, bits)(place, 'table');
      return { kind: 'sets', featureIndex, table };
    }
    const thresholds = elements(Float32Array)(place, 'thresholds');
    const inner = inside(place, 'thresholds', thresholds);
    integer(1, MAX_THRESHOLDS)(inner, 'length');
    for (let i = 0; i < thresholds.length; i++) {
      const threshold = thresholds[i]!;
      // NaN is not above anything, and must not be the first either
      if (!(i > 0 ? threshold > thresholds[i - 1]! : threshold === threshold))
        refuse(inner, i, 'ascending numbers');
    }
    return {
      kind: 'rank',
      featureIndex: integer(0, features.length - 1)(place, 'rank'),
      thresholds,
      missing: oneOf(['low', 'high'])(place, 'missing'),
    };
  };
}

function readGroups(
  forest: Place,
  treeCount: number,
  outputCount: number,
): Pick<QuantizedForest, 'groupStart' | 'groupScale' | 'groupOutput'> {
  const groupStart = elements(Uint32Array)(forest, 'groupStart');
  const { length } = groupStart;
  const scale = number(0, Number.MAX_VALUE);
  const groupScale = elements(Float32Array, length, scale)(forest, 'groupScale');
  const groupOutput = elements(Uint16Array, length)(forest, 'groupOutput');
  const starts = inside(forest, 'groupStart', groupStart);
  const outputs = inside(forest, 'groupOutput', groupOutput);
  let start = 0;
  let output = 0;
  // the first group begins with the first tree, and each has some
  for (let group = 0; group < length; group++) {
    const end = group + 1 < length ? groupStart[group + 1]! : treeCount;
    if (groupStart[group] !== start || end <= start || end > start + MAX_GROUP_TREES) {
      refuse(starts, group, `a group of 1 to ${MAX_GROUP_TREES} trees from ${start} on`);
    }
    start = end;
    output = integer(output, outputCount - 1)(outputs, group);
  }
  if (start !== treeCount) refuse(forest, 'groupStart', `groups of ${treeCount} trees`, start);
  return { groupStart, groupScale, groupOutput };
}
