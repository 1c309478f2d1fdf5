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
   * Rounds the pairs of some rows in `layout.gradients`, those of the sample, and sets `workspace.scales`. Does nothing where one of
   * them is not a finite number.
   */
  round(rows: Uint32Array): void;
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
    round(rows) {
      const key = random.integer(2 ** 32) | 0;
      const range = rangeOf(pairs, rows);
      const gradientScale = coarseScale(range.gradient / (gradientBins >> 1));
      const isConstant = range.leastHessian === range.hessian && range.hessian >= LEAST_SCALE;
      const hessianScale = isConstant ? range.hessian : coarseScale(range.hessian / gradientBins);
      if (!(gradientScale <= GREATEST_SCALE && hessianScale <= GREATEST_SCALE)) return;
      kept.set(pairs);
      roundInto(pairs, 0, rows, key, gradientScale);
      if (!isConstant) roundInto(pairs, 1, rows, key, hessianScale);
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

interface GradientRange {
  /** greatest |gradient|; NaN when any is */
  gradient: number;
  /** the same of the hessians, and the least of them */
  hessian: number;
  leastHessian: number;
}

function rangeOf(pairs: Float32Array, rows: Uint32Array): GradientRange {
  let gradient = 0;
  let hessian = 0;
  let leastHessian = Infinity;
  for (let i = 0; i < rows.length; i++) {
    const at = 2 * rows[i]!;
    const g = Math.abs(pairs[at]!);
    const h = pairs[at + 1]!;
    if (!(g <= gradient)) gradient = g;
    if (!(h <= hessian)) hessian = h;
    if (h < leastHessian) leastHessian = h;
    // a comparison with NaN fails: once there, it stays
    if (gradient !== gradient || hessian !== hessian) break;
  }
  return { gradient, hessian, leastHessian };
}

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

/**
 * Rounds one number of each pair to a multiple of the scale: down or up, at random by how near they are. The draw of a row is a hash of
 * its number, so that it is the same in whatever order rows come.
 * @param pairs - changed
 * @param place - 0 for gradients, 1 for hessians
 */
function roundInto(
  pairs: Float32Array,
  place: number,
  rows: Uint32Array,
  key: number,
  scale: number,
): void {
  const inverse = 1 / scale;
  for (let i = 0; i < rows.length; i++) {
    const at = 2 * rows[i]! + place;
    const draw = (mixed((key + at) | 0) >>> 0) / 4294967296;
    pairs[at] = scale * Math.floor(inverse * pairs[at]! + draw);
  }
}

/** An integer hash in which each bit of the input decides over each of the output (`lowbias32`, Wellons 2018). */
function mixed(x: number): number {
  let bits = x ^ (x >>> 16);
  bits = Math.imul(bits, 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return bits ^ (bits >>> 16);
}
