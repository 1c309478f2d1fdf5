import { floor32 } from '../core/float.js';
import { type Calibrator, steepnessOf } from '../model/calibrator.js';
import { type Forest, goesLeft } from '../model/forest.js';
import { addBatchConstant } from './expressionGraph.js';
import type { FeatureValues } from './featureValues.js';
import type { GraphBuilder, Value } from './graphBuilder.js';
import { type ColumnRef, TreeColumns } from './treeColumns.js';
import { type Split, TreeEnsemble, type Vote } from './treeEnsemble.js';

/**
 * The largest margin, times the steepness of what follows, that is summed in float32. Leaves of a log-odds partly cancel, so
 * their partial sums stay well below the bound; those of a probability reach it. Keeps |Δp| below some 5e-6.
 */
const FLOAT_LIMIT = Object.freeze({ logit: 512, identity: 32 });

/**
 * Adds a forest: float32 comparisons that branch as the reference does on every input, then a sum of leaf values.
 *
 * The sum is float32, which moves a probability by some 1e-7. Where that is not enough (some calibrators may be
 * arbitrarily steep, very large leaf values cancel) the operator sums in float64; and as it hands out float32 nonetheless,
 * each leaf is split into a multiple of a coarse unit, whose sum float32 holds exactly, and a small rest.
 * Trees of a single leaf join the base score.
 * @returns the margin, double `[N, 1]`.
 */
export function addForest(
  graph: GraphBuilder,
  features: FeatureValues,
  forest: Forest,
  calibrator: Calibrator,
): Value {
  const unit = coarseUnit(forest, calibrator);
  const trees = new TreeEnsemble(
    unit === undefined ? 'float' : 'double',
    unit === undefined ? 1 : 2,
  );
  const base = forest.baseScore + constantTrees(forest);
  const matrix = addSplits(graph, features, forest, trees, (leaf) =>
    votes(forest.leafValue[leaf]!, unit),
  );
  if (matrix === undefined) return addBatchConstant(graph, features.inputs[0]!, 'double', base);
  if (unit === undefined) return graph.cast(trees.addTo(graph, matrix, base), 'double');
  const parts = graph.cast(trees.addTo(graph, graph.cast(matrix, 'double')), 'double');
  const axis = graph.addInitializer({ type: 'int64', dims: [1], values: [1] });
  const sum = graph.addNode('ReduceSum', [parts, axis]);
  return graph.addNode('Add', [sum, graph.scalar('double', base)]);
}

/** Writes the trees that branch, and the matrix they read; undefined when none branches. */
function addSplits(
  graph: GraphBuilder,
  features: FeatureValues,
  forest: Forest,
  trees: TreeEnsemble,
  votesOf: (leaf: number) => readonly Vote[],
): Value | undefined {
  if (!forest.roots.some((root) => root >= 0)) return undefined;
  const columns = new TreeColumns(graph, features);
  const known = knownCodes(forest);
  const refs: ColumnRef[] = Array.from(forest.featureIndex, (featureIndex, node) =>
    isTableSplit(forest, features, node)
      ? columns.pattern(featureIndex, known.get(featureIndex) ?? [], (code) =>
          goesLeft(forest, node, code),
        )
      : columns.number(features.number(featureIndex)),
  );
  const { matrix, columnOf } = columns.build();
  const split = (node: number): Split => {
    const column = columnOf(refs[node]!);
    return isTableSplit(forest, features, node)
      ? { column, value: 0.5, missingLeft: false }
      : {
          column,
          value: floor32(forest.threshold[node]!),
          missingLeft: forest.defaultLeft[node] === 1,
        };
  };
  for (const root of forest.roots) if (root >= 0) trees.addTree(forest, root, split, votesOf);
  return matrix;
}

/** Every split of a category, and the splits of a number by a set of codes. */
function isTableSplit(forest: Forest, features: FeatureValues, node: number): boolean {
  return forest.categorySet[node]! >= 0 || features.isCategory(forest.featureIndex[node]!);
}

/** The codes in the sets of each feature, ascending. */
function knownCodes(forest: Forest): Map<number, number[]> {
  const codes = new Map<number, Set<number>>();
  forest.featureIndex.forEach((featureIndex, node) => {
    const set = forest.categorySets[forest.categorySet[node]!];
    if (set === undefined) return;
    const known = codes.get(featureIndex) ?? new Set();
    for (const code of set) known.add(code);
    codes.set(featureIndex, known);
  });
  return new Map([...codes].map(([feature, known]) => [feature, [...known].sort((a, b) => a - b)]));
}

function votes(leafValue: number, unit: number | undefined): Vote[] {
  if (unit === undefined) return [{ target: 0, weight: leafValue }];
  const coarse = Math.round(leafValue / unit) * unit;
  return [
    { target: 0, weight: coarse },
    { target: 1, weight: leafValue - coarse },
  ];
}

/** The sum of the trees that are a single leaf. */
function constantTrees({ roots, leafValue }: Forest): number {
  let sum = 0;
  for (const root of roots) if (root < 0) sum += leafValue[~root]!;
  return sum;
}

/** The unit of the coarse part of a leaf: the finest whose sums float32 holds; undefined when float32 will do. */
function coarseUnit(forest: Forest, calibrator: Calibrator): number | undefined {
  const largest = largestMargin(forest);
  const steepness = steepnessOf(calibrator, forest.link);
  if (largest * steepness <= FLOAT_LIMIT[forest.link]) return undefined;
  return 2 ** (Math.ceil(Math.log2(largest)) - 23);
}

/** A bound of the magnitude of any partial sum: of each tree, its largest leaf. At least 1. */
function largestMargin({ roots, left, right, leafValue }: Forest): number {
  let sum = 1;
  for (const root of roots) {
    let largest = 0;
    const pending = [root];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at >= 0) pending.push(left[at]!, right[at]!);
      else largest = Math.max(largest, Math.abs(leafValue[~at]!));
    }
    sum += largest;
  }
  return sum;
}
