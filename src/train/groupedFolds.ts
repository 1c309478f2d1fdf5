import { checkInteger } from '../core/check.js';
import { DataError, ShapeError } from '../core/errors.js';
import type { Random } from '../core/random.js';

/**
 * Deals rows into folds of about equal size, all rows of a group into one: for rows that know of each other, such as those of
 * one customer. Greedy: the largest group first, into the fold with the fewest rows; equal groups in an order of the seed.
 * @param groups - what each row belongs to: any numbers or texts
 * @param foldCount - in [2, 255]
 * @returns the fold of each row, in [0, foldCount). The largest fold has at most one largest group more than the smallest.
 * @throws {DataError} when there are fewer groups than folds.
 */
export function groupedFolds(
  groups: ArrayLike<number | string>,
  foldCount: number,
  random: Random,
): Uint8Array {
  return stratifiedGroupedFolds(new Uint8Array(groups.length), groups, foldCount, random);
}

/**
 * {@link groupedFolds} that evens out the classes too. Greedy: the largest group first, into the fold where the sum over classes
 * and folds of (share of the class's rows)² grows least, of equal folds the one with the fewest rows. As even as the groups let
 * it be, which for large groups of one class is not very.
 * @param classes - class code of each row, an integer from 0
 * @throws {ShapeError} when there are not as many classes as rows. @throws {DataError} when there are fewer groups than folds.
 */
export function stratifiedGroupedFolds(
  classes: ArrayLike<number>,
  groups: ArrayLike<number | string>,
  foldCount: number,
  random: Random,
): Uint8Array {
  checkInteger('foldCount', foldCount, 2, 255);
  if (classes.length !== groups.length) {
    throw new ShapeError(`${classes.length} classes for ${groups.length} rows`);
  }
  const { members, rowsOfClass } = gatherGroups(classes, groups);
  if (members.length < foldCount) {
    throw new DataError(`there are ${members.length} groups, fewer than ${foldCount} folds`);
  }
  // the sort is stable: groups of a size stay in the order of the shuffle
  const order = random.shuffle(members).sort((a, b) => b.rows.length - a.rows.length);
  const loads: Load[] = Array.from({ length: foldCount }, () => ({ rows: 0, ofClass: new Map() }));
  const folds = new Uint8Array(groups.length);
  for (const group of order) {
    const fold = bestFold(loads, group, rowsOfClass);
    const load = loads[fold]!;
    load.rows += group.rows.length;
    for (const [code, count] of group.ofClass) {
      load.ofClass.set(code, (load.ofClass.get(code) ?? 0) + count);
    }
    for (const row of group.rows) folds[row] = fold;
  }
  return folds;
}

interface Group {
  rows: number[];
  /** class → rows */
  ofClass: Map<number, number>;
}

interface Load {
  rows: number;
  ofClass: Map<number, number>;
}

/** Groups in the order they first occur, and how many rows each class has. */
function gatherGroups(
  classes: ArrayLike<number>,
  groups: ArrayLike<number | string>,
): { members: Group[]; rowsOfClass: Map<number, number> } {
  const groupOf = new Map<number | string, Group>();
  const rowsOfClass = new Map<number, number>();
  for (let row = 0; row < groups.length; row++) {
    let group = groupOf.get(groups[row]!);
    if (!group) groupOf.set(groups[row]!, (group = { rows: [], ofClass: new Map() }));
    const code = classes[row]!;
    group.rows.push(row);
    group.ofClass.set(code, (group.ofClass.get(code) ?? 0) + 1);
    rowsOfClass.set(code, (rowsOfClass.get(code) ?? 0) + 1);
  }
  return { members: [...groupOf.values()], rowsOfClass };
}

function bestFold(
  loads: readonly Load[],
  { ofClass }: Group,
  rowsOfClass: ReadonlyMap<number, number>,
): number {
  let best = 0;
  let bestGrowth = Infinity;
  loads.forEach((load, fold) => {
    let growth = 0;
    for (const [code, count] of ofClass) {
      const total = rowsOfClass.get(code)!;
      growth += (count / total) * ((2 * (load.ofClass.get(code) ?? 0) + count) / total);
    }
    // an empty fold never grows more than another, so that every fold gets a group
    const isBetter =
      growth < bestGrowth || (growth === bestGrowth && load.rows < loads[best]!.rows);
    if (!isBetter) return;
    best = fold;
    bestGrowth = growth;
  });
  return best;
}
