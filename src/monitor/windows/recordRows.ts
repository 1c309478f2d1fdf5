import { show } from '../../core/check.js';
import { DataError, ShapeError } from '../../core/errors.js';
import { selectRows, type Table } from '../../core/table.js';
import { type ObservedRecord, observe } from '../counts/observe.js';
import { finiteOrMissing, topPredictions } from '../counts/predictions.js';
import { isId, LONGEST_ID } from '../labels/label.js';
import type { LabelStore } from '../labels/labelStore.js';
import type { DriftReference } from '../reference/reference.js';
import type { Timeline } from './timeline.js';
import { slotOf } from './windowGrid.js';

/** Rows that were scored: records whose values have been checked, or a table with the schema's columns. */
export type ScoredRows = readonly ObservedRecord[] | Table;

// the last day that a Date can tell, less the longest span
const LATEST = 8.6e15;

/**
 * Counts rows in the slots of their times, and keeps their predictions for labels. Nothing is counted when something is wrong.
 * O(rows * fields).
 */
export function recordRows(
  parts: { reference: DriftReference; timeline: Timeline; labels: LabelStore },
  rows: ScoredRows,
  predictions: ArrayLike<number>,
  ids: readonly string[] | undefined,
  at: number | ArrayLike<number>,
): void {
  const { reference, timeline, labels } = parts;
  const rowCount = 'rowCount' in rows ? rows.rowCount : rows.length;
  const width = reference.task === 'multiclass' ? reference.classes.length : 1;
  if (predictions.length !== rowCount * width) {
    throw new ShapeError(
      `"predictions" expected ${rowCount * width} values, ${width} a row, got ${predictions.length}`,
    );
  }
  checkIds(ids, rowCount);
  const { grid } = timeline;
  if (typeof at === 'number') {
    checkTime(at, 'at');
    const slot = slotOf(grid, at);
    observe(timeline.stateOf(slot), rows, predictions);
    if (ids) track(labels, reference, predictions, ids, () => slot);
    return;
  }
  if (at.length !== rowCount) {
    throw new ShapeError(`"at" expected ${rowCount} times, got ${at.length}`);
  }
  for (let row = 0; row < rowCount; row++) {
    if (!isTime(at[row]!)) checkTime(at[row]!, `at[${row}]`);
  }
  for (const [slot, indices] of rowsBySlot(at, (time) => slotOf(grid, time))) {
    const part = indices.length === rowCount ? rows : pickRows(rows, indices);
    const scored = indices.length === rowCount ? predictions : pick(predictions, indices, width);
    observe(timeline.stateOf(slot), part, scored);
  }
  if (ids) track(labels, reference, predictions, ids, (row) => slotOf(grid, at[row]!));
}

function isTime(at: number): boolean {
  return Math.abs(at) <= LATEST;
}

function checkTime(at: number, name: string): void {
  if (isTime(at)) return;
  throw new DataError(`"${name}" expected a time or position, got ${show(at)}`);
}

function checkIds(ids: readonly string[] | undefined, rowCount: number): void {
  if (!ids) return;
  if (ids.length !== rowCount) {
    throw new ShapeError(`"ids" expected ${rowCount} ids, one a row, got ${ids.length}`);
  }
  const row = ids.findIndex((id) => id !== '' && !isId(id));
  if (row < 0) return;
  throw new DataError(
    `"ids[${row}]" expected a text of at most ${LONGEST_ID} characters, got ${show(ids[row])}`,
  );
}

/** Keeps predictions for their labels; one that is not finite can be held against no label. Mutates `labels`. */
function track(
  labels: LabelStore,
  reference: DriftReference,
  predictions: ArrayLike<number>,
  ids: readonly string[],
  slotOfRow: (row: number) => number,
): void {
  const top =
    reference.task === 'multiclass'
      ? topPredictions(predictions, reference.classes.length)
      : undefined;
  const values = top?.codes ?? finiteOrMissing(predictions);
  ids.forEach((id, row) => {
    const value = values[row]!;
    if (id === '' || Number.isNaN(value)) return;
    const slot = slotOfRow(row);
    if (!top) labels.addPrediction(id, { slot, value });
    else labels.addPrediction(id, { slot, value, probability: top.probabilities[row]! });
  });
}

function rowsBySlot(
  at: ArrayLike<number>,
  slotOfTime: (time: number) => number,
): Map<number, number[]> {
  const bySlot = new Map<number, number[]>();
  for (let row = 0; row < at.length; row++) {
    const slot = slotOfTime(at[row]!);
    const indices = bySlot.get(slot);
    if (indices) indices.push(row);
    else bySlot.set(slot, [row]);
  }
  return bySlot;
}

function pickRows(rows: ScoredRows, indices: readonly number[]): ScoredRows {
  if ('rowCount' in rows) return selectRows(rows, Uint32Array.from(indices));
  return indices.map((row) => rows[row]!);
}

function pick(values: ArrayLike<number>, rows: readonly number[], width: number): Float64Array {
  const picked = new Float64Array(rows.length * width);
  rows.forEach((row, index) => {
    for (let k = 0; k < width; k++) picked[index * width + k] = values[row * width + k]!;
  });
  return picked;
}
