import { findReasons } from '../advice/findReasons.js';
import type { Reason } from '../advice/reason.js';
import { createMonitorState, type MonitorState, mergeState } from '../counts/state.js';
import { assessDrift } from '../drift/assessDrift.js';
import type { DriftReport } from '../drift/driftReport.js';
import { mergeOutcomes } from '../labels/countOutcomes.js';
import { type DriftOptions, driftOptionsOf, type MonitorOptions } from '../monitorOptions.js';
import type { Outcomes } from '../performance/outcomes.js';
import type { DriftReference } from '../reference/reference.js';
import { cutWindows, type WindowCut } from './cutWindows.js';
import type { WindowGrid } from './windowGrid.js';

/** A window and what was found in it, without the evidence. */
export interface WindowSummary {
  /** in units of the rows' `at`; `to` excluded */
  from: number;
  to: number;
  rowCount: number;
  closed: boolean;
  /** whether it has driftMinSamples rows; without, nothing is decided */
  sufficient: boolean;
  reasons: readonly Reason[];
  /** Jensen-Shannon distance of each field, in the order of the schema, and of the score */
  fieldDistances: readonly number[];
  scoreDistance: number;
  /** main figure of what was predicted: share of positives, or of the most frequent class, or the mean */
  predicted: number | undefined;
  performance: DriftReport['performance'];
}

/** Slots to be cut into windows: their rows, and what became of them. */
export interface HistoryInput {
  grid: WindowGrid;
  slots: readonly (readonly [slot: number, state: MonitorState])[];
  outcomes: ReadonlyMap<number, Outcomes>;
  now: number | undefined;
}

/** A window that was looked at, and what it held then. */
interface Known {
  mark: string;
  summary: WindowSummary;
}

/** Windows held against a reference. A window is looked at again only when rows or labels were added to it. */
export class WindowHistory {
  readonly #reference: DriftReference;
  readonly #options: DriftOptions;
  #known = new Map<string, Known>();

  constructor(reference: DriftReference, options: MonitorOptions) {
    this.#reference = reference;
    this.#options = driftOptionsOf(options);
  }

  /** Every window, the oldest first. */
  summaries(input: HistoryInput): WindowSummary[] {
    const rows = input.slots.map(([slot, { rowCount }]) => [slot, rowCount] as const);
    const kept = new Map<string, Known>();
    const summaries = cutWindows(input.grid, rows, input.now).map((cut) => {
      const key = `${cut.firstSlot} ${cut.lastSlot}`;
      const outcomes = this.#outcomesOf(cut, input);
      const mark = JSON.stringify([cut.rowCount, outcomes]);
      const known = this.#known.get(key);
      const summary =
        known?.mark === mark
          ? { ...known.summary, closed: cut.closed }
          : this.#summarize(cut, input, outcomes);
      kept.set(key, { mark, summary });
      return summary;
    });
    this.#known = kept;
    return summaries;
  }

  /** A window with all the evidence. */
  assess(window: Pick<WindowSummary, 'from' | 'to'>, input: HistoryInput): DriftReport {
    const { slotLength } = input.grid;
    return this.#report(
      {
        firstSlot: Math.round(window.from / slotLength),
        lastSlot: Math.round(window.to / slotLength) - 1,
      },
      input,
    );
  }

  #summarize(cut: WindowCut, input: HistoryInput, outcomes: Outcomes): WindowSummary {
    const report = this.#report(cut, input, outcomes);
    const { slotLength } = input.grid;
    return {
      from: cut.firstSlot * slotLength,
      to: (cut.lastSlot + 1) * slotLength,
      rowCount: cut.rowCount,
      closed: cut.closed,
      sufficient: report.sufficient,
      reasons: findReasons(report),
      fieldDistances: report.fields.map(({ jensenShannon }) => jensenShannon),
      scoreDistance: report.score.jensenShannon,
      predicted: mainFigure(report),
      performance: report.performance,
    };
  }

  #report(
    cut: Pick<WindowCut, 'firstSlot' | 'lastSlot'>,
    input: HistoryInput,
    outcomes: Outcomes = this.#outcomesOf(cut, input),
  ): DriftReport {
    const state = createMonitorState(this.#reference) as MonitorState;
    for (const [slot, part] of input.slots) {
      if (slot >= cut.firstSlot && slot <= cut.lastSlot) mergeState(state, part);
    }
    return assessDrift(state, this.#options, outcomes);
  }

  #outcomesOf(
    { firstSlot, lastSlot }: Pick<WindowCut, 'firstSlot' | 'lastSlot'>,
    { outcomes }: HistoryInput,
  ): Outcomes {
    const parts = [...outcomes].filter(([slot]) => slot >= firstSlot && slot <= lastSlot);
    return mergeOutcomes(
      this.#reference,
      parts.sort(([a], [b]) => a - b).map(([, part]) => part),
    );
  }
}

function mainFigure(report: DriftReport): number | undefined {
  if (report.rowCount === 0) return undefined;
  if (report.task === 'binary') return report.positiveRate.rate;
  if (report.task === 'regression') return report.score.moments?.mean;
  return Math.max(...report.classRates.map(({ rate }) => rate));
}
