import { spanOf, type WindowGrid } from './windowGrid.js';

/** A run of whole slots of one span. */
export interface WindowCut {
  /** the first slot that has rows */
  firstSlot: number;
  /** the slot that brought it its rows; where its span ended first, the last one of that */
  lastSlot: number;
  rowCount: number;
  /** whether it will get no more rows, but for those that come late */
  closed: boolean;
}

/**
 * Cuts slots into windows: each is as short as it can be with `windowRows` rows, and none goes beyond its span, so the last one of
 * a span may have fewer. O(slots).
 * @param slots - ascending slots and their rows
 * @param now - a time that all rows have reached; without it the newest slot is taken to be still open
 */
export function cutWindows(
  grid: WindowGrid,
  slots: readonly (readonly [slot: number, rowCount: number])[],
  now: number | undefined,
): WindowCut[] {
  const newest = slots[slots.length - 1]?.[0] ?? 0;
  const openSlot = now === undefined ? newest : Math.max(newest, Math.floor(now / grid.slotLength));
  const windows: WindowCut[] = [];
  let open: WindowCut | undefined;
  for (const [slot, rowCount] of slots) {
    if (open && spanOf(grid, open.lastSlot) !== spanOf(grid, slot)) {
      closeWithSpan(open, grid);
      open = undefined;
    }
    if (!open) {
      open = { firstSlot: slot, lastSlot: slot, rowCount: 0, closed: false };
      windows.push(open);
    }
    open.lastSlot = slot;
    open.rowCount += rowCount;
    if (open.rowCount >= grid.windowRows && slot < openSlot) {
      open.closed = true;
      open = undefined;
    }
  }
  if (open && spanOf(grid, open.lastSlot) < spanOf(grid, openSlot)) closeWithSpan(open, grid);
  return windows;
}

function closeWithSpan(window: WindowCut, grid: WindowGrid): void {
  window.lastSlot = (spanOf(grid, window.lastSlot) + 1) * grid.slotsASpan - 1;
  window.closed = true;
}
