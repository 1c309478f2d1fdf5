import type { QuantizedForest, SetColumn } from '../../model/quantized.js';
import { levelRow } from '../../quantize/quantizedMargin.js';
import type { MarginAt } from './javascriptEngine.js';

/** What a node tests: a threshold, with missing on either side, or a set. */
const MISSING_RIGHT = 0;
const MISSING_LEFT = 1;
const SETS = 2;

/**
 * The portable twin of the WebAssembly kernel: walks one row at a time and adds the same integers in the same order.
 * @returns what gives one margin of a row; allocates nothing.
 */
export function createForestWalker(forest: QuantizedForest): MarginAt {
  const { roots, left, right, column, test, columns } = forest;
  const { leafValue, groupStart, groupScale, groupOutput, baseScores } = forest;
  // nodes as they are walked: thresholds in place of ranks
  const featureIndex = new Int32Array(column.length);
  const kind = new Uint8Array(column.length);
  const threshold = new Float32Array(column.length);
  column.forEach((index, node) => {
    const own = columns[index]!;
    featureIndex[node] = own.featureIndex;
    if (own.kind === 'sets') kind[node] = SETS;
    else {
      kind[node] = own.missing === 'low' ? MISSING_LEFT : MISSING_RIGHT;
      threshold[node] = own.thresholds[test[node]! - 2]!;
    }
  });
  // -1 for an output without trees, where no group stands
  const firstGroup = Array.from(baseScores, (_, output) => groupOutput.indexOf(output));

  function goesLeft(node: number, x: number): boolean {
    if (kind[node] !== SETS) {
      return x <= threshold[node]! || (x !== x && kind[node] === MISSING_LEFT);
    }
    const { table } = columns[column[node]!] as SetColumn;
    return (table[levelRow(x, table.length - 2)]! & test[node]!) !== 0;
  }

  return (matrix, offset, output) => {
    let margin = baseScores[output]!;
    for (let group = firstGroup[output]!; groupOutput[group] === output; group++) {
      const end = groupStart[group + 1] ?? roots.length;
      let sum = 0;
      for (let tree = groupStart[group]!; tree < end; tree++) {
        let at = roots[tree]!;
        while (at >= 0) {
          const x = Math.fround(matrix[offset + featureIndex[at]!]!);
          at = goesLeft(at, x) ? left[at]! : right[at]!;
        }
        sum += leafValue[~at]!;
      }
      margin += groupScale[group]! * sum;
    }
    return margin;
  };
}
