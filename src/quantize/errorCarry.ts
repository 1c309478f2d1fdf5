import { type Forest, findLeaf } from '../model/forest.js';
import type { Calibration } from './quantizeModel.js';

/** The rounding error that the earlier trees of an output left behind, to be made good by the next. */
export interface ErrorCarry {
  /** mean error so far where each of the leaves `[from, to)` of the forest's tree is reached */
  meanOf(tree: number, from: number, to: number): Float64Array;
  /** takes note of the errors of the leaves from `from` on, of the tree that `meanOf` was asked for last */
  add(from: number, error: Float64Array): void;
  /** the mean error of all trees */
  remaining(): number;
}

/**
 * Follows the error of each calibration row.
 * @param placeOf - per leaf of the forest: its number in the quantised one
 */
export function carryRows(
  forest: Forest,
  featureCount: number,
  placeOf: Int32Array,
  { matrix, rowCount }: Calibration,
): ErrorCarry {
  const errorOfRow = new Float64Array(rowCount);
  const leafOfRow = new Int32Array(rowCount);
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
    add(_from, error) {
      for (let row = 0; row < rowCount; row++) errorOfRow[row]! += error[leafOfRow[row]!]!;
    },
    remaining() {
      let sum = 0;
      for (let row = 0; row < rowCount; row++) sum += errorOfRow[row]!;
      return rowCount > 0 ? sum / rowCount : 0;
    },
  };
}

/**
 * Follows the mean error by the training rows that reached each leaf.
 * @param cover - per leaf of the quantised forest
 */
export function carryCovers(cover: Float64Array): ErrorCarry {
  let mean = 0;
  return {
    meanOf: (_tree, from, to) => new Float64Array(to - from).fill(mean),
    add(from, error) {
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
