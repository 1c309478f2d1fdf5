import { canonicalJson } from '../core/json.js';
import type { StageName } from '../lifecycle/index.js';

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean;
  quiet?: boolean;
}

/** Writes a result to standard output: one JSON document with --json, text otherwise. */
export function printResult(options: CommonOptions, value: unknown, text: string): void {
  process.stdout.write(options.json ? canonicalJson(value) : `${text}\n`);
}

/** Progress on standard error: `[ 2.1 s] train     gbdt: fold 3 of 5`. Nothing with --quiet. */
export function createProgress(
  options: CommonOptions,
): (stage: StageName, message: string) => void {
  if (options.quiet) return () => undefined;
  const started = performance.now();
  return (stage, message) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
    process.stderr.write(`[${seconds} s] ${stage.padEnd(9)} ${message}\n`);
  };
}

/**
 * A plain table: the first column to the left, the others to the right when all their cells are numbers.
 * @param rows - the first is the header.
 */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const columnCount = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  const [header, ...body] = rows;
  return [
    line(header!),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...body.map(line),
  ].join('\n');
}

/** A score: four decimals, or six digits of what is 10 or more. */
export function figure(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(4) : String(Number(value.toPrecision(6)));
}

/** 1234567 → `1,234,567`. */
export function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}
