import { nextUp32 } from '../core/float.js';
import type { Random } from '../core/random.js';
import type { GrownLeaf } from './grow/grownTree.js';
import type { Workspace } from './workspace.js';

/** What the integers of a round are multiplied with to be gradients and hessians again. */
export interface GradientScales {
  gradient: number;
  hessian: number;
  /** the greatest integer there may be */
  greatest: number;
}

/** Rounds gradients to a few bits while a tree grows. */
export interface GradientQuantizer {
  /**
   * Rounds the pairs in `layout.gradients`, by the range of those of the first `count` rows of `sampleIndices`, and sets
   * `workspace.scales`. Does nothing where one of these is not a finite number.
   */
  round(count: number): void;
  /** Puts the pairs back as they were, and gives some leaves the sums of those (changed). */
  restore(leaves: readonly GrownLeaf[]): void;
}

/**
 * Quantised training (Shi, Ke et al. 2022, "Quantized Training of Gradient Boosting Decision Trees"): a tree is grown on gradients
 * of integers in ±`gradientBins / 2` and hessians of integers in [0, `gradientBins`], each times a scale: the greatest |gradient| and
 * hessian of the sample are the greatest integers. What lies between two integers becomes one of them at random, so that its mean is
 * right. Hessians that are all the same stay as they are. Leaf values then come from the gradients as they were.
 *
 * A scale has few significant bits. So the products are exact float32, and sums of them, in any order, exact float64: a histogram
 * of integers, scaled afterwards, has the same bits as one of floats, and that of a sibling is exact too.
 * @param gradientBins - integer >= 2
 * @param random - a draw for each call of `round`
 */
export function createGradientQuantizer(
  workspace: Workspace,
  gradientBins: number,
  random: Random,
): GradientQuantizer {
  const { kernel, layout, rowCount, doubles } = workspace;
  const first = layout.gradients / 4;
  const pairs = workspace.floats.subarray(first, first + 2 * rowCount);
  const kept = new Float32Array(pairs.length);

  return {
    round(count) {
      const key = random.integer(2 ** 32) | 0;
      kernel.gradientRange(layout.sampleIndices, count, layout.gradients, layout.sums);
      const range = workspace.floats.subarray(layout.sums / 4, layout.sums / 4 + 4);
      const [gradient, hessian, , leastHessian] = range as unknown as number[];
      const gradientScale = coarseScale(gradient! / (gradientBins >> 1));
      const isConstant = leastHessian === hessian && hessian! >= LEAST_SCALE;
      const hessianScale = isConstant ? hessian! : coarseScale(hessian! / gradientBins);
      if (!(gradientScale <= GREATEST_SCALE && hessianScale <= GREATEST_SCALE)) return;
      kept.set(pairs);
      const chance = isConstant ? 0 : 1;
      kernel.roundGradients(layout.gradients, rowCount, key, gradientScale, hessianScale, chance);
      workspace.scales = { gradient: gradientScale, hessian: hessianScale, greatest: gradientBins };
    },

    restore(leaves) {
      if (!workspace.scales) return;
      workspace.scales = undefined;
      pairs.set(kept);
      for (const leaf of leaves) {
        const indices = layout.sampleIndices + 4 * leaf.valueStart;
        kernel.sumGradients(indices, leaf.valueCount, layout.gradients, layout.sums);
        leaf.gradient = doubles[layout.sums / 8]!;
        leaf.hessian = doubles[layout.sums / 8 + 1]!;
      }
    },
  };
}

/** Smaller ones would not have all their bits in float32. */
const LEAST_SCALE = 2 ** -100;
/** 64 times this is a float32 still. */
const GREATEST_SCALE = 2 ** 120;

const scaleView = new Float32Array(1);
const scaleBits = new Int32Array(scaleView.buffer);

/**
 * The least number of twelve significant bits that is not below `x`: times an integer of seven it has 19, of 24 in a float32; times
 * a sum of 2^32 of those 51, of 53 in a float64.
 */
function coarseScale(x: number): number {
  const wanted = Math.max(x, LEAST_SCALE);
  const rounded = Math.fround(wanted);
  scaleView[0] = rounded < wanted ? nextUp32(rounded) : rounded;
  scaleBits[0] = (scaleBits[0]! + 0xfff) & ~0xfff;
  return scaleView[0]!;
}
