// Columns of categories whose bound is below the best split so far are not searched: the bound must hold, and be the same from both kernels.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { resolveGbdtOptions } from '../../../src/train/gbdtOptions.js';
import { findCategorySplit, writeCategoryBounds } from '../../../src/train/grow/categorySplit.js';
import { createHistograms } from '../../../src/train/grow/histograms.js';
import { createSplitFinder } from '../../../src/train/grow/splitFinder.js';
import type { SplitInfo } from '../../../src/train/grow/splitInfo.js';
import { createKernel } from '../../../src/train/kernel/createKernel.js';
import { PAIR_BYTES, TABLE_BYTES } from '../../../src/train/kernel/kernel.js';
import { prepareWorkspace } from '../../../src/train/prepareWorkspace.js';
import { trainingProblem } from '../../../src/train/trainingProblem.js';
import type { Workspace } from '../../../src/train/workspace.js';

test('the same bits from both kernels', () => {
  const valueBins = [1, 2, 3, 4, 14, 15, 16, 253, 254];
  const [histogram, table, columns, bounds] = [65_536, 1024, 2048, 4096];
  const [simd, portable] = (['simd', 'javascript'] as const).map((choice) => {
    const { kernel, buffer } = createKernel(choice, 131_072);
    const random = createRandom(1);
    const words = new Uint32Array(buffer);
    const doubles = new Float64Array(buffer);
    let offset = 0;
    valueBins.forEach((bins, column) => {
      words.set([offset, bins, 1, 0], (table + column * TABLE_BYTES) / 4);
      words[columns / 4 + column] = column;
      for (let bin = 0; bin <= bins; bin++) {
        const isEmpty = random.uniform() < 0.2;
        const at = (histogram + offset) / 8 + 2 * bin;
        doubles[at] = isEmpty ? 0 : random.normal();
        doubles[at + 1] = isEmpty ? 0 : random.uniform();
      }
      offset += (bins + 1) * PAIR_BYTES;
    });
    const call = (listed: number, mostSingles: number, at: number): void =>
      kernel.categoryBounds(
        histogram,
        table,
        columns,
        valueBins.length,
        mostSingles,
        listed,
        1e-9,
        0.75,
        at,
      );
    call(-Infinity, 4, bounds);
    call(0.4, 4, bounds + 1024);
    call(0.4, 0, bounds + 2048);
    return new Uint8Array(buffer, bounds, 3072);
  });
  assert.equal(simd, portable);
  assert.ok(simd!.some((byte) => byte !== 0));
});

/** A workspace of columns of categories only, with a histogram in slot 0 of gradients and hessians that have little to do with rows. */
function categoryWorkspace(
  seed: number,
  levels: readonly number[],
  rowCount: number,
  options: ReturnType<typeof resolveGbdtOptions>,
) {
  const random = createRandom(seed);
  const matrix = Float32Array.from({ length: rowCount * levels.length }, (_, i) =>
    random.integer(1 + random.integer(levels[i % levels.length]!)),
  );
  const target = Float64Array.from({ length: rowCount }, () => random.integer(2));
  const featureCount = levels.length;
  const data = { matrix, rowCount, featureCount, target, categorical: [...levels.keys()] };
  const workspace = prepareWorkspace(trainingProblem(data), options);
  const { floats, layout, mapper, words } = workspace;
  const leaf = { gradient: 0, hessian: 0, count: rowCount };
  for (let row = 0; row < rowCount; row++) {
    words[layout.sampleIndices / 4 + row] = row;
    const at = layout.gradients / 4 + 2 * row;
    floats[at + 1] = random.uniform() ** 4;
    floats[at] = random.normal() * floats[at + 1]!;
    leaf.gradient += floats[at]!;
    leaf.hessian += floats[at + 1]!;
  }
  const columns = Uint32Array.from(mapper.columns.keys());
  const histograms = createHistograms(workspace);
  histograms.useColumns(columns);
  histograms.buildInto(0, 0, rowCount);
  return { workspace, leaf, columns, histograms };
}

const choices = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  levels: fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 1, maxLength: 6 }),
  isCounted: fc.boolean(),
  options: fc.record({
    catSmooth: fc.constantFrom(0, 1, 2.5, 10),
    catL2: fc.constantFrom(0, 1, 10),
    maxCatToOnehot: fc.constantFrom(1, 4, 30),
    minDataPerGroup: fc.constantFrom(1, 20),
    minChildSamples: fc.constantFrom(1, 5, 20),
    l1: fc.constantFrom(0, 0.1),
    l2: fc.constantFrom(0, 1),
  }),
});

function boundsOf(
  workspace: Workspace,
  ...rest: Parameters<typeof writeCategoryBounds> extends [Workspace, ...infer Rest] ? Rest : never
): Float64Array {
  return writeCategoryBounds(workspace, ...rest).slice();
}

test('no division scores above its bound, and the best of all columns is found', () => {
  let searched = 0;
  let pruned = 0;
  fc.assert(
    fc.property(choices, ({ seed, levels, isCounted, options: given }) => {
      const options = resolveGbdtOptions(given);
      const { workspace, leaf, columns, histograms } = categoryWorkspace(
        seed,
        levels,
        600,
        options,
      );
      const { doubles, firstBin, layout, mapper, words } = workspace;
      const histogram = histograms.addressOf(0);
      const countsOf = isCounted ? histograms.columnCounter(0, 600, 600) : undefined;
      words.set(columns, layout.categoryColumns / 4);
      const bounds = boundsOf(workspace, histogram, columns.length, leaf, options, isCounted);
      let best: SplitInfo | undefined;
      columns.forEach((column, i) => {
        const first = (histogram + firstBin[column]! * PAIR_BYTES) / 8;
        const { valueBinCount } = mapper.columns[column]!;
        const bins = { column, doubles, first, valueBinCount, countsOf };
        const split = findCategorySplit(bins, leaf, options, 0);
        if (!split) return;
        searched++;
        assert.ok(split.gain <= bounds[i]!, `${split.gain} above ${bounds[i]}`);
        if (best && bounds[i]! < best.gain) pruned++;
        if (!best || split.gain > best.gain) best = split;
      });
      const found = createSplitFinder(workspace, options).find(histogram, leaf, columns, countsOf);
      assert.is(found?.column, best?.column);
      assert.equal(found?.leftBins, best?.leftBins);
    }),
    { numRuns: 200 },
  );
  assert.ok(searched > 200 && pruned > 0, `${searched} searched, ${pruned} pruned`);
});

test.run();
