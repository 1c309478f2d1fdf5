import type { Workspace } from '../workspace.js';
import type { GrownNode } from './grownTree.js';
import type { SplitInfo } from './splitInfo.js';

/** What of a split decides where a row goes. */
export type RowTest = Pick<SplitInfo, 'column' | 'bin' | 'leftBins'>;

/** How many rows went where. */
export interface PartitionCounts {
  left: number;
  /** rows in the column's missing bin, whichever way they went */
  missing: number;
}

/** Puts the rows of a leaf that go left before those that go right, keeping the order among each. */
export function partitionRows(
  workspace: Workspace,
  split: RowTest,
  missingLeft: boolean,
  start: number,
  count: number,
): PartitionCounts {
  const { kernel, layout, rowCount, team, words } = workspace;
  writeMembership(workspace, split, missingLeft);
  const { columnBins, membership, sampleIndices, scratch, tile } = layout;
  const bins = columnBins + split.column * rowCount;
  const indices = sampleIndices + 4 * start;
  const left = team
    ? team.partition({ bins, membership, indices, count, scratch, tile })
    : kernel.partition(bins, membership, indices, count, scratch);
  return { left, missing: words[layout.membership / 4 + 64]! };
}

/**
 * Sends rows that took no part in growing a tree down to its leaves, and hands each leaf's rows over.
 * @param start - their first position in `sampleIndices`; they are reordered
 * @param visit - gets the leaf and its rows as a range of `sampleIndices`
 */
export function routeRows(
  workspace: Workspace,
  nodes: readonly GrownNode[],
  start: number,
  count: number,
  visit: (leaf: number, start: number, count: number) => void,
): void {
  const descend = (at: number, first: number, rows: number): void => {
    if (rows === 0) return;
    if (at < 0) {
      visit(~at, first, rows);
      return;
    }
    const { split, defaultLeft, left, right } = nodes[at]!;
    const counts = partitionRows(workspace, split, defaultLeft, first, rows);
    descend(left, first, counts.left);
    descend(right, first + counts.left, rows - counts.left);
  };
  descend(nodes.length > 0 ? 0 : ~0, start, count);
}

/** Writes which bins go left (bit 0) and which one is the missing one (bit 1). */
function writeMembership(
  { bytes, layout, mapper }: Workspace,
  { column, bin, leftBins }: RowTest,
  missingLeft: boolean,
): void {
  const { valueBinCount, hasMissing } = mapper.columns[column]!;
  const table = layout.membership;
  bytes.fill(0, table, table + 256);
  if (bin >= 0) bytes.fill(1, table, table + bin + 1);
  for (const left of leftBins) bytes[table + left] = 1;
  if (hasMissing) bytes[table + valueBinCount] = missingLeft ? 3 : 2;
}
