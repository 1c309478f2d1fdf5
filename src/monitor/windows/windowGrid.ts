import type { MonitorOptions } from '../monitorOptions.js';

/**
 * How rows are kept apart. Time is cut into spans, and each span into slots. A window is a run of whole slots of one span, so
 * which rows make up a window depends on their times alone, and not on who counted them or in what order.
 */
export interface WindowGrid {
  /** in units of the rows' `at` */
  slotLength: number;
  slotsASpan: number;
  /** rows at which a window is closed, with the slot that brings it there */
  windowRows: number;
  /** the newest spans that have rows; what is older counts in the total only */
  spansKept: number;
}

const MILLISECONDS_AN_HOUR = 3_600_000;
const SLOTS_A_SPAN = 24;

/** `at` is a time in milliseconds since 1970-01-01 UTC. Spans of several days are cut into days, others into 24 parts. */
export function timeGrid(options: MonitorOptions): WindowGrid {
  const days = options.windowHours / 24;
  const slotsASpan = Number.isInteger(days) && days > 1 ? days : SLOTS_A_SPAN;
  return {
    slotLength: (options.windowHours * MILLISECONDS_AN_HOUR) / slotsASpan,
    slotsASpan,
    windowRows: options.windowRows,
    spansKept: options.windowsKept,
  };
}

/** `at` is the position of a row, from 0: every `windowRows` rows are a window. */
export function positionGrid(options: MonitorOptions): WindowGrid {
  return {
    slotLength: options.windowRows,
    slotsASpan: 1,
    windowRows: options.windowRows,
    spansKept: options.windowsKept,
  };
}

export function slotOf(grid: WindowGrid, at: number): number {
  return Math.floor(at / grid.slotLength);
}

export function spanOf(grid: WindowGrid, slot: number): number {
  return Math.floor(slot / grid.slotsASpan);
}
