import { sampleShare } from '../sampling.js';
import type { Workspace } from '../workspace.js';
import { type ColumnConstraints, columnsOfGroups, narrowGroups } from './constraints.js';
import { createHistogramPool } from './histogramPool.js';
import { createHistograms } from './histograms.js';
import { createLevelFinder, type ForEachLeaf, type LevelTest } from './levelFinder.js';
import { partitionRows } from './partition.js';
import { createRegionDivider } from './regionDivider.js';
import type { LeafSums } from './splitInfo.js';
import { type Division, type Region, symmetricTree } from './symmetricTree.js';
import type { GrowthOptions, TreeGrower } from './treeGrower.js';

/** A region of the growing tree. */
interface GrowingRegion extends Region {
  /** its histogram; -1 when it has none */
  slot: number;
}

/**
 * Grows symmetric ("oblivious") trees, as CatBoost does (Prokhorenkova et al. 2018): all nodes of a level ask the same, and the
 * test is the one that the leaves of the level together gain most by.
 *
 * Where CatBoost lets a test divide every leaf of its level, here it divides those that it may: both children have
 * `minChildSamples` rows and `minChildWeight`, a monotone constraint is kept, and something is gained. Any other stays whole:
 * on both sides of the test it keeps the value of all its rows. So what is learned are regions, each of enough rows; the tree has
 * 2^depth leaves, and those of one region, empty ones included, have one value.
 */
export function createSymmetricGrower(
  workspace: Workspace,
  options: GrowthOptions,
  constraints: ColumnConstraints | undefined,
): TreeGrower {
  const { minChildSamples, minChildWeight, colsampleByNode } = options;
  const depthLimit = symmetricDepth(options);
  const pool = createHistogramPool(workspace.slotCount);
  const histograms = createHistograms(workspace);
  const finder = createLevelFinder(workspace, options, constraints?.directions);
  const divide = createRegionDivider(workspace, options, constraints?.directions);

  function mayBeDivided({ count, hessian }: LeafSums): boolean {
    return count >= 2 * minChildSamples && hessian >= 2 * minChildWeight;
  }

  return {
    grow(count, columns, random) {
      const tests: LevelTest[] = [];
      const missing: boolean[] = [];
      const divisions: Division[] = [];
      let groups = constraints?.groups;
      pool.reset();
      histograms.useColumns(columns);
      const gains = histograms.addressOf(pool.acquire());
      const spare = pool.acquire();
      const sums = histograms.sumRows(count);
      let regions: GrowingRegion[] = [
        { ...sums, count, start: 0, l2: options.l2, path: [], slot: -1 },
      ];

      /** Builds a region's histogram in a slot of its own, or in the spare one when none is left. @returns the slot */
      function build(region: GrowingRegion): number {
        region.slot = pool.acquire();
        const slot = region.slot >= 0 ? region.slot : spare;
        histograms.buildInto(slot, region.start, region.count);
        return slot;
      }

      function showing(counted: boolean): ForEachLeaf {
        return (visit) => {
          for (const region of regions) {
            if (!mayBeDivided(region)) continue;
            const slot = region.slot >= 0 ? region.slot : build(region);
            const counts = counted ? histograms.countRows(region.start, region.count) : undefined;
            visit(region, histograms.addressOf(slot), counts);
          }
        };
      }

      /** Hands the histogram of a divided region on: the larger child's is what the smaller one's leaves of it. */
      function inherit(parentSlot: number, left: GrowingRegion, right: GrowingRegion): void {
        const [smaller, larger] = left.count <= right.count ? [left, right] : [right, left];
        if (parentSlot >= 0 && mayBeDivided(larger)) {
          histograms.subtract(parentSlot, build(smaller));
          larger.slot = parentSlot;
        } else {
          pool.release(parentSlot);
        }
        if (mayBeDivided(smaller)) return;
        pool.release(smaller.slot);
        smaller.slot = -1;
      }

      /** Puts the test to every region. @returns whether it divided any */
      function addLevel(test: LevelTest): boolean {
        const isLast = tests.length + 1 === depthLimit;
        let someMissing = false;
        const made: Division[] = [];
        const next: GrowingRegion[] = [];
        for (const region of regions) {
          const counts = partitionRows(
            workspace,
            test,
            test.missingLeft,
            region.start,
            region.count,
          );
          someMissing ||= counts.missing > 0;
          const divided = mayBeDivided(region) ? divide(region, test, counts.left) : undefined;
          if (!divided) {
            next.push({ ...region, path: [...region.path, -1] });
            continue;
          }
          made.push({ region, gain: divided.gain });
          const left = { ...divided.left, slot: -1 };
          const right = { ...divided.right, slot: -1 };
          if (!isLast) inherit(region.slot, left, right);
          next.push(left, right);
        }
        if (made.length === 0) return false;
        regions = next;
        tests.push(test);
        missing.push(someMissing);
        divisions.push(...made);
        groups = narrowGroups(groups, test.column);
        return true;
      }

      while (tests.length < depthLimit && columns.length > 0 && regions.some(mayBeDivided)) {
        const looked = sampleShare(columnsOfGroups(columns, groups), colsampleByNode, random);
        const test = finder.find(showing(false), looked, gains);
        if (!test) break;
        if (addLevel(test)) continue;
        // every division that the estimate allowed has too few rows: look again with counted ones
        const counted = finder.find(showing(true), looked, gains);
        if (!counted || !addLevel(counted)) break;
      }
      return symmetricTree(workspace, tests, missing, regions, divisions);
    },
  };
}

/** `maxDepth`, or as deep as `maxLeaves` allows a full tree, whichever is less. */
function symmetricDepth({ maxDepth, maxLeaves }: GrowthOptions): number {
  const fitting = 31 - Math.clz32(maxLeaves);
  return maxDepth === 0 ? fitting : Math.min(maxDepth, fitting);
}
