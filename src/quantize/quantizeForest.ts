import type { Feature } from '../model/feature.js';
import type { Forest } from '../model/forest.js';
import { nodeCovers } from '../model/nodeCovers.js';
import type { QuantizedForest } from '../model/quantized.js';
import { type CarriedError, carryCovers, carryRows, type ErrorCarry } from './errorCarry.js';
import type { Calibration } from './quantizeModel.js';
import { type RenumberedForest, renumberForest } from './renumberForest.js';
import { cutGroups, orderTrees, type ScaleGroup } from './scaleGroups.js';

/** Centres that are tried to either side of the middle of a tree, as far as half a step. */
const CENTRE_STEPS = 8;

/** How {@link quantizeForest} rounds. */
export interface ForestQuantization {
  leafBits: 8 | 16;
  /** trees to a scale, on average */
  groupSize: number;
  calibration: Calibration | undefined;
  shares: boolean;
}

/**
 * Makes the leaves of a forest integers and its tests bytes, an output at a time.
 *
 * Trees of like reach share a scale ({@link cutGroups}). Each tree is centred near the middle of its leaf values, and the centres
 * join the base score of the output. Centres and roundings are chosen so that errors cancel: the mean error that the earlier
 * trees of the output have on the calibration rows of a leaf is carried into its rounding (error diffusion), and of the centres
 * that the scale has room for the one is taken that leaves the least squared error. Without calibration rows the leaf covers
 * stand in.
 *
 * The bound, an output: a row's error is the sum over its trees of the error of one leaf each, so it lies between the sum of the
 * trees' smallest and the sum of their greatest leaf errors. The tests are lossless, so there is no other error but float rounding,
 * at most one unit of 2^-52 of the magnitudes an addition, and the float32 rounding of a margin that is handed out.
 * @returns the greatest of these bounds as `marginBound`.
 */
export function quantizeForest(
  forest: Forest,
  features: readonly Feature[],
  { leafBits, groupSize, calibration, shares }: ForestQuantization,
): { forest: QuantizedForest; marginBound: number } {
  const order = orderTrees(forest);
  const renumbered = renumberForest(forest, features, leafBits, order.sourceTree);
  const { quantized, sourceLeaf } = renumbered;
  const cover = Float64Array.from(sourceLeaf, (leaf) => forest.leafCover[leaf]!);
  const placeOf = new Int32Array(forest.leafValue.length);
  sourceLeaf.forEach((source, leaf) => {
    placeOf[source] = leaf;
  });
  const unrounded: UnroundedForest = {
    ...renumbered,
    sourceTree: order.sourceTree,
    value: Float64Array.from(sourceLeaf, (leaf) => forest.leafValue[leaf]!),
    limit: leafBits === 8 ? 127 : 32767,
  };
  const groups: ScaleGroup[] = [];
  let marginBound = 0;
  for (let output = 0; output < forest.baseScores.length; output++) {
    const base = forest.baseScores[output]!;
    const own = cutGroups(order, output, groupSize, unrounded.limit);
    const carry = calibration
      ? carryRows(forest, features.length, placeOf, calibration)
      : carryCovers(cover);
    const { centre, bound } = roundLeaves(unrounded, base, own, carry);
    quantized.baseScores[output] = base + centre;
    marginBound = Math.max(marginBound, bound);
    groups.push(...own);
  }
  quantized.groupStart = Uint32Array.from(groups, ({ start }) => start);
  quantized.groupScale = Float32Array.from(groups, ({ scale }) => scale);
  quantized.groupOutput = Uint16Array.from(groups, ({ output }) => output);
  const { leftShare, unknownTree } = nodeCovers({ ...quantized, leafCover: cover });
  if (shares && unknownTree < 0) quantized.leftShare = roundShares(leftShare, leafBits);
  return { forest: quantized, marginBound };
}

/** A side that some training rows took keeps a share above 0. */
function roundShares(shares: Float64Array, bits: 8 | 16): Uint8Array | Uint16Array {
  const limit = 2 ** bits - 1;
  const round = (share: number): number =>
    share > 0 && share < 1 ? clamp(Math.round(share * limit), 1, limit - 1) : share * limit;
  return bits === 8 ? Uint8Array.from(shares, round) : Uint16Array.from(shares, round);
}

/** A forest whose leaves are to be rounded. */
interface UnroundedForest extends RenumberedForest {
  /** per tree: its index in the float forest */
  sourceTree: Uint32Array;
  /** per leaf */
  value: Float64Array;
  /** greatest integer of a leaf */
  limit: number;
}

/** The leaves of a tree, rounded. */
interface RoundedTree {
  centre: number;
  /** per leaf: steps from the centre */
  steps: Int16Array;
  /** per leaf: what is added less what should be */
  error: Float64Array;
}

/**
 * Rounds the leaves of an output's trees.
 * @returns what the trees' centres add to the base score, less the mean error that is left, and the bound on a margin's error.
 */
function roundLeaves(
  { quantized, sourceTree, firstLeaf, value, limit }: UnroundedForest,
  baseScore: number,
  groups: readonly ScaleGroup[],
  carry: ErrorCarry,
): { centre: number; bound: number } {
  let treeCount = 0;
  let centreSum = 0;
  let lowest = 0;
  let highest = 0;
  let magnitude = Math.abs(baseScore);
  for (const { start, end, scale } of groups) {
    for (let tree = start; tree < end; tree++) {
      const from = firstLeaf[tree]!;
      const to = firstLeaf[tree + 1]!;
      const values = value.subarray(from, to);
      const carried = carry.before(sourceTree[tree]!, from, to);
      const { centre, steps, error } = roundTree(values, scale, limit, carried);
      quantized.leafValue.set(steps, from);
      carry.add(from, error);
      centreSum += centre;
      lowest += minimum(error);
      highest += maximum(error);
      magnitude += Math.max(-minimum(values), maximum(values)) + Math.abs(centre);
      treeCount++;
    }
  }
  const correction = carry.remaining();
  const widest = Math.max(Math.abs(lowest - correction), Math.abs(highest - correction));
  const total = 2 * magnitude + widest;
  const rounding = total * ((4 * treeCount + 8) * 2 ** -52 + 2 ** -24);
  return { centre: centreSum - correction, bound: widest + rounding };
}

/** Rounds a tree about the centre that leaves the least squared error; of equal ones, and without rows, the one in the middle. */
function roundTree(
  values: Float64Array,
  scale: number,
  limit: number,
  carried: CarriedError,
): RoundedTree {
  const low = minimum(values);
  const high = maximum(values);
  const middle = (low + high) / 2;
  let best = roundAbout(middle, values, scale, limit, carried);
  if (scale === 0) return best;
  let least = squaredError(best, carried);
  const room = limit * scale - (high - low) / 2;
  for (let step = -CENTRE_STEPS; step <= CENTRE_STEPS; step++) {
    const shift = (step / (2 * CENTRE_STEPS)) * scale;
    if (step === 0 || Math.abs(shift) > room) continue;
    const rounded = roundAbout(middle + shift, values, scale, limit, carried);
    const error = squaredError(rounded, carried);
    if (error < least) {
      least = error;
      best = rounded;
    }
  }
  return best;
}

/** Each leaf becomes one of the two integers next to it: the one that comes nearest to making good the carried error. */
function roundAbout(
  centre: number,
  values: Float64Array,
  scale: number,
  limit: number,
  carried: CarriedError,
): RoundedTree {
  const steps = new Int16Array(values.length);
  const error = new Float64Array(values.length);
  for (let leaf = 0; leaf < values.length; leaf++) {
    const exact = scale === 0 ? 0 : (values[leaf]! - centre) / scale;
    const wanted = scale === 0 ? 0 : Math.round(exact - carried.mean[leaf]! / scale);
    const near = clamp(wanted, Math.floor(exact), Math.ceil(exact));
    steps[leaf] = clamp(near, -limit, limit);
    error[leaf] = centre + steps[leaf]! * scale - values[leaf]!;
  }
  return { centre, steps, error };
}

/** What the rows of a tree are expected to err by, squared; differences between two roundings of the tree are exact. */
function squaredError({ error }: RoundedTree, { mean, weight }: CarriedError): number {
  let sum = 0;
  for (let leaf = 0; leaf < error.length; leaf++) {
    sum += weight[leaf]! * (mean[leaf]! + error[leaf]!) ** 2;
  }
  return sum;
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

function minimum(values: Float64Array): number {
  return values.reduce((least, value) => Math.min(least, value));
}

function maximum(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value));
}
