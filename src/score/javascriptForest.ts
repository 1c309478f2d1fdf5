import type { QuantizedForest } from '../model/quantized.js';
import { levelRow } from '../quantize/quantizedMargin.js';
import type { MarginAt } from './engine.js';

/** x is a number and the test a threshold; missing goes right, or left; or the test is a bit of a set. */
const MISSING_RIGHT = 0;
const MISSING_LEFT = 1;
const SETS = 2;

/**
 * The portable twin of the WebAssembly kernel: walks one row at a time and adds the same integers in the same order.
 * @returns what gives one margin of a row; allocates nothing.
 */
export function createForestWalker(forest: QuantizedForest): MarginAt {
  const { roots, leafValue, groupStart, groupScale, groupOutput, baseScores } = forest;
  const { children, featureIndex, kind, threshold, table } = unpackNodes(forest);
  const groupCount = groupStart.length;
  const firstGroup = Uint32Array.from({ length: baseScores.length + 1 }, (_, output) => {
    const first = groupOutput.findIndex((other) => other >= output);
    return first < 0 ? groupCount : first;
  });

  return (matrix, offset, output) => {
    let margin = baseScores[output]!;
    const lastGroup = firstGroup[output + 1]!;
    for (let group = firstGroup[output]!; group < lastGroup; group++) {
      const end = group + 1 < groupCount ? groupStart[group + 1]! : roots.length;
      let sum = 0;
      for (let tree = groupStart[group]!; tree < end; tree++) {
        let at = roots[tree]!;
        while (at >= 0) {
          const x = Math.fround(matrix[offset + featureIndex[at]!]!);
          const test = kind[at]!;
          let isLeft: boolean;
          if (test === SETS) {
            const bits = table[at]!;
            isLeft = (bits[levelRow(x, bits.length - 2)]! & threshold[at]!) !== 0;
          } else {
            isLeft = x <= threshold[at]! || (x !== x && test === MISSING_LEFT);
          }
          at = children[2 * at + (isLeft ? 0 : 1)]!;
        }
        sum += leafValue[~at]!;
      }
      margin += groupScale[group]! * sum;
    }
    return margin;
  };
}

/** Nodes as they are walked: thresholds in place of ranks, children side by side. */
interface WalkedNodes {
  /** per node: left, right */
  children: Int32Array;
  featureIndex: Int32Array;
  kind: Uint8Array;
  /** per node: a threshold, or the bit of a set */
  threshold: Float32Array;
  /** per node: the table of its set column */
  table: (Uint8Array | undefined)[];
}

function unpackNodes(forest: QuantizedForest): WalkedNodes {
  const nodeCount = forest.column.length;
  const nodes: WalkedNodes = {
    children: new Int32Array(2 * nodeCount),
    featureIndex: new Int32Array(nodeCount),
    kind: new Uint8Array(nodeCount),
    threshold: new Float32Array(nodeCount),
    table: new Array(nodeCount).fill(undefined),
  };
  for (let node = 0; node < nodeCount; node++) {
    const column = forest.columns[forest.column[node]!]!;
    const test = forest.test[node]!;
    nodes.children[2 * node] = forest.left[node]!;
    nodes.children[2 * node + 1] = forest.right[node]!;
    nodes.featureIndex[node] = column.featureIndex;
    if (column.kind === 'sets') {
      nodes.kind[node] = SETS;
      nodes.threshold[node] = test;
      nodes.table[node] = column.table;
    } else {
      nodes.kind[node] = column.missing === 'low' ? MISSING_LEFT : MISSING_RIGHT;
      nodes.threshold[node] = column.thresholds[test - 2]!;
    }
  }
  return nodes;
}
