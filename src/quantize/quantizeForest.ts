import { ConfigError } from '../core/errors.js';
import { nextUp32 } from '../core/float.js';
import type { Feature } from '../model/feature.js';
import { type Forest, findLeaf } from '../model/forest.js';
import type { QuantizedForest } from '../model/quantized.js';
import { planColumns } from './byteColumns.js';
import { MAX_DEPTH, MAX_NODES, MAX_TREES } from './limits.js';
import type { Calibration } from './quantizeModel.js';

/** How {@link quantizeForest} rounds. */
export interface ForestQuantization {
  leafBits: 8 | 16;
  /** trees that share a scale */
  groupSize: number;
  calibration: Calibration | undefined;
}

/**
 * Makes the leaves of a forest integers and its tests bytes.
 *
 * Each tree is centred on the middle of its leaf values, the centres join the base score; neighbouring trees share a scale.
 * Roundings are chosen so that errors cancel: the mean error that the earlier trees have on the calibration rows of a leaf is
 * carried into its rounding (error diffusion). Without calibration rows the leaf covers stand in for them.
 *
 * The bound: a row's error is the sum over trees of the error of one leaf each, so it lies between the sum of the trees'
 * smallest and the sum of their greatest leaf errors. The tests are lossless, so there is no other error but float rounding,
 * at most one unit of 2^-52 of the magnitudes an addition, and the float32 rounding of a margin that is handed out.
 */
export function quantizeForest(
  forest: Forest,
  features: readonly Feature[],
  options: ForestQuantization,
): { forest: QuantizedForest; marginBound: number } {
  const { leafBits, groupSize, calibration } = options;
  const treeCount = forest.roots.length;
  const { quantized, sourceLeaf, firstLeaf } = renumber(forest, features, leafBits);
  const value = Float64Array.from(sourceLeaf, (leaf) => forest.leafValue[leaf]!);
  const limit = leafBits === 8 ? 127 : 32767;
  const carry = calibration
    ? carryRows(forest, features.length, sourceLeaf, calibration)
    : carryCovers(Float64Array.from(sourceLeaf, (leaf) => forest.leafCover[leaf]!));

  let centreSum = 0;
  let lowest = 0;
  let highest = 0;
  let magnitude = Math.abs(forest.baseScore);
  const groupStart: number[] = [];
  const groupScale: number[] = [];
  for (let start = 0; start < treeCount; start += groupSize) {
    const end = Math.min(start + groupSize, treeCount);
    const scale = scaleOf(value, firstLeaf, start, end, limit);
    groupStart.push(start);
    groupScale.push(scale);
    for (let tree = start; tree < end; tree++) {
      const from = firstLeaf[tree]!;
      const to = firstLeaf[tree + 1]!;
      const centre = centreOf(value, from, to);
      const carried = carry.meanOf(tree, from, to);
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
      carry.add(tree, from, error);
      centreSum += centre;
      lowest += minimum(error);
      highest += maximum(error);
      magnitude += largest + Math.abs(centre);
    }
  }

  const correction = carry.remaining();
  quantized.baseScore = forest.baseScore + centreSum - correction;
  quantized.groupStart = Uint32Array.from(groupStart);
  quantized.groupScale = Float32Array.from(groupScale);
  const widest = Math.max(Math.abs(lowest - correction), Math.abs(highest - correction));
  const total = 2 * magnitude + widest;
  const rounding = total * ((4 * treeCount + 8) * 2 ** -52 + 2 ** -24);
  return { forest: quantized, marginBound: widest + rounding };
}

/** Numbers nodes and leaves in pre-order, left before right: the order of the blob. */
function renumber(
  forest: Forest,
  features: readonly Feature[],
  leafBits: 8 | 16,
): { quantized: QuantizedForest; sourceLeaf: Int32Array; firstLeaf: Uint32Array } {
  const treeCount = forest.roots.length;
  const nodeCount = forest.featureIndex.length;
  const leafCount = forest.leafValue.length;
  if (treeCount > MAX_TREES || nodeCount > MAX_NODES) {
    throw new ConfigError(
      `${treeCount} trees with ${nodeCount} nodes are too many, the most is ${MAX_TREES} with ${MAX_NODES}`,
    );
  }
  const plan = planColumns(forest, features);
  const quantized: QuantizedForest = {
    kind: 'forest',
    link: forest.link,
    leafBits,
    baseScore: 0,
    columns: plan.columns,
    roots: new Int32Array(treeCount),
    column: new Uint16Array(nodeCount),
    test: new Uint8Array(nodeCount),
    left: new Int32Array(nodeCount),
    right: new Int32Array(nodeCount),
    leafValue: leafBits === 8 ? new Int8Array(leafCount) : new Int16Array(leafCount),
    groupStart: new Uint32Array(0),
    groupScale: new Float32Array(0),
  };
  const sourceLeaf = new Int32Array(leafCount);
  const firstLeaf = new Uint32Array(treeCount + 1);
  let nextNode = 0;
  let nextLeaf = 0;

  function place(at: number, depth: number): number {
    if (at < 0) {
      sourceLeaf[nextLeaf] = ~at;
      return ~nextLeaf++;
    }
    if (depth === MAX_DEPTH) throw new ConfigError(`a tree is deeper than ${MAX_DEPTH}`);
    const node = nextNode++;
    quantized.column[node] = plan.column[at]!;
    quantized.test[node] = plan.test[at]!;
    quantized.left[node] = place(forest.left[at]!, depth + 1);
    quantized.right[node] = place(forest.right[at]!, depth + 1);
    return node;
  }

  for (let tree = 0; tree < treeCount; tree++) {
    quantized.roots[tree] = place(forest.roots[tree]!, 0);
    firstLeaf[tree + 1] = nextLeaf;
  }
  return { quantized, sourceLeaf, firstLeaf };
}

/** The error that earlier trees left behind, to be made good by the next. */
interface Carry {
  /** mean error so far where each leaf of the tree is reached */
  meanOf(tree: number, from: number, to: number): Float64Array;
  /** takes note of the errors of the tree's leaves */
  add(tree: number, from: number, error: Float64Array): void;
  /** the mean error of all trees */
  remaining(): number;
}

function carryRows(
  forest: Forest,
  featureCount: number,
  sourceLeaf: Int32Array,
  { matrix, rowCount }: Calibration,
): Carry {
  const errorOfRow = new Float64Array(rowCount);
  const leafOfRow = new Int32Array(rowCount);
  const placeOf = new Int32Array(sourceLeaf.length);
  sourceLeaf.forEach((source, leaf) => {
    placeOf[source] = leaf;
  });
  return {
    meanOf(tree, from, to) {
      const sum = new Float64Array(to - from);
      const count = new Float64Array(to - from);
      for (let row = 0; row < rowCount; row++) {
        const leaf = placeOf[findLeaf(forest, tree, matrix, row * featureCount)]! - from;
        leafOfRow[row] = leaf;
        sum[leaf]! += errorOfRow[row]!;
        count[leaf]!++;
      }
      return sum.map((value, leaf) => (count[leaf]! > 0 ? value / count[leaf]! : 0));
    },
    add(_tree, _from, error) {
      for (let row = 0; row < rowCount; row++) errorOfRow[row]! += error[leafOfRow[row]!]!;
    },
    remaining() {
      let sum = 0;
      for (let row = 0; row < rowCount; row++) sum += errorOfRow[row]!;
      return rowCount > 0 ? sum / rowCount : 0;
    },
  };
}

function carryCovers(cover: Float64Array): Carry {
  let mean = 0;
  return {
    meanOf: (_tree, from, to) => new Float64Array(to - from).fill(mean),
    add(_tree, from, error) {
      let sum = 0;
      let weight = 0;
      for (let leaf = 0; leaf < error.length; leaf++) {
        sum += error[leaf]! * cover[from + leaf]!;
        weight += cover[from + leaf]!;
      }
      if (weight > 0) mean += sum / weight;
    },
    remaining: () => mean,
  };
}

/** The smallest float32 step at which every leaf of the trees is at most `limit` steps from its tree's centre. */
function scaleOf(
  value: Float64Array,
  firstLeaf: Uint32Array,
  start: number,
  end: number,
  limit: number,
): number {
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
