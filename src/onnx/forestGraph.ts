import { floor32 } from '../core/float.js';
import { steepnessOf as steepnessOfCalibrator } from '../model/calibrator.js';
import { type Forest, goesLeft, type Link } from '../model/forest.js';
import { type Head, outputCountOf } from '../model/model.js';
import { addBatchConstants } from './batchConstant.js';
import type { FeatureValues } from './featureValues.js';
import type { GraphBuilder, Value } from './graphBuilder.js';
import { addGroupSums } from './groupSums.js';
import { type ColumnRef, TreeColumns } from './treeColumns.js';
import { type Split, TreeEnsemble, type Vote } from './treeEnsemble.js';

/**
 * The largest margin, times the steepness of what follows, that is summed in float32. Leaves of a log-odds partly cancel, so
 * their partial sums stay well below the bound; those of a probability reach it. Keeps |Δp| below some 5e-6, and what the
 * log link gives to the same part of itself.
 */
const FLOAT_LIMIT: Readonly<Record<Link, number>> = Object.freeze({
  logit: 512,
  softmax: 256,
  log: 128,
  identity: 32,
});

/** Of the smallest normal float32. */
const SMALLEST_EXPONENT = -126;

/**
 * Adds a forest: float32 comparisons that branch as the reference does on every input, then a sum of leaf values.
 *
 * The sum is float32, which moves a probability by some 1e-7. Where that is not enough (some calibrators may be
 * arbitrarily steep, very large leaf values cancel, a regression has any scale) the operator sums in float64; and as it
 * hands out float32 nonetheless, each leaf is split into a multiple of a coarse unit, whose sum float32 holds exactly, and a
 * small rest. Trees of a single leaf join the base scores.
 * @param head - what comes after the margins.
 * @returns the margins, double `[N, outputCount]`.
 */
export function addForest(
  graph: GraphBuilder,
  features: FeatureValues,
  forest: Forest,
  head: Head,
): Value {
  const bases = basesWithConstantTrees(forest);
  const outputCount = bases.length;
  const unit = coarseUnit(forest, head);
  const trees =
    unit === undefined
      ? new TreeEnsemble('float', outputCount)
      : new TreeEnsemble('double', 2 * outputCount);
  const matrix = addSplits(graph, features, forest, trees, (leaf, output) =>
    votes(forest.leafValue[leaf]!, output, unit),
  );
  if (matrix === undefined) return addBatchConstants(graph, features.inputs[0]!, 'double', bases);
  if (unit === undefined && outputCount === 1) {
    return graph.cast(trees.addTo(graph, matrix, bases[0]!), 'double');
  }
  if (unit === undefined) {
    // the operator forgets the base value of a target that no leaf adds to
    const sums = graph.cast(trees.addTo(graph, matrix), 'double');
    return graph.addNode('Add', [sums, graph.row('double', bases)]);
  }
  const parts = graph.cast(trees.addTo(graph, graph.cast(matrix, 'double')), 'double');
  const sums = addGroupSums(graph, parts, outputCount, 2);
  return graph.addNode('Add', [sums, graph.row('double', bases)]);
}

/** Writes the trees that branch, and the matrix they read; undefined when none branches. */
function addSplits(
  graph: GraphBuilder,
  features: FeatureValues,
  forest: Forest,
  trees: TreeEnsemble,
  votesOf: (leaf: number, output: number) => readonly Vote[],
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
  forest.roots.forEach((root, tree) => {
    const output = forest.treeOutput[tree]!;
    if (root >= 0) trees.addTree(forest, root, split, (leaf) => votesOf(leaf, output));
  });
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

function votes(leafValue: number, output: number, unit: number | undefined): Vote[] {
  if (unit === undefined) return [{ target: output, weight: leafValue }];
  const coarse = Math.round(leafValue / unit) * unit;
  return [
    { target: 2 * output, weight: coarse },
    { target: 2 * output + 1, weight: leafValue - coarse },
  ];
}

/** The base scores, with the trees that are a single leaf. */
function basesWithConstantTrees({ baseScores, roots, treeOutput, leafValue }: Forest): number[] {
  const constants = new Array<number>(baseScores.length).fill(0);
  roots.forEach((root, tree) => {
    if (root < 0) constants[treeOutput[tree]!]! += leafValue[~root]!;
  });
  return constants.map((constant, output) => baseScores[output]! + constant);
}

/** The unit of the coarse part of a leaf: the finest whose sums float32 holds; undefined when float32 will do. */
function coarseUnit(forest: Forest, head: Head): number | undefined {
  const largest = largestMargin(forest);
  if (largest * steepnessOf(head, forest.link) <= FLOAT_LIMIT[forest.link]) return undefined;
  return 2 ** Math.max(SMALLEST_EXPONENT, Math.ceil(Math.log2(largest || 1)) - 23);
}

/** How much the prediction may move with a margin, against the bare link. */
function steepnessOf({ task, calibrator }: Head, link: Link): number {
  // a number has the scale of its target, of which the leaves say little
  if (task === 'regression') return link === 'log' ? 1 : Infinity;
  return steepnessOfCalibrator(calibrator, link);
}

/** A bound of the magnitude of any partial sum of an output: of each of its trees, the largest leaf. */
function largestMargin(forest: Forest): number {
  const { roots, treeOutput, left, right, leafValue } = forest;
  const sums = new Float64Array(outputCountOf(forest));
  roots.forEach((root, tree) => {
    let largest = 0;
    const pending = [root];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at >= 0) pending.push(left[at]!, right[at]!);
      else largest = Math.max(largest, Math.abs(leafValue[~at]!));
    }
    sums[treeOutput[tree]!]! += largest;
  });
  return Math.max(...sums);
}
