import { show } from '../../core/check.js';
import { FormatError, ShapeError } from '../../core/errors.js';
import { canonicalJson } from '../../core/json.js';
import {
  array,
  count,
  integer,
  type Json,
  list,
  number,
  object,
  rate,
  text,
} from '../checkedJson.js';
import { mergeState } from '../counts/state.js';
import { textHash } from '../counts/textHash.js';
import { isId } from '../labels/label.js';
import type { LabelStore, TrackedPrediction } from '../labels/labelStore.js';
import type { DriftReference } from '../reference/reference.js';
import type { Timeline } from '../windows/timeline.js';
import type { WindowGrid } from '../windows/windowGrid.js';
import { countsFromJson, countsToJson } from './countsJson.js';

/** Everything a monitor has counted, as JSON data. Monitors that counted the same rows, in whatever order, have the same. */
export interface MonitorSnapshot {
  format: 'coppice-monitor-state';
  version: 1;
  /** of the reference it was counted against */
  reference: string;
  grid: WindowGrid;
  label_capacity: number;
  /** rows that are too old for a window */
  earlier: Json;
  /** ascending */
  slots: (Json & { slot: number })[];
  labels_received: number;
  /** id, slot, value, of several classes also its probability */
  predictions: (string | number)[][];
  /** id, span of arrival, value, time of observation */
  labels: (string | number)[][];
}

/** What a snapshot is taken of and restored into. */
export interface MonitorParts {
  reference: DriftReference;
  timeline: Timeline;
  labels: LabelStore;
}

export function takeSnapshot({ reference, timeline, labels }: MonitorParts): MonitorSnapshot {
  return {
    format: 'coppice-monitor-state',
    version: 1,
    reference: fingerprint(reference),
    grid: timeline.grid,
    label_capacity: labels.capacity,
    earlier: countsToJson(timeline.earlier),
    slots: timeline.slots().map(([slot, state]) => ({ slot, ...countsToJson(state) })),
    labels_received: labels.received,
    predictions: Array.from(labels.predictions.sorted(), ({ id, value: prediction }) => {
      const { slot, value, probability } = prediction;
      return [id, slot, value, ...(probability === undefined ? [] : [probability])];
    }),
    labels: Array.from(labels.labels.sorted(), ({ id, span, value: label }) => [
      id,
      span,
      label.value,
      label.observedAt,
    ]),
  };
}

/**
 * Adds a snapshot to a monitor's parts. Mutates them, and leaves them alone when the snapshot is refused.
 * @param json - what {@link takeSnapshot} gave, perhaps through `JSON.parse`
 * @throws {FormatError} naming the part that is wrong. @throws {ShapeError} when it was counted against another reference or with
 * other windows.
 */
export function restoreInto(json: unknown, { reference, timeline, labels }: MonitorParts): void {
  const source = object(json, 'monitor state');
  if (source.format !== 'coppice-monitor-state' || source.version !== 1) {
    throw new FormatError(
      `"format" and "version" expected coppice-monitor-state 1, got ${show(source.format)} ${show(source.version)}`,
    );
  }
  if (source.reference !== fingerprint(reference)) {
    throw new ShapeError('the state was counted against another drift reference');
  }
  if (
    canonicalJson(source.grid) !== canonicalJson(timeline.grid) ||
    source.label_capacity !== labels.capacity
  ) {
    throw new ShapeError('the state was counted with other windows or another label capacity');
  }
  const earlier = countsFromJson(source.earlier, 'earlier', reference);
  const slots = array(source.slots, 'slots').map((item, index) => {
    const path = `slots[${index}]`;
    const slot = integer(object(item, path).slot, `${path}.slot`);
    return [slot, countsFromJson(item, path, reference)] as const;
  });
  const received = count(source.labels_received, 'labels_received');
  const predictions = array(source.predictions, 'predictions').map((item, index) =>
    predictionFromJson(item, `predictions[${index}]`, reference),
  );
  const held = array(source.labels, 'labels').map((item, index) => {
    const path = `labels[${index}]`;
    const [id, span, value, observedAt] = list(item, path, 4, (part) => part);
    return {
      id: idFromJson(id, `${path}[0]`),
      span: integer(span, `${path}[1]`),
      label: {
        value: labelFromJson(value, `${path}[2]`, reference),
        observedAt: number(observedAt, `${path}[3]`),
      },
    };
  });

  mergeState(timeline.earlier, earlier);
  for (const [slot, state] of slots) mergeState(timeline.stateOf(slot), state);
  labels.received += received;
  for (const [id, prediction] of predictions) labels.addPrediction(id, prediction);
  for (const { id, span, label } of held) labels.addLabel(id, label, span);
}

function predictionFromJson(
  item: unknown,
  path: string,
  reference: DriftReference,
): [string, TrackedPrediction] {
  const isMulticlass = reference.task === 'multiclass';
  const parts = list(item, path, isMulticlass ? 4 : 3, (part) => part);
  const id = idFromJson(parts[0], `${path}[0]`);
  const slot = integer(parts[1], `${path}[1]`);
  const at = `${path}[2]`;
  if (reference.task === 'binary') return [id, { slot, value: rate(parts[2], at) }];
  if (reference.task === 'regression') return [id, { slot, value: number(parts[2], at) }];
  const value = labelFromJson(parts[2], at, reference);
  return [id, { slot, value, probability: rate(parts[3], `${path}[3]`) }];
}

function labelFromJson(value: unknown, path: string, reference: DriftReference): number {
  if (reference.task === 'regression') return number(value, path);
  const code = count(value, path);
  if (code < reference.classes.length) return code;
  throw new FormatError(`"${path}" expected a class code, got ${code}`);
}

function idFromJson(value: unknown, path: string): string {
  const id = text(value, path);
  if (isId(id)) return id;
  throw new FormatError(`"${path}" expected an id, got ${show(id)}`);
}

/** Tells references apart. */
function fingerprint(reference: DriftReference): string {
  return textHash(canonicalJson(reference)).toString(16).padStart(14, '0');
}
