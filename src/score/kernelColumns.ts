import type { QuantizedForest, RankColumn, SetColumn } from '../model/quantized.js';
import { MAX_THRESHOLDS } from '../quantize/limits.js';

/** A rank column as the kernel bins it: a missing value has the rank `missingRank`. */
export interface KernelRanks {
  kind: 'rank';
  featureIndex: number;
  /** ascending, distinct, at most 253; no -0 */
  thresholds: Float32Array;
  /** in [0, thresholds.length]: missing goes left at thresholds[k] when k >= missingRank */
  missingRank: number;
}

export type KernelColumn = KernelRanks | SetColumn;

/** The kernel's columns, and the tests of the nodes against them. */
export interface KernelColumns {
  columns: KernelColumn[];
  /** per node */
  column: Uint16Array;
  /** per node: rank of the threshold, or bit of the set */
  test: Uint8Array;
}

/**
 * Lays the blob's columns out for the kernel, with as few as possible to bin: where all thresholds at which missing goes left lie
 * above all at which it goes right, both columns of the feature are one, with missing ranked in between. Models that take
 * missing for a number, as LightGBM does for 0, are all of this kind.
 */
export function layKernelColumns(forest: QuantizedForest): KernelColumns {
  const columns: KernelColumn[] = [];
  const placeOf = new Uint16Array(forest.columns.length);
  const rankOffset = new Uint8Array(forest.columns.length);
  // per feature: the last rank column that has no partner
  const alone = new Map<number, number>();
  forest.columns.forEach((column, index) => {
    if (column.kind === 'sets') {
      placeOf[index] = columns.push(column) - 1;
      return;
    }
    const partner = alone.get(column.featureIndex);
    const other = partner === undefined ? undefined : (forest.columns[partner] as RankColumn);
    if (partner !== undefined && other && canJoin(column, other)) {
      const [high, low] = column.missing === 'high' ? [column, other] : [other, column];
      placeOf[index] = placeOf[partner]!;
      rankOffset[low === column ? index : partner] = high.thresholds.length;
      columns[placeOf[partner]!] = toRanks(high, low.thresholds);
      alone.delete(column.featureIndex);
    } else {
      placeOf[index] = columns.push(toRanks(column, [])) - 1;
      alone.set(column.featureIndex, index);
    }
  });
  return {
    columns,
    column: forest.column.map((index) => placeOf[index]!),
    test: forest.test.map((test, node) => {
      const index = forest.column[node]!;
      return forest.columns[index]!.kind === 'sets' ? test : test - 2 + rankOffset[index]!;
    }),
  };
}

function canJoin(a: RankColumn, b: RankColumn): boolean {
  if (a.missing === b.missing || a.thresholds.length + b.thresholds.length > MAX_THRESHOLDS) {
    return false;
  }
  const [high, low] = a.missing === 'high' ? [a, b] : [b, a];
  return high.thresholds.at(-1)! < low.thresholds[0]!;
}

/** A column with further thresholds above, at which missing goes left. */
function toRanks(
  { featureIndex, missing, thresholds }: RankColumn,
  above: Iterable<number>,
): KernelRanks {
  // the sum turns -0 into 0
  const all = Float32Array.from([...thresholds, ...above], (threshold) => threshold + 0);
  const missingRank = missing === 'low' ? 0 : thresholds.length;
  return { kind: 'rank', featureIndex, thresholds: all, missingRank };
}
