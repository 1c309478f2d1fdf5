import type { ByteColumn, QuantizedForest, RankColumn } from '../model/quantized.js';
import { addBatchConstants } from './batchConstant.js';
import type { FeatureValues } from './featureValues.js';
import type { GraphBuilder, Value } from './graphBuilder.js';
import { addGroupSums } from './groupSums.js';
import { type ColumnRef, TreeColumns } from './treeColumns.js';
import { TreeEnsemble, type TreeStructure } from './treeEnsemble.js';

/** float32 holds every integer below this. */
const EXACT_INTEGERS = 2 ** 24;

/**
 * Adds a quantised forest: ranks, trees over ranks, integer leaf sums, group scales. ONNX Runtime's tree operator takes no
 * integers, so bytes and leaves are float32 tensors of integers; sums stay below 2^24 and are exact, and the margins are the
 * blob's but for the last bits of one float64 sum.
 * @returns the margins, double `[N, outputCount]`.
 */
export function addQuantizedForest(
  graph: GraphBuilder,
  features: FeatureValues,
  forest: QuantizedForest,
): Value {
  const sums = planSums(forest);
  const like = features.inputs[0]!;
  if (sums.width === 0) return addBatchConstants(graph, like, 'double', sums.bases);
  const trees = new TreeEnsemble('float', sums.scales.length);
  const columns = new TreeColumns(graph, features);
  const ranks = addRanks(graph, features, forest);
  const known = forest.columns.map(({ featureIndex }) => levels(forest, featureIndex));
  const refs: ColumnRef[] = Array.from(forest.column, (index, node) => {
    const at = ranks.indices.indexOf(index);
    if (at >= 0) return columns.number(ranks.bytes, at, ranks.indices.length);
    const column = forest.columns[index]!;
    return columns.pattern(column.featureIndex, known[index]!, (code) =>
      isLeft(column, byteOf(column, code), forest.test[node]!),
    );
  });
  const { matrix, columnOf } = columns.build();
  forest.roots.forEach((root, tree) => {
    if (root < 0) return;
    trees.addTree(
      forest,
      root,
      (node) => {
        const value = ranks.indices.includes(forest.column[node]!) ? forest.test[node]! - 1 : 0.5;
        return { column: columnOf(refs[node]!), value, missingLeft: false };
      },
      (leaf) => [{ target: sums.targetOfTree[tree]!, weight: forest.leafValue[leaf]! }],
    );
  });
  const integers = graph.cast(trees.addTo(graph, matrix), 'double');
  const scaled = graph.addNode('Mul', [integers, graph.row('double', sums.scales)]);
  const margins = addGroupSums(graph, scaled, sums.bases.length, sums.width);
  return graph.addNode('Add', [margins, graph.row('double', sums.bases)]);
}

/** The sums that the operator keeps: of the trees of a group, and of as few of them as float32 can add exactly. */
interface SumPlan {
  /** sums that each output has: the targets `[output * width, (output + 1) * width)`, of which the last may be idle */
  width: number;
  /** per tree; -1 for a tree of a single leaf, which is part of the base */
  targetOfTree: number[];
  /** per target; 0 where it is idle */
  scales: number[];
  /** per output */
  bases: number[];
}

function planSums(forest: QuantizedForest): SumPlan {
  const { roots, groupStart, groupScale, groupOutput, leafValue } = forest;
  const bases = [...forest.baseScores];
  const scalesOf: number[][] = bases.map(() => []);
  const places: ({ output: number; position: number } | undefined)[] = [];
  // a leaf is at most 2^15 in magnitude
  const treesPerTarget = EXACT_INTEGERS / 2 ** (forest.leafBits - 1) - 1;
  groupScale.forEach((scale, group) => {
    const end = groupStart[group + 1] ?? roots.length;
    const output = groupOutput[group]!;
    const scales = scalesOf[output]!;
    let treesInTarget = treesPerTarget;
    for (let tree = groupStart[group]!; tree < end; tree++) {
      const root = roots[tree]!;
      if (root < 0) {
        bases[output]! += scale * leafValue[~root]!;
        places.push(undefined);
        continue;
      }
      if (treesInTarget === treesPerTarget) {
        scales.push(scale);
        treesInTarget = 0;
      }
      treesInTarget++;
      places.push({ output, position: scales.length - 1 });
    }
  });
  const width = scalesOf.reduce((most, { length }) => Math.max(most, length), 0);
  return {
    width,
    targetOfTree: places.map((place) => (place ? place.output * width + place.position : -1)),
    scales: scalesOf.flatMap((scales) => Array.from({ length: width }, (_, i) => scales[i] ?? 0)),
    bases,
  };
}

/** The rank bytes of some columns: float `[N, indices.length]` of integers in [0, 255]; no value when there are none. */
interface Ranks {
  indices: number[];
  bytes: Value;
}

/**
 * Adds the rank bytes of all numeric columns, by binary search: one tree a column, whose leaves are the bytes.
 * Rank columns of a category are left to look-ups.
 */
function addRanks(
  graph: GraphBuilder,
  features: FeatureValues,
  { columns, column: used }: QuantizedForest,
): Ranks {
  const indices = [...new Set(used)]
    .sort((a, b) => a - b)
    .filter((index) => {
      const column = columns[index]!;
      return column.kind === 'rank' && !features.isCategory(column.featureIndex);
    });
  if (indices.length === 0) return { indices, bytes: '' };
  const inputs = [...new Set(indices.map((index) => columns[index]!.featureIndex))];
  const search = new TreeEnsemble('float', indices.length);
  indices.forEach((index, target) => {
    const column = columns[index] as RankColumn;
    const tree = searchTree(column);
    search.addTree(
      tree,
      0,
      (node) => ({
        column: inputs.indexOf(column.featureIndex),
        value: tree.thresholds[node]!,
        missingLeft: false,
      }),
      (leaf) => [{ target, weight: leaf }],
    );
  });
  const matrix = graph.concat(inputs.map((featureIndex) => features.number(featureIndex)));
  return { indices, bytes: search.addTo(graph, matrix) };
}

/**
 * A binary search over the thresholds of a column; leaf numbers are the bytes. Node 0 parts numbers from NaN, which is
 * not at most Infinity.
 */
function searchTree({
  thresholds,
  missing,
}: RankColumn): Omit<TreeStructure, 'roots'> & { thresholds: number[] } {
  const values = [Infinity];
  const left = [0];
  const right = [~(missing === 'low' ? 0 : 255)];
  // numbers that `low` thresholds are known to be below, and no threshold from `high` on
  const grow = (low: number, high: number): number => {
    if (low === high) return ~(1 + low);
    const middle = (low + high) >> 1;
    const node = values.push(thresholds[middle]!) - 1;
    left.push(0);
    right.push(0);
    left[node] = grow(low, middle);
    right[node] = grow(middle + 1, high);
    return node;
  };
  left[0] = grow(0, thresholds.length);
  return { thresholds: values, left: Int32Array.from(left), right: Int32Array.from(right) };
}

/** The codes that the look-up tables of a feature tell apart. */
function levels({ columns }: QuantizedForest, featureIndex: number): number[] {
  const counts = columns.map((column) =>
    column.kind === 'sets' && column.featureIndex === featureIndex ? column.table.length - 2 : 0,
  );
  return Array.from({ length: Math.max(...counts) }, (_, code) => code);
}

/** The byte of a feature value, by the definitions of the columns. */
function byteOf(column: ByteColumn, x: number): number {
  if (column.kind === 'sets') {
    const { table } = column;
    const levelCount = table.length - 2;
    if (x !== x) return table[levelCount + 1]!;
    return table[x >= 0 && x < levelCount ? x : levelCount]!;
  }
  if (x !== x) return column.missing === 'low' ? 0 : 255;
  let byte = 1;
  for (const threshold of column.thresholds) if (threshold < x) byte++;
  return byte;
}

function isLeft(column: ByteColumn, byte: number, test: number): boolean {
  return column.kind === 'rank' ? byte < test : (byte & test) !== 0;
}
