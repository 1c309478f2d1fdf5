import { createMonitorState, type MonitorState, mergeState } from '../counts/state.js';
import type { DriftReference } from '../reference/reference.js';
import { RecentSpans } from './recentSpans.js';
import { spanOf, type WindowGrid } from './windowGrid.js';

/** Counts by time: one state a slot, of the newest spans, and one of everything older. */
export class Timeline {
  readonly grid: WindowGrid;
  /** rows of slots that are no longer kept */
  readonly earlier: MonitorState;
  readonly #reference: DriftReference;
  readonly #spans: RecentSpans<Map<number, MonitorState>>;

  constructor(reference: DriftReference, grid: WindowGrid) {
    this.grid = grid;
    this.#reference = reference;
    this.earlier = createMonitorState(reference);
    this.#spans = new RecentSpans<Map<number, MonitorState>>(
      grid.spansKept,
      () => new Map(),
      (slots) => {
        for (const state of slots.values()) mergeState(this.earlier, state);
      },
    );
  }

  /** Rows ever counted. */
  get rowCount(): number {
    return this.slots().reduce((sum, [, { rowCount }]) => sum + rowCount, this.earlier.rowCount);
  }

  /** The state that rows of a slot are counted in. */
  stateOf(slot: number): MonitorState {
    const slots = this.#spans.at(spanOf(this.grid, slot));
    if (!slots) return this.earlier;
    let state = slots.get(slot);
    if (!state) {
      state = createMonitorState(this.#reference);
      slots.set(slot, state);
    }
    return state;
  }

  /** Slots and their states, the oldest first. */
  slots(): [number, MonitorState][] {
    return this.#spans.sorted().flatMap(([, slots]) => [...slots].sort(([a], [b]) => a - b));
  }

  /** All rows that were ever counted. */
  total(): MonitorState {
    const total = createMonitorState(this.#reference) as MonitorState;
    mergeState(total, this.earlier);
    for (const [, state] of this.slots()) mergeState(total, state);
    return total;
  }
}
