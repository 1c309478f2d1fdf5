import type { RowRecord } from '../../score/scorer.js';
import type { PredictionMonitor } from '../monitor.js';
import type { EntryWriter } from '../predictions/entryWriter.js';
import type { PredictionSink } from '../predictions/predictionSink.js';
import { createTimestamps } from '../predictions/timestamps.js';

/** Rows that were scored. */
export interface Predicted {
  /** row-major, as the scorer gave them */
  predictions: Float32Array;
  ids: readonly string[];
}

/** Where what was predicted is written down: in the log, then in the monitor. */
export interface Ledger {
  /**
   * Logs and counts rows: at once, or soon where nobody waits for it, for many rows at a time cost a fraction of each alone.
   * @param at - when they were scored, milliseconds since 1970
   * @returns a promise when the answer has to wait for the log; it rejects when the rows were not kept, and then they are not
   * counted either.
   */
  enter(records: readonly RowRecord[], predicted: Predicted, at: number): Promise<void> | undefined;
  /** Logs and counts what was put off. */
  settle(): void;
}

export interface LedgerParts {
  log: PredictionSink | undefined;
  monitor: PredictionMonitor;
  entryOf: EntryWriter;
  /** calls back in some milliseconds; without it nothing is put off */
  putOff: ((run: () => void) => void) | undefined;
  /** is told of what fails after the answer */
  onFailure: (error: unknown) => void;
}

interface Page extends Predicted {
  records: readonly RowRecord[];
  at: number;
}

// more rows gain nothing by waiting for others
const ENOUGH_ROWS = 64;

export function createLedger({ log, monitor, entryOf, putOff, onFailure }: LedgerParts): Ledger {
  const timestampOf = createTimestamps();
  // a log that makes answers wait cannot be put off
  const mayWait = putOff !== undefined && (!log || log.waits === false);
  let pages: Page[] = [];
  let rowCount = 0;
  let isScheduled = false;

  function linesOf({ records, predictions, ids, at }: Page): string {
    const timestamp = timestampOf(at);
    let lines = '';
    for (let row = 0; row < records.length; row++) {
      lines += entryOf(records[row]!, predictions, row, ids[row]!, timestamp);
    }
    return lines;
  }

  function count({ records, predictions, ids, at }: Page): void {
    monitor.record(records, predictions, ids, at);
  }

  function settle(): void {
    if (rowCount === 0) return;
    const settled = pages;
    const settledCount = rowCount;
    pages = [];
    rowCount = 0;
    try {
      if (log) {
        let lines = '';
        for (const page of settled) lines += linesOf(page);
        void log.append(lines, settledCount);
      }
      const { records, predictions, ids, times } = joined(settled, settledCount);
      monitor.record(records, predictions, ids, times);
    } catch (error) {
      onFailure(error);
    }
  }

  function settleSoon(): void {
    if (isScheduled) return;
    isScheduled = true;
    putOff!(() => {
      isScheduled = false;
      settle();
    });
  }

  return {
    enter(records, { predictions, ids }, at) {
      if (records.length === 0) return undefined;
      const page = { records, predictions, ids, at };
      if (mayWait && records.length < ENOUGH_ROWS) {
        pages.push(page);
        rowCount += records.length;
        if (rowCount < ENOUGH_ROWS) settleSoon();
        else settle();
        return undefined;
      }
      settle();
      const kept = log?.append(linesOf(page), records.length);
      if (kept) return kept.then(() => count(page));
      count(page);
      return undefined;
    },
    settle,
  };
}

/** The rows of all pages behind one another, each with its time. */
function joined(
  pages: readonly Page[],
  rowCount: number,
): { records: RowRecord[]; predictions: Float32Array; ids: string[]; times: Float64Array } {
  const width = pages[0]!.predictions.length / pages[0]!.records.length;
  const predictions = new Float32Array(rowCount * width);
  const times = new Float64Array(rowCount);
  const records: RowRecord[] = [];
  const ids: string[] = [];
  for (const page of pages) {
    const start = records.length;
    predictions.set(page.predictions, start * width);
    times.fill(page.at, start, start + page.records.length);
    for (let row = 0; row < page.records.length; row++) {
      records.push(page.records[row]!);
      ids.push(page.ids[row]!);
    }
  }
  return { records, predictions, ids, times };
}
