import type { Workspace } from '../workspace.js';
import type { LevelTest } from './levelFinder.js';
import {
  boundedLeafValue,
  boundedScore,
  boundsOfChildren,
  gainNoise,
  type SplitOptions,
} from './splitInfo.js';
import type { Region } from './symmetricTree.js';

/** A region in two, and what that gains. */
export interface DividedRegion {
  gain: number;
  left: Region;
  right: Region;
}

/**
 * Divides the region of a symmetric tree by the test of its level, where that may be.
 * @param region - its rows, those that go left first
 * @param leftCount - how many go left
 * @returns undefined where the region stays whole: too few rows or too little hessian on a side, against a direction, or nothing gained.
 */
export type RegionDivider = (
  region: Region,
  test: LevelTest,
  leftCount: number,
) => DividedRegion | undefined;

/** @param directions - per column, for monotone constraints */
export function createRegionDivider(
  { kernel, layout, doubles }: Workspace,
  { minChildSamples, minChildWeight, l1, l2: ownL2 }: SplitOptions,
  directions: Int8Array | undefined,
): RegionDivider {
  return (region, test, leftCount) => {
    const { start, count, gradient, hessian, bounds, path } = region;
    const rightCount = count - leftCount;
    if (leftCount < minChildSamples || rightCount < minChildSamples) return undefined;
    kernel.sumGradients(layout.sampleIndices + 4 * start, leftCount, layout.gradients, layout.sums);
    const leftGradient = doubles[layout.sums / 8]!;
    const leftHessian = doubles[layout.sums / 8 + 1]!;
    const left = { gradient: leftGradient, hessian: leftHessian };
    const right = { gradient: gradient - leftGradient, hessian: hessian - leftHessian };
    const leastHessian = Math.max(minChildWeight, Number.MIN_VALUE);
    if (!(left.hessian >= leastHessian && right.hessian >= leastHessian)) return undefined;
    const { l2 } = test;
    const direction = directions?.[test.column] ?? 0;
    if (direction !== 0) {
      const leftValue = boundedLeafValue(left.gradient, left.hessian, l1, l2, bounds);
      const rightValue = boundedLeafValue(right.gradient, right.hessian, l1, l2, bounds);
      if (!(direction * (rightValue - leftValue) >= 0)) return undefined;
    }
    const ownScore = boundedScore(gradient, hessian, l1, ownL2, bounds);
    const gain =
      boundedScore(left.gradient, left.hessian, l1, l2, bounds) +
      boundedScore(right.gradient, right.hessian, l1, l2, bounds) -
      ownScore;
    if (!(gain > gainNoise(ownScore, hessian))) return undefined;
    const children = boundsOfChildren(
      region,
      { ...test, leftGradient, leftHessian },
      direction,
      l1,
    );
    return {
      gain,
      left: { ...left, count: leftCount, start, l2, bounds: children.left, path: [...path, 0] },
      right: {
        ...right,
        count: rightCount,
        start: start + leftCount,
        l2,
        bounds: children.right,
        path: [...path, 1],
      },
    };
  };
}
