import type { Forest } from '../model/forest.js';
import { type ForestPlan, planForest, type TreeExtent } from './forestPlan.js';
import { createTreeVectors, prepareTree, type TreeVectors } from './treeVectors.js';

/** Rows to explain: a feature matrix, row-major. */
export interface Rows {
  matrix: ArrayLike<number>;
  rowCount: number;
  featureCount: number;
}

/** Adds the contributions of rows to an array, rowCount * outputs * (featureCount + 1) (IN and OUT). */
export type AddContributions = (rows: Rows, out: Float64Array) => void;

/**
 * Prepares what adds the path-dependent Shapley values of every row and output, and the expected margin as the last entry of each
 * block, as often as there are rows.
 *
 * The game of a leaf is a product: with z_i the share of training rows that a feature's splits let through and o_i 1 when the row
 * goes that way, a set S of present features is worth value · Π_{S} o_i · Π_{not S} z_i. The Shapley value of a feature is the
 * integral of its multilinear extension along the diagonal (Owen 1972): value · (o_i - z_i) · ∫ Π_{j≠i} (t o_j + (1 - t) z_j) dt over
 * [0, 1], whose integrand is a polynomial: Gauss-Legendre quadrature is exact, and since every factor and weight is
 * positive nothing cancels. All leaves of a tree share the products of their common path on the way down, and their sums on the way
 * up, as in Linear TreeSHAP (Yu et al. 2022), which keeps polynomials where this keeps their values at the points.
 * O(trees * leaves * depth) a row, half a multiplication for each level.
 * @throws {DataError} when covers are unknown.
 */
export function createForestContributions(forest: Forest): AddContributions {
  const plan = planForest(forest);
  const outputCount = plan.expected.length;
  const vectors = createTreeVectors(plan);
  const members = forest.categorySets.map(membersOf);
  return ({ matrix, rowCount, featureCount }, out) => {
    for (let block = 0; block < rowCount * outputCount; block++) {
      out[block * (featureCount + 1) + featureCount]! += plan.expected[block % outputCount]!;
    }
    for (const tree of plan.trees) {
      prepareTree(vectors, plan, tree);
      for (let row = 0; row < rowCount; row++) {
        const base = (row * outputCount + tree.output) * (featureCount + 1);
        multiplyDown(forest, plan, tree, vectors, members, matrix, row * featureCount);
        addUp(forest, plan, tree, vectors, out, base);
      }
    }
  };
}

/** Per code: 1 when it is in the set. */
function membersOf(set: readonly number[]): Uint8Array {
  const members = new Uint8Array((set.at(-1) ?? -1) + 1);
  for (const code of set) members[code] = 1;
  return members;
}

/** From the root down: the product of the factors of each slot's path, at each point, times the point's weight. */
function multiplyDown(
  forest: Forest,
  { slotAbove, ancestor, share }: ForestPlan,
  { firstNode, nodeCount, pointCount }: TreeExtent,
  { quadrature, coldFactor, products, isHot }: TreeVectors,
  members: readonly Uint8Array[],
  matrix: ArrayLike<number>,
  offset: number,
): void {
  const { featureIndex, threshold, categorySet, defaultLeft } = forest;
  const { weights } = quadrature;
  const firstSlot = 2 * firstNode;
  const rootAt = 2 * nodeCount * pointCount;
  for (let k = 0; k < pointCount; k++) products[rootAt + k] = weights[k]!;
  for (let local = 0; local < nodeCount; local++) {
    const node = firstNode + local;
    const from = (slotAbove[node]! - firstSlot) * pointCount;
    const slot = 2 * local;
    const above = ancestor[node]!;
    if (above >= 0 && isHot[above - firstSlot] === 0) {
      // the feature is cold already: both sides are thinned by their share
      isHot[slot] = isHot[slot + 1] = 0;
      const leftShare = share[firstSlot + slot]!;
      const rightShare = share[firstSlot + slot + 1]!;
      const left = slot * pointCount;
      const right = left + pointCount;
      for (let k = 0; k < pointCount; k++) {
        const product = products[from + k]!;
        products[left + k] = product * leftShare;
        products[right + k] = product * rightShare;
      }
      continue;
    }
    const x = matrix[offset + featureIndex[node]!]!;
    const set = categorySet[node]!;
    let goesLeft: boolean;
    if (set < 0) goesLeft = x !== x ? defaultLeft[node] === 1 : x <= threshold[node]!;
    else goesLeft = x >= 0 ? members[set]![x] === 1 : defaultLeft[node] === 1;
    const hotSlot = goesLeft ? slot : slot + 1;
    const coldSlot = hotSlot ^ 1;
    isHot[hotSlot] = 1;
    isHot[coldSlot] = 0;
    const coldShare = share[firstSlot + coldSlot]!;
    const hot = hotSlot * pointCount;
    const cold = coldSlot * pointCount;
    const factorAt = local * pointCount;
    for (let k = 0; k < pointCount; k++) {
      const product = products[from + k]!;
      const part = product * coldFactor[factorAt + k]! * coldShare;
      products[cold + k] = part;
      // t + (1 - t) z is what is left: the factors of both sides add up to the factor above
      products[hot + k] = product - part;
    }
  }
}

/**
 * From the leaves up: sums of the leaves' products below each slot, and with them the contribution of the feature of each
 * node: what its two slots make of their leaves, less what the upper slot of the same feature made of them.
 */
function addUp(
  { featureIndex }: Forest,
  { slotAbove, ancestor, absent, leafFactor }: ForestPlan,
  { firstNode, nodeCount, pointCount }: TreeExtent,
  { inverseCold, inverseHot, products, isHot }: TreeVectors,
  out: Float64Array,
  base: number,
): void {
  const firstSlot = 2 * firstNode;
  for (let local = nodeCount - 1; local >= 0; local--) {
    const node = firstNode + local;
    const to = (slotAbove[node]! - firstSlot) * pointCount;
    const slot = 2 * local;
    const hotSlot = isHot[slot] === 1 ? slot : slot + 1;
    const coldSlot = hotSlot ^ 1;
    const hot = hotSlot * pointCount;
    const cold = coldSlot * pointCount;
    const hotFactor = leafFactor[firstSlot + hotSlot]!;
    const coldFactor = leafFactor[firstSlot + coldSlot]!;
    if (isHot[hotSlot] === 0) {
      // cold above and below: the slots and their ancestor cancel
      for (let k = 0; k < pointCount; k++) {
        products[to + k] = products[hot + k]! * hotFactor + products[cold + k]! * coldFactor;
      }
      continue;
    }
    let hotSum = 0;
    let coldSum = 0;
    let aboveSum = 0;
    const above = ancestor[node]! - firstSlot;
    if (ancestor[node]! < 0) {
      for (let k = 0; k < pointCount; k++) {
        const h = products[hot + k]! * hotFactor;
        const c = products[cold + k]! * coldFactor;
        hotSum += h * inverseHot[hot + k]!;
        coldSum += c * inverseCold[k]!;
        products[to + k] = h + c;
      }
    } else {
      const aboveAt = above * pointCount;
      for (let k = 0; k < pointCount; k++) {
        const h = products[hot + k]! * hotFactor;
        const c = products[cold + k]! * coldFactor;
        hotSum += h * inverseHot[hot + k]!;
        coldSum += c * inverseCold[k]!;
        aboveSum += (h + c) * inverseHot[aboveAt + k]!;
        products[to + k] = h + c;
      }
      aboveSum *= 1 - absent[firstSlot + above]!;
    }
    out[base + featureIndex[node]!]! +=
      (1 - absent[firstSlot + hotSlot]!) * hotSum - coldSum - aboveSum;
  }
}
