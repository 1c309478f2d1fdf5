import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { findLeaf } from '../../../src/model/forest.js';
import { binOf, fitBinMapper } from '../../../src/train/bins/binMapper.js';
import { binMatrixInto } from '../../../src/train/bins/binnedMatrix.js';
import { resolveGbdtOptions } from '../../../src/train/gbdtOptions.js';
import { createForestBuilder } from '../../../src/train/grow/forestBuilder.js';
import type { GrownTree } from '../../../src/train/grow/grownTree.js';
import { GROW_POLICIES, type GrowPolicy } from '../../../src/train/grow/leafQueue.js';
import { routeRows } from '../../../src/train/grow/partition.js';
import { createTreeGrower } from '../../../src/train/grow/treeGrower.js';
import { binary } from '../../../src/train/objectives/binary.js';
import { binaryProblem } from '../../../src/train/trainingProblem.js';
import { createWorkspace, type Workspace } from '../../../src/train/workspace.js';
import { SYNTHETIC_FEATURES, syntheticMatrix } from '../syntheticMatrix.js';
import { validateForest } from '../validateForest.js';

const ROWS = 3000;
const SAMPLED = 2000;

/** Grows one tree on the first 2000 rows of the awkward problem. `slotCount` bounds the histograms. */
function growOne(
  slotCount?: number,
  growPolicy: GrowPolicy = 'leafwise',
): { workspace: Workspace; tree: GrownTree } {
  const options = resolveGbdtOptions({ maxLeaves: 40, minDataPerGroup: 20, growPolicy });
  const problem = binaryProblem(syntheticMatrix(ROWS, 1), 1);
  const mapper = fitBinMapper(problem, options, createRandom(0));
  const created = createWorkspace(ROWS, SYNTHETIC_FEATURES, mapper, options.maxLeaves, 'auto');
  const workspace = { ...created, slotCount: slotCount ?? created.slotCount };
  binMatrixInto(workspace, problem.matrix, SYNTHETIC_FEATURES);
  const { layout, floats, words } = workspace;
  floats.set(problem.target, layout.targets / 4);
  floats.set(problem.weight, layout.weights / 4);
  binary.gradientsInto(workspace, 0);
  words.set(
    Uint32Array.from({ length: ROWS }, (_, row) => row),
    layout.sampleIndices / 4,
  );
  const columns = Uint32Array.from(mapper.columns.keys());
  const grower = createTreeGrower(workspace, options);
  return { workspace, tree: grower.grow(SAMPLED, columns, createRandom(0)) };
}

function rowsAt({ words, layout }: Workspace, start: number, count: number): Uint32Array {
  const first = layout.sampleIndices / 4 + start;
  return words.subarray(first, first + count);
}

test('binned routing is raw routing: rows in a leaf, rows sent down later, and every special value', () => {
  const { workspace, tree } = growOne();
  const { matrix } = syntheticMatrix(ROWS, 1);
  const builder = createForestBuilder(workspace.mapper);
  builder.addTree(
    tree,
    tree.leaves.map(() => 0),
  );
  const forest = builder.forest('logit', Float64Array.of(0));
  validateForest(forest, SYNTHETIC_FEATURES);
  assert.ok(tree.leaves.length > 20);
  assert.ok(forest.categorySets.length > 0);
  let seen = 0;
  const check = (leaf: number, start: number, count: number): void => {
    for (const row of rowsAt(workspace, start, count)) {
      assert.is(findLeaf(forest, 0, matrix, row * SYNTHETIC_FEATURES), leaf, `row ${row}`);
      seen++;
    }
  };
  tree.leaves.forEach((leaf, index) => {
    check(index, leaf.start, leaf.count);
  });
  assert.is(seen, SAMPLED);
  routeRows(workspace, tree.nodes, SAMPLED, ROWS - SAMPLED, check);
  assert.is(seen, ROWS);
});

test('the binned matrix holds what binOf says', () => {
  const { workspace } = growOne();
  const { matrix } = syntheticMatrix(ROWS, 1);
  workspace.mapper.columns.forEach((bins, column) => {
    for (let row = 0; row < ROWS; row++) {
      const x = matrix[row * SYNTHETIC_FEATURES + bins.featureIndex]!;
      const at = workspace.layout.columnBins + column * ROWS + row;
      assert.is(workspace.bytes[at], binOf(bins, x), `row ${row}, feature ${bins.featureIndex}`);
    }
  });
});

test('a pool of two histograms grows the same tree as one of forty', () => {
  const shapeOf = ({ nodes }: GrownTree): unknown =>
    nodes.map(({ split, left, right }) => [split.column, split.bin, split.leftBins, left, right]);
  for (const growPolicy of GROW_POLICIES) {
    const whole = shapeOf(growOne(undefined, growPolicy).tree);
    for (const slotCount of [2, 3, 5]) {
      assert.equal(
        shapeOf(growOne(slotCount, growPolicy).tree),
        whole,
        `${growPolicy}, ${slotCount}`,
      );
    }
  }
});

test('the value of a leaf is that of its rows; in a symmetric tree rows of one value cover a region', () => {
  for (const growPolicy of GROW_POLICIES) {
    const { workspace, tree } = growOne(undefined, growPolicy);
    const { floats, layout } = workspace;
    for (const leaf of tree.leaves) {
      let gradient = 0;
      for (const row of rowsAt(workspace, leaf.valueStart, leaf.valueCount)) {
        gradient += floats[layout.gradients / 4 + 2 * row]!;
      }
      assert.ok(Math.abs(gradient - leaf.gradient) < 1e-9);
      assert.ok(leaf.start >= leaf.valueStart);
      assert.ok(leaf.start + leaf.count <= leaf.valueStart + leaf.valueCount);
      if (growPolicy !== 'symmetric') assert.is(leaf.count, leaf.valueCount);
    }
  }
});

test.run();
