// Rows of a leaf are counted only in columns that may win: what is found is what counting every column finds.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { resolveGbdtOptions } from '../../../src/train/gbdtOptions.js';
import { createHistograms } from '../../../src/train/grow/histograms.js';
import { createSplitFinder } from '../../../src/train/grow/splitFinder.js';
import type { SplitInfo } from '../../../src/train/grow/splitInfo.js';
import { prepareWorkspace } from '../../../src/train/prepareWorkspace.js';
import { binaryProblem } from '../../../src/train/trainingProblem.js';
import { syntheticMatrix } from '../syntheticMatrix.js';

const ROWS = 5000;

test('the split of a counted leaf is the best over the columns, each searched alone', () => {
  let skipped = 0;
  for (let round = 0; round < 40; round++) {
    const random = createRandom(round);
    const options = resolveGbdtOptions({
      minChildSamples: 1 + random.integer(300),
      minDataPerGroup: 20,
      l1: random.integer(2),
      l2: random.integer(2),
    });
    const workspace = prepareWorkspace(binaryProblem(syntheticMatrix(ROWS, 1), 1), options);
    const { floats, layout, mapper, words } = workspace;
    // hessians far from even, so that they say little of the rows
    for (let row = 0; row < ROWS; row++) {
      words[layout.sampleIndices / 4 + row] = row;
      const hessian = random.uniform() ** 8;
      floats[layout.gradients / 4 + 2 * row] = (random.uniform() - 0.5) * hessian;
      floats[layout.gradients / 4 + 2 * row + 1] = hessian;
    }
    const start = random.integer(ROWS / 2);
    const count = ROWS / 2;
    const columns = Uint32Array.from(mapper.columns.keys());
    const histograms = createHistograms(workspace);
    histograms.useColumns(columns);
    histograms.buildInto(0, start, count);
    const leaf = { gradient: 0, hessian: 0, count };
    for (let row = start; row < start + count; row++) {
      leaf.gradient += floats[layout.gradients / 4 + 2 * row]!;
      leaf.hessian += floats[layout.gradients / 4 + 2 * row + 1]!;
    }
    const counter = histograms.columnCounter(start, count, ROWS);
    const counted: number[] = [];
    const finder = createSplitFinder(workspace, options);
    const found = finder.find(histograms.addressOf(0), leaf, columns, (column) => {
      counted.push(column);
      return counter(column);
    });

    const isCategory = (split: SplitInfo): number => (split.bin < 0 ? 1 : 0);
    let best: SplitInfo | undefined;
    for (const column of columns) {
      const alone = Uint32Array.of(column);
      const split = finder.find(histograms.addressOf(0), leaf, alone, counter);
      if (!split) continue;
      const ahead = best && (split.gain - best.gain || isCategory(best) - isCategory(split));
      if (ahead === undefined || ahead > 0) best = split;
    }
    assert.equal(found, best, `round ${round}`);
    assert.is(new Set(counted).size, counted.length, 'no column is counted twice');
    skipped += columns.length - counted.length;
  }
  assert.ok(skipped > 0, 'some columns need no counting');
});

test('a column counter counts what counting all columns counts', () => {
  const options = resolveGbdtOptions({});
  const workspace = prepareWorkspace(binaryProblem(syntheticMatrix(ROWS, 1), 1), options);
  const { firstBin, layout, mapper, words } = workspace;
  const random = createRandom(3);
  const order = Uint32Array.from(Array(ROWS).keys());
  random.shuffle(order);
  words.set(order, layout.sampleIndices / 4);
  const histograms = createHistograms(workspace);
  histograms.useColumns(Uint32Array.from(mapper.columns.keys()));
  // leaves of few rows and of most, and samples of all rows and of some
  for (const [start, count, sampleCount] of [
    [17, 2001, ROWS],
    [17, 3001, ROWS],
    [0, 4999, ROWS],
    [1, 4999, ROWS],
    [0, ROWS, ROWS],
    [17, 3001, 4000],
  ] as const) {
    const all = histograms.countRows(start, count).slice();
    const counter = histograms.columnCounter(start, count, sampleCount);
    mapper.columns.forEach((_, column) => {
      const own = counter(column);
      const first = firstBin[column]!;
      assert.equal([...own], [...all.subarray(first, first + own.length)], `column ${column}`);
      assert.is(
        own.reduce((sum, rows) => sum + rows, 0),
        count,
      );
    });
  }
});

test.run();
