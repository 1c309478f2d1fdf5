import type { ForestPlan, TreeExtent } from './forestPlan.js';
import { gaussLegendre, type Quadrature } from './quadrature.js';

/**
 * What {@link addTreeContributions} works with for one tree: vectors of one element a quadrature point t. Filled anew for
 * each tree, as long as the greatest one needs. Slots are counted from the first of the tree.
 */
export interface TreeVectors {
  quadrature: Quadrature;
  /** per point: 1 / (1 - t) */
  inverseCold: Float64Array;
  /** per node a vector: (1 - t) z / (t + (1 - t) z) with z the ancestor's `absent`; 1 - t without an ancestor */
  coldFactor: Float64Array;
  /** per slot a vector: 1 / (t + (1 - t) z) with z its `absent` */
  inverseHot: Float64Array;
  /** per slot a vector: scratch of the row; one more than there are slots, for the root */
  products: Float64Array;
  /** per slot: 1 when the row takes every branch of the slot's feature from the root down to here; scratch of the row */
  isHot: Uint8Array;
}

/** Allocates for the greatest tree of a plan. */
export function createTreeVectors({ trees }: ForestPlan): TreeVectors {
  let nodes = 0;
  let length = 0;
  let points = 0;
  for (const { nodeCount, pointCount } of trees) {
    nodes = Math.max(nodes, nodeCount);
    length = Math.max(length, nodeCount * pointCount);
    points = Math.max(points, pointCount);
  }
  return {
    quadrature: gaussLegendre(1),
    inverseCold: Float64Array.of(2),
    coldFactor: new Float64Array(length),
    inverseHot: new Float64Array(2 * length),
    products: new Float64Array(2 * length + points),
    isHot: new Uint8Array(2 * nodes),
  };
}

/** Fills the vectors for a tree. O(nodes * points). */
export function prepareTree(
  vectors: TreeVectors,
  { ancestor, absent }: ForestPlan,
  { firstNode, nodeCount, pointCount }: TreeExtent,
): void {
  if (vectors.quadrature.points.length !== pointCount) {
    vectors.quadrature = gaussLegendre(pointCount);
    vectors.inverseCold = vectors.quadrature.points.map((t) => 1 / (1 - t));
  }
  const { points } = vectors.quadrature;
  const { coldFactor, inverseHot } = vectors;
  for (let node = 0; node < nodeCount; node++) {
    const above = ancestor[firstNode + node]!;
    const z = above < 0 ? 1 : absent[above]!;
    const at = node * pointCount;
    for (let k = 0; k < pointCount; k++) {
      // without an ancestor z is 1 and the divisor 1
      const cold = (1 - points[k]!) * z;
      coldFactor[at + k] = cold / (points[k]! + cold);
    }
  }
  for (let slot = 0; slot < 2 * nodeCount; slot++) {
    const z = absent[2 * firstNode + slot]!;
    const at = slot * pointCount;
    for (let k = 0; k < pointCount; k++) {
      inverseHot[at + k] = 1 / (points[k]! + (1 - points[k]!) * z);
    }
  }
}
