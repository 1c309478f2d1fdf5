import { show } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import {
  type DriftSummary,
  type PlaceFormat,
  type RetrainingSummary,
  summarizeDrift,
  summarizeRetraining,
} from './advice/summary.js';
import { type Label, type LabelReceipt, takeLabels } from './labels/label.js';
import { LabelStore } from './labels/labelStore.js';
import { checkMonitorOptions, type MonitorOptions } from './monitorOptions.js';
import type { DriftReference } from './reference/reference.js';
import { type MonitorSnapshot, restoreInto, takeSnapshot } from './snapshot/snapshot.js';
import { assessMonitor, type MonitorView } from './windows/assessMonitor.js';
import { WindowHistory } from './windows/history.js';
import { recordRows, type ScoredRows } from './windows/recordRows.js';
import { Timeline } from './windows/timeline.js';
import { positionGrid, timeGrid, type WindowGrid } from './windows/windowGrid.js';

/** Watches a model at work: counts what it is asked and what it answers, takes labels, and says what to do. */
export interface Monitor {
  readonly reference: DriftReference;
  readonly options: MonitorOptions;
  /** rows ever counted */
  readonly rowCount: number;
  /**
   * Counts rows that were scored. Nothing is counted when something is wrong.
   * @param predictions - the probability of the positive class (binary), row-major the probability of each class (multiclass),
   *   a number (regression; one that is not finite as float32 counts as missing)
   * @param ids - what labels will call the rows, one a row; an empty one takes no label
   * @param at - when they were scored, all or each: milliseconds since 1970-01-01 UTC, in any order; where windows are cut by
   *   position the position, from 0
   * @throws {ShapeError} on lengths that differ or a missing column. @throws {DataError} on a time that is not finite, or an id
   * that is empty or too long.
   */
  record(
    rows: ScoredRows,
    predictions: ArrayLike<number>,
    ids: readonly string[] | undefined,
    at: number | ArrayLike<number>,
  ): void;
  /**
   * Takes labels, before or after the predictions they are of. One that is not of this model is rejected, the others are taken.
   * @param at - when they came, in the unit of `record`
   */
  labels(labels: readonly Label[], at: number): LabelReceipt;
  /** The decision and the evidence. @param now - windows that ended before are closed; default: the newest row's time */
  drift(now?: number): DriftSummary;
  /** The decision alone. */
  retrainingTrigger(now?: number): RetrainingSummary;
  /** What both are made from, for reports of one's own. */
  assess(now?: number): MonitorView;
  /** Everything that was counted, as JSON data: monitors that counted the same have the same bytes as canonical JSON. */
  state(): MonitorSnapshot;
}

export interface MonitorInput {
  reference: DriftReference;
  options?: Partial<MonitorOptions> | undefined;
  /** what monitors with the same reference and windows gave as their `state()`; it adds up */
  states?: readonly unknown[] | undefined;
  /** what the rows' `at` is; default `time` */
  windowsBy?: WindowsBy | undefined;
}

/**
 * What windows are cut by: the time; the position of the rows, so that every `windowRows` rows are a window; or names, each of them
 * a window, where `at` is the index of the name. Names without an order are groups: all rows together decide, and the windows show
 * which group differs how.
 */
export type WindowsBy = 'time' | 'position' | { names: readonly string[]; ordered: boolean };

/**
 * Makes a monitor. Its memory depends on the fields and on what is kept, not on the rows that were counted.
 * @throws {ConfigError} on a wrong option. @throws {FormatError} on a state that is none. @throws {ShapeError} on a state that was
 * counted against another reference or with other windows.
 * @example
 * const monitor = createMonitor({ reference: parseReference(baseline) });
 * monitor.record(records, scorer.predict(records), ids, now);
 * monitor.labels([{ prediction_id: ids[0], label: 'yes' }], now);
 * monitor.retrainingTrigger(now).recommendation; // 'none', 'watch', 'investigate' or 'retrain'
 */
export function createMonitor(input: MonitorInput): Monitor {
  const { reference, windowsBy = 'time' } = input;
  const options = checkMonitorOptions(input.options);
  const unknown = options.ignoredFields.find(
    (name) => !reference.fields.some((field) => field.name === name),
  );
  if (unknown !== undefined) {
    const names = reference.fields.map(({ name }) => name).join(', ');
    throw new ConfigError(`"ignoredFields" names no field: ${show(unknown)}; there are ${names}`);
  }
  const grid = gridOf(windowsBy, options);
  const place = placesOf(windowsBy);
  const timeline = new Timeline(reference, grid);
  const labels = new LabelStore(grid, options.labelCapacity);
  const history = new WindowHistory(reference, options);
  const ordered = typeof windowsBy === 'string' || windowsBy.ordered;
  const parts = { reference, timeline, labels };
  for (const state of input.states ?? []) restoreInto(state, parts);
  const assess = (now?: number): MonitorView =>
    assessMonitor({ ...parts, options, history, ordered }, now);
  return {
    reference,
    options,
    get rowCount() {
      return timeline.rowCount;
    },
    record: (rows, predictions, ids, at) => recordRows(parts, rows, predictions, ids, at),
    labels: (given, at) => takeLabels(parts, given, at),
    drift: (now) => summarizeDrift(assess(now), options, place),
    retrainingTrigger: (now) => summarizeRetraining(assess(now), options, place),
    assess,
    state: () => takeSnapshot(parts),
  };
}

function gridOf(windowsBy: WindowsBy, options: MonitorOptions): WindowGrid {
  if (windowsBy === 'time') return timeGrid(options);
  return positionGrid(windowsBy === 'position' ? options : { ...options, windowRows: 1 });
}

function placesOf(windowsBy: WindowsBy): PlaceFormat {
  if (windowsBy === 'time') {
    const time = (at: number): string => new Date(at).toISOString();
    return { from: time, to: time };
  }
  if (windowsBy === 'position') return { from: (at) => at, to: (at) => at };
  const { names } = windowsBy;
  return { from: (at) => names[at]!, to: (at) => names[at - 1]! };
}
