import { ConfigError } from '../core/errors.js';
import { nextUp32 } from '../core/float.js';
import type { Forest } from '../model/forest.js';
import { MAX_GROUP_TREES } from './limits.js';

/** Halvings of the interval that the ratio of {@link cutGroups} is sought in: beyond them it no longer changes. */
const RATIO_STEPS = 40;

/** The order that trees are quantised in: an output after the other, and in it by falling reach. */
export interface TreeOrder {
  /** per output, and one more at the end: index of its first tree */
  firstTree: Uint32Array;
  /** per tree: its index in the float forest */
  sourceTree: Uint32Array;
  /** per tree: half the distance between its smallest and its greatest leaf value */
  reach: Float64Array;
}

/** Trees `[start, end)` of an output, which share a scale. */
export interface ScaleGroup {
  start: number;
  end: number;
  output: number;
  /** float32: a step at which every leaf is at most `limit` of them from any centre within half a step of the middle of its tree */
  scale: number;
}

/**
 * Sorts the trees of each output by how far their leaves reach. Trees of like reach can then share a scale without the small
 * ones losing by it, and the finest steps come last, when there is the error of all others to make good. The sum does not care
 * for the order.
 * @throws {ConfigError} on a tree of an output that is not there, or a leaf value that is not finite in float32.
 */
export function orderTrees(forest: Forest): TreeOrder {
  const { treeOutput, baseScores } = forest;
  const outputCount = baseScores.length;
  const reachOf = Float64Array.from(treeOutput, (_, tree) => leafReach(forest, tree));
  const firstTree = new Uint32Array(outputCount + 1);
  treeOutput.forEach((output, tree) => {
    if (output < 0 || output >= outputCount) {
      throw new ConfigError(`tree ${tree} adds to output ${output}, there are ${outputCount}`);
    }
    if (!Number.isFinite(Math.fround(reachOf[tree]!))) {
      throw new ConfigError('the leaf values are not finite in float32');
    }
    firstTree[output + 1]!++;
  });
  for (let output = 0; output < outputCount; output++) firstTree[output + 1]! += firstTree[output]!;
  const sourceTree = Uint32Array.from(treeOutput.keys()).sort(
    (a, b) => treeOutput[a]! - treeOutput[b]! || reachOf[b]! - reachOf[a]! || a - b,
  );
  return { firstTree, sourceTree, reach: Float64Array.from(sourceTree, (tree) => reachOf[tree]!) };
}

/**
 * Cuts the ordered trees of an output into groups. A group ends where the reach falls below a share of its first tree's; of the
 * shares that give no more groups than are wanted the greatest is taken. So the step of a tree is at most 1 / share of the one it
 * would have alone, for all trees alike.
 * @param groupSize - trees a group, on average
 * @param limit - greatest integer of a leaf
 */
export function cutGroups(
  { firstTree, reach }: TreeOrder,
  output: number,
  groupSize: number,
  limit: number,
): ScaleGroup[] {
  const first = firstTree[output]!;
  const end = firstTree[output + 1]!;
  const wanted = Math.ceil((end - first) / groupSize);
  let low = 0;
  let high = 1;
  for (let step = 0; step < RATIO_STEPS; step++) {
    const share = (low + high) / 2;
    if (startsAt(reach, first, end, share).length <= wanted) low = share;
    else high = share;
  }
  const starts = startsAt(reach, first, end, low);
  return starts.map((start, group) => ({
    start,
    end: starts[group + 1] ?? end,
    output,
    scale: scaleOf(reach[start]!, limit),
  }));
}

function startsAt(reach: Float64Array, first: number, end: number, share: number): number[] {
  const starts: number[] = [];
  for (let tree = first, start = first; tree < end; tree++) {
    const isFull = tree - start === MAX_GROUP_TREES;
    if (tree > first && !isFull && reach[tree]! >= share * reach[start]!) continue;
    start = tree;
    starts.push(tree);
  }
  return starts;
}

/** Half a step is left to choose the centre in: it is worth more than the four thousandths of a step that int8 pays for it. */
function scaleOf(reach: number, limit: number): number {
  const scale = Math.fround(reach / (limit - 0.5));
  return scale * (limit - 0.5) < reach ? nextUp32(scale) : scale;
}

function leafReach({ roots, left, right, leafValue }: Forest, tree: number): number {
  let least = Infinity;
  let most = -Infinity;
  const open = [roots[tree]!];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at >= 0) open.push(left[at]!, right[at]!);
    else {
      least = Math.min(least, leafValue[~at]!);
      most = Math.max(most, leafValue[~at]!);
    }
  }
  return (most - least) / 2;
}
