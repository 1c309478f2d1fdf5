import { createRandom } from '../../src/core/random.js';
import { bareModel } from '../../src/model/bareModel.js';
import type { Forest } from '../../src/model/forest.js';
import type { Model } from '../../src/model/model.js';

export interface Shape {
  seed: number;
  treeCount: number;
  maxLeaves: number;
  numericCount: number;
  /** levels of each category feature */
  levelCounts: number[];
  outputCount: number;
  /** chains: one leaf at each node, as deep as there are leaves */
  chains?: boolean;
  /** some leaves, never all of a tree, have cover 0 */
  emptyLeaves?: boolean;
}

export interface Case {
  model: Model;
  forest: Forest;
  matrix: Float64Array;
  rowCount: number;
  featureCount: number;
}

/** A forest of random shape, and rows with missing and unseen values among them. */
export function randomCase(shape: Shape, rowCount: number): Case {
  const random = createRandom(shape.seed);
  const { numericCount, levelCounts, outputCount } = shape;
  const featureCount = numericCount + levelCounts.length;
  const forest = growForest(shape);
  const matrix = Float64Array.from({ length: rowCount * featureCount }, (_, at) => {
    const feature = at % featureCount;
    const choice = random.uniform();
    if (choice < 0.15) return NaN;
    if (feature < numericCount) return random.integer(7) - 3;
    return choice < 0.25 ? -1 : random.integer(levelCounts[feature - numericCount]!);
  });
  const data = {
    matrix: Float32Array.from(matrix),
    rowCount,
    featureCount,
    categorical: levelCounts.map((_, index) => numericCount + index),
  };
  const model = bareModel(data, forest, 'test', outputCount > 1 ? 'multiclass' : 'binary');
  return { model, forest, matrix, rowCount, featureCount };
}

function growForest(shape: Shape): Forest {
  const random = createRandom(shape.seed).fork('forest');
  const { numericCount, levelCounts, outputCount } = shape;
  const roots: number[] = [];
  const nodes: { feature: number; set: number[] | undefined; left: number; right: number }[] = [];
  const leafValue: number[] = [];
  const leafCover: number[] = [];
  const grow = (leaves: number): number => {
    if (leaves === 1) {
      leafCover.push(shape.emptyLeaves && random.uniform() < 0.3 ? 0 : 1 + random.integer(50) ** 2);
      return ~(leafValue.push(random.normal()) - 1);
    }
    const feature = random.integer(numericCount + levelCounts.length);
    const levels = levelCounts[feature - numericCount];
    const codes = Array.from({ length: levels ?? 0 }, (_, code) => code);
    const set = levels === undefined ? undefined : codes.filter(() => random.uniform() < 0.5);
    const node = { feature, set, left: 0, right: 0 };
    const index = nodes.push(node) - 1;
    const ofLeft = shape.chains
      ? [1, leaves - 1][random.integer(2)]!
      : 1 + random.integer(leaves - 1);
    node.left = grow(ofLeft);
    node.right = grow(leaves - ofLeft);
    return index;
  };
  for (let tree = 0; tree < shape.treeCount; tree++) {
    const firstLeaf = leafValue.length;
    roots.push(grow(random.uniform() < 0.1 ? 1 : 1 + random.integer(shape.maxLeaves)));
    leafCover[firstLeaf] ||= 1;
  }
  const sets = nodes.flatMap(({ set }) => (set ? [set] : []));
  let placed = 0;
  return {
    kind: 'forest',
    link: outputCount > 1 ? 'softmax' : 'logit',
    baseScores: Float64Array.from({ length: outputCount }, () => random.normal()),
    roots: Int32Array.from(roots),
    treeOutput: Int32Array.from(roots, (_, tree) => tree % outputCount),
    featureIndex: Int32Array.from(nodes, ({ feature }) => feature),
    threshold: Float64Array.from(nodes, ({ set }) => (set ? NaN : random.integer(6) - 2.5)),
    categorySet: Int32Array.from(nodes, ({ set }) => (set ? placed++ : -1)),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    defaultLeft: Uint8Array.from(nodes, () => random.integer(2)),
    gain: Float64Array.from(nodes, () => random.uniform() * 10),
    cover: new Float64Array(nodes.length),
    leafValue: Float64Array.from(leafValue),
    leafCover: Float64Array.from(leafCover),
    categorySets: sets,
  };
}
