import * as assert from 'uvu/assert';
import type { Forest } from '../../src/model/forest.js';

/**
 * Asserts what every forest must be: arrays of equal length, each node and leaf reached once from its own tree, trees side by
 * side and in order, children after their parents, float32 thresholds, sorted category sets used once each.
 */
export function validateForest(forest: Forest, featureCount: number): void {
  const nodeCount = forest.featureIndex.length;
  const leafCount = forest.leafValue.length;
  for (const name of [
    'threshold',
    'categorySet',
    'left',
    'right',
    'defaultLeft',
    'gain',
    'cover',
  ] as const) {
    assert.is(forest[name].length, nodeCount, name);
  }
  assert.is(forest.leafCover.length, leafCount, 'leafCover');
  assert.ok(forest.baseScores.every(Number.isFinite), 'baseScores');
  assert.is(forest.treeOutput.length, forest.roots.length, 'treeOutput');
  assert.ok(forest.roots.length > 0, 'a forest has a tree');

  let nextNode = 0;
  let nextLeaf = 0;
  for (const root of forest.roots) {
    const nodes: number[] = [];
    const leaves: number[] = [];
    const visit = (at: number): number => {
      if (at < 0) {
        leaves.push(~at);
        return forest.leafCover[~at]!;
      }
      nodes.push(at);
      const { left, right } = forest;
      for (const child of [left[at]!, right[at]!]) {
        if (child >= 0) assert.ok(child > at, `child ${child} after its parent ${at}`);
      }
      const below = visit(left[at]!) + visit(right[at]!);
      assert.is(forest.cover[at], below, `cover of node ${at}`);
      return below;
    };
    visit(root);
    assert.equal(ascending(nodes), range(nextNode, nodes.length), 'nodes of a tree stand together');
    assert.equal(ascending(leaves), range(nextLeaf, leaves.length), 'so do its leaves');
    if (root >= 0) assert.is(root, nextNode, 'the root comes first');
    nextNode += nodes.length;
    nextLeaf += leaves.length;
  }
  assert.is(nextNode, nodeCount, 'no node is outside the trees');
  assert.is(nextLeaf, leafCount, 'no leaf is outside the trees');
  for (const value of forest.leafValue) assert.ok(Number.isFinite(value), 'leaf values are finite');
  validateNodes(forest, featureCount);
}

function validateNodes(forest: Forest, featureCount: number): void {
  const setUses = new Array<number>(forest.categorySets.length).fill(0);
  for (let node = 0; node < forest.featureIndex.length; node++) {
    const feature = forest.featureIndex[node]!;
    assert.ok(feature >= 0 && feature < featureCount, `feature of node ${node}`);
    assert.ok(forest.gain[node]! >= 0, `gain of node ${node}`);
    const set = forest.categorySet[node]!;
    const threshold = forest.threshold[node]!;
    if (set < 0) {
      assert.is(set, -1);
      assert.is(threshold, Math.fround(threshold), `threshold of node ${node}`);
    } else {
      assert.ok(Number.isNaN(threshold), `threshold of category node ${node}`);
      setUses[set]!++;
    }
  }
  assert.ok(
    setUses.every((uses) => uses === 1),
    'each category set is used once',
  );
  for (const set of forest.categorySets) {
    assert.ok(set.length > 0, 'a category set has a level');
    set.forEach((code, i) => {
      assert.ok(Number.isInteger(code) && code >= 0, 'codes are integers');
      assert.ok(i === 0 || code > set[i - 1]!, 'codes ascend');
    });
  }
}

function range(start: number, length: number): number[] {
  return Array.from({ length }, (_, i) => start + i);
}

function ascending(items: number[]): number[] {
  return items.sort((a, b) => a - b);
}
