import { ConfigError } from '../core/errors.js';
import { nextUp32 } from '../core/float.js';
import type { Feature } from '../model/feature.js';
import type { Forest } from '../model/forest.js';
import { nodeCovers } from '../model/nodeCovers.js';
import type { QuantizedForest } from '../model/quantized.js';
import { carryCovers, carryRows, type ErrorCarry } from './errorCarry.js';
import type { Calibration } from './quantizeModel.js';
import { type RenumberedForest, renumberForest } from './renumberForest.js';

/** How {@link quantizeForest} rounds. */
export interface ForestQuantization {
  leafBits: 8 | 16;
  /** trees that share a scale */
  groupSize: number;
  calibration: Calibration | undefined;
  shares: boolean;
}

/**
 * Makes the leaves of a forest integers and its tests bytes, an output at a time.
 *
 * Each tree is centred on the middle of its leaf values, the centres join the base score of the output; neighbouring trees of an
 * output share a scale. Roundings are chosen so that errors cancel: the mean error that the earlier trees of the output have on
 * the calibration rows of a leaf is carried into its rounding (error diffusion). Without calibration rows the leaf covers stand in.
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
  const renumbered = renumberForest(forest, features, leafBits);
  const { quantized, sourceLeaf, firstTree } = renumbered;
  const value = Float64Array.from(sourceLeaf, (leaf) => forest.leafValue[leaf]!);
  const cover = Float64Array.from(sourceLeaf, (leaf) => forest.leafCover[leaf]!);
  const placeOf = new Int32Array(sourceLeaf.length);
  sourceLeaf.forEach((source, leaf) => {
    placeOf[source] = leaf;
  });
  const groups: Group[] = [];
  let marginBound = 0;
  for (let output = 0; output < forest.baseScores.length; output++) {
    const base = forest.baseScores[output]!;
    const first = groups.length;
    for (let start = firstTree[output]!; start < firstTree[output + 1]!; start += groupSize) {
      const end = Math.min(start + groupSize, firstTree[output + 1]!);
      groups.push({ start, end, output, scale: scaleOf(value, renumbered, start, end) });
    }
    const carry = calibration
      ? carryRows(forest, features.length, placeOf, calibration)
      : carryCovers(cover);
    const { centre, bound } = roundLeaves(renumbered, value, base, groups.slice(first), carry);
    quantized.baseScores[output] = base + centre;
    marginBound = Math.max(marginBound, bound);
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

/** Trees `[start, end)` of the quantised forest. */
interface Group {
  start: number;
  end: number;
  output: number;
  scale: number;
}

/**
 * Rounds the leaves of an output's trees.
 * @returns what the trees' centres add to the base score, less the mean error that is left, and the bound on a margin's error.
 */
function roundLeaves(
  { quantized, sourceTree, firstLeaf }: RenumberedForest,
  value: Float64Array,
  baseScore: number,
  groups: readonly Group[],
  carry: ErrorCarry,
): { centre: number; bound: number } {
  const limit = leafLimit(quantized);
  let treeCount = 0;
  let centreSum = 0;
  let lowest = 0;
  let highest = 0;
  let magnitude = Math.abs(baseScore);
  for (const { start, end, scale } of groups) {
    for (let tree = start; tree < end; tree++) {
      const from = firstLeaf[tree]!;
      const to = firstLeaf[tree + 1]!;
      const centre = centreOf(value, from, to);
      const carried = carry.meanOf(sourceTree[tree]!, from, to);
      const error = new Float64Array(to - from);
      let largest = 0;
      for (let leaf = from; leaf < to; leaf++) {
        const exact = scale === 0 ? 0 : (value[leaf]! - centre) / scale;
        const wanted = scale === 0 ? 0 : Math.round(exact - carried[leaf - from]! / scale);
        const near = clamp(wanted, Math.floor(exact), Math.ceil(exact));
        const q = clamp(near, -limit, limit);
        quantized.leafValue[leaf] = q;
        error[leaf - from] = centre + q * scale - value[leaf]!;
        largest = Math.max(largest, Math.abs(value[leaf]!));
      }
      carry.add(from, error);
      centreSum += centre;
      lowest += minimum(error);
      highest += maximum(error);
      magnitude += largest + Math.abs(centre);
      treeCount++;
    }
  }
  const correction = carry.remaining();
  const widest = Math.max(Math.abs(lowest - correction), Math.abs(highest - correction));
  const total = 2 * magnitude + widest;
  const rounding = total * ((4 * treeCount + 8) * 2 ** -52 + 2 ** -24);
  return { centre: centreSum - correction, bound: widest + rounding };
}

function leafLimit({ leafBits }: QuantizedForest): number {
  return leafBits === 8 ? 127 : 32767;
}

/** The smallest float32 step at which every leaf of the trees is at most the limit of steps from its tree's centre. */
function scaleOf(
  value: Float64Array,
  { quantized, firstLeaf }: RenumberedForest,
  start: number,
  end: number,
): number {
  const limit = leafLimit(quantized);
  let reach = 0;
  for (let tree = start; tree < end; tree++) {
    const leaves = value.subarray(firstLeaf[tree]!, firstLeaf[tree + 1]!);
    reach = Math.max(reach, (maximum(leaves) - minimum(leaves)) / 2);
  }
  const scale = Math.fround(reach / limit);
  if (!Number.isFinite(scale)) throw new ConfigError('the leaf values are not finite in float32');
  return scale * limit < reach ? nextUp32(scale) : scale;
}

function centreOf(value: Float64Array, from: number, to: number): number {
  const leaves = value.subarray(from, to);
  return (minimum(leaves) + maximum(leaves)) / 2;
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
