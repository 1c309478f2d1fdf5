import type { BinMapper } from './bins/binMapper.js';
import { binOf } from './bins/binMapper.js';
import type { RoundTree } from './boosting.js';
import type { GrownNode } from './grow/grownTree.js';

/** Margins of rows that training does not see, kept up to date a tree at a time. */
export interface ValidationMargins {
  /** row-major, outputCount a row */
  readonly margins: Float64Array;
  /** O(rows * depth) */
  add(tree: RoundTree): void;
}

/**
 * @param matrix - row-major feature matrix
 * @param margins - what the rows start from, row-major (changed)
 */
export function createValidationMargins(
  mapper: BinMapper,
  matrix: Float32Array,
  featureCount: number,
  margins: Float64Array,
  outputCount: number,
): ValidationMargins {
  return {
    margins,
    add({ tree, values, output }) {
      const tests = tree.nodes.map((node) => testOf(mapper, node));
      for (let start = 0, at = output; start < matrix.length; start += featureCount) {
        let next = tree.nodes.length > 0 ? 0 : ~0;
        while (next >= 0) {
          const node = tree.nodes[next]!;
          next = tests[next]!(matrix, start) ? node.left : node.right;
        }
        margins[at]! += values[~next]!;
        at += outputCount;
      }
    },
  };
}

/** Whether a row goes left, as in the forest that is handed out. */
function testOf(
  mapper: BinMapper,
  { split, defaultLeft }: GrownNode,
): (matrix: Float32Array, start: number) => boolean {
  const bins = mapper.columns[split.column]!;
  const { featureIndex } = bins;
  if (bins.kind === 'number') {
    const threshold = bins.thresholds[split.bin]!;
    return (matrix, start) => {
      const x = matrix[start + featureIndex]!;
      return x !== x ? defaultLeft : x <= threshold;
    };
  }
  const isLeft = new Uint8Array(256);
  for (const bin of split.leftBins) isLeft[bin] = 1;
  return (matrix, start) => isLeft[binOf(bins, matrix[start + featureIndex]!)] === 1;
}
