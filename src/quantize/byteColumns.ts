import { ConfigError } from '../core/errors.js';
import { floor32 } from '../core/float.js';
import type { Feature } from '../model/feature.js';
import type { Forest } from '../model/forest.js';
import type { ByteColumn, RankColumn, SetColumn } from '../model/quantized.js';
import { MAX_COLUMNS, MAX_THRESHOLDS, SETS_PER_COLUMN } from './limits.js';

/** The byte columns of a forest, and which byte decides each of its nodes. */
export interface ColumnPlan {
  columns: ByteColumn[];
  /** per node of the forest: index into `columns` */
  column: Uint16Array;
  /** per node: as in {@link import('../model/quantized.js').QuantizedForest} */
  test: Uint8Array;
}

/**
 * Turns the tests of a forest into tests on bytes, losslessly.
 *
 * The sorted distinct thresholds of a feature are its ranks. A feature whose nodes send missing values both ways gets a column
 * for each way; more than 253 thresholds are split over several columns. Thresholds are rounded down to float32: a float32 input
 * takes the same branch as with the threshold it was rounded from. Category sets are bits of a table over the levels, seven a column.
 * @throws {ConfigError} when a threshold is NaN, a category node tests a numeric feature or there are too many columns.
 */
export function planColumns(forest: Forest, features: readonly Feature[]): ColumnPlan {
  const nodeCount = forest.featureIndex.length;
  const plan: ColumnPlan = {
    columns: [],
    column: new Uint16Array(nodeCount),
    test: new Uint8Array(nodeCount),
  };
  const nodesOf: number[][] = features.map(() => []);
  for (let node = 0; node < nodeCount; node++) {
    const nodes = nodesOf[forest.featureIndex[node]!];
    if (!nodes) {
      throw new ConfigError(
        `node ${node} reads feature ${forest.featureIndex[node]}, the model has ${features.length}`,
      );
    }
    nodes.push(node);
  }
  nodesOf.forEach((nodes, featureIndex) => {
    const numeric = nodes.filter((node) => forest.categorySet[node]! < 0);
    for (const missing of ['low', 'high'] as const) {
      const side = missing === 'low' ? 1 : 0;
      const sided = numeric.filter((node) => forest.defaultLeft[node] === side);
      if (sided.length > 0) addRankColumns(plan, forest, sided, featureIndex, missing);
    }
    const categorical = nodes.filter((node) => forest.categorySet[node]! >= 0);
    if (categorical.length > 0) {
      addSetColumns(plan, forest, categorical, featureIndex, features[featureIndex]!);
    }
  });
  if (plan.columns.length > MAX_COLUMNS) {
    throw new ConfigError(
      `the forest needs ${plan.columns.length} byte columns, the most is ${MAX_COLUMNS}`,
    );
  }
  return plan;
}

function addRankColumns(
  plan: ColumnPlan,
  forest: Forest,
  nodes: readonly number[],
  featureIndex: number,
  missing: RankColumn['missing'],
): void {
  const thresholdOf = nodes.map((node) => comparable(forest.threshold[node]!, node));
  const distinct = Float32Array.from(new Set(thresholdOf)).sort();
  const rankOf = new Map<number, number>();
  distinct.forEach((threshold, rank) => {
    rankOf.set(threshold, rank);
  });
  const first = plan.columns.length;
  for (let from = 0; from < distinct.length; from += MAX_THRESHOLDS) {
    const thresholds = distinct.slice(from, from + MAX_THRESHOLDS);
    plan.columns.push({ kind: 'rank', featureIndex, thresholds, missing });
  }
  nodes.forEach((node, index) => {
    const rank = rankOf.get(thresholdOf[index]!)!;
    plan.column[node] = first + Math.floor(rank / MAX_THRESHOLDS);
    plan.test[node] = (rank % MAX_THRESHOLDS) + 2;
  });
}

/** The float32 threshold that float32 inputs compare alike with; -0 becomes 0. */
function comparable(threshold: number, node: number): number {
  if (threshold === threshold) return floor32(threshold) + 0;
  throw new ConfigError(`node ${node} has the threshold NaN`);
}

function addSetColumns(
  plan: ColumnPlan,
  forest: Forest,
  nodes: readonly number[],
  featureIndex: number,
  feature: Feature,
): void {
  if (feature.kind !== 'category') {
    throw new ConfigError(`a category node tests "${feature.name}", which is not a category`);
  }
  const levelCount = feature.levels.length;
  const bitOf = new Map<number, number>();
  const first = plan.columns.length;
  for (const node of nodes) {
    const set = forest.categorySet[node]!;
    const unknownLeft = forest.defaultLeft[node]!;
    const key = set * 2 + unknownLeft;
    let bit = bitOf.get(key);
    if (bit === undefined) {
      bit = bitOf.size;
      bitOf.set(key, bit);
      if (bit % SETS_PER_COLUMN === 0) {
        const table = new Uint8Array(levelCount + 2);
        plan.columns.push({ kind: 'sets', featureIndex, table });
      }
      const { table } = plan.columns.at(-1) as SetColumn;
      const mask = 1 << (bit % SETS_PER_COLUMN);
      for (const code of forest.categorySets[set]!) if (code < levelCount) table[code]! |= mask;
      if (unknownLeft) {
        table[levelCount]! |= mask;
        table[levelCount + 1]! |= mask;
      }
    }
    plan.column[node] = first + Math.floor(bit / SETS_PER_COLUMN);
    plan.test[node] = 1 << (bit % SETS_PER_COLUMN);
  }
}
