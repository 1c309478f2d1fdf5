import type { LabelReport } from '../monitor.js';

/** A line of the prediction log that tells what turned out to be true: `timestamp_utc`, `prediction_id`, `label`, `observed_at`. */
export function labelEntry(report: LabelReport, timestampUtc: string): string {
  const { prediction_id, label, observed_at } = report;
  return `${JSON.stringify({ timestamp_utc: timestampUtc, prediction_id, label, observed_at })}\n`;
}
