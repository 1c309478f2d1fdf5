import type { CategoryColumn, NumericColumn } from '../core/table.js';
import type { FieldType } from '../model/schema.js';
import { parseDecimal } from './parseDecimal.js';

/** What was found in a column, and whether its type was declared or inferred from the cells. */
export interface ColumnInference {
  name: string;
  type: FieldType;
  declared: boolean;
  missingCount: number;
  /** distinct values of a category column */
  levelCount?: number;
  /** of a number column that has any value, in float32 */
  min?: number;
  max?: number;
  /** what a person should look at */
  note?: string;
}

/** What rounding to float32 did to the numbers of a column. */
export interface RoundingCounts {
  /** integers beyond ±2^24, where neighbours become one float32 */
  inexactIntegerCount: number;
  /** finite numbers beyond ±3.4e38, which become ±Infinity */
  overflowCount: number;
}

/** Share of numbers among the cells above which a text column looks like numbers with a missing token. */
const MOSTLY_NUMBERS = 0.5;

/** Describes a number column. O(rows). */
export function describeNumber(
  column: NumericColumn,
  declared: boolean,
  { inexactIntegerCount, overflowCount }: RoundingCounts,
): ColumnInference {
  const { name, values } = column;
  let missingCount = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value !== value) missingCount++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const notes: string[] = [];
  if (missingCount === values.length) notes.push('every cell is missing');
  if (inexactIntegerCount > 0) {
    notes.push(
      `${count(inexactIntegerCount, 'integer')} beyond ±2^24: neighbours become one float32`,
    );
  }
  if (overflowCount > 0) {
    notes.push(`${count(overflowCount, 'number')} beyond the float32 range became ±Infinity`);
  }
  return {
    name,
    type: 'number',
    declared,
    missingCount,
    ...(missingCount < values.length ? { min, max } : {}),
    ...(notes.length > 0 ? { note: notes.join('; ') } : {}),
  };
}

/** Describes a category column. O(rows + levels). */
export function describeCategory(column: CategoryColumn, declared: boolean): ColumnInference {
  const { name, codes, levels } = column;
  const rowsOfLevel = new Uint32Array(levels.length);
  let missingCount = 0;
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! < 0) missingCount++;
    else rowsOfLevel[codes[row]!]!++;
  }
  const valueCount = codes.length - missingCount;
  const notes: string[] = [];
  if (valueCount === 0) notes.push('every cell is missing');
  if (levels.length > valueCount / 2 && valueCount > 20) {
    notes.push(`${levels.length} levels in ${valueCount} rows: an identifier or free text?`);
  }
  if (!declared) notes.push(...numbersWithText(levels, rowsOfLevel, valueCount));
  return {
    name,
    type: 'category',
    declared,
    missingCount,
    levelCount: levels.length,
    ...(notes.length > 0 ? { note: notes.join('; ') } : {}),
  };
}

/** One line a column, for people: `age  number, inferred  17 … 90  3 missing  (note)`. */
export function formatInference(columns: readonly ColumnInference[]): string {
  const width = Math.max(0, ...columns.map((column) => column.name.length));
  return columns.map((column) => `${column.name.padEnd(width)}  ${summary(column)}\n`).join('');
}

function summary({ type, declared, missingCount, note, ...rest }: ColumnInference): string {
  const parts = [`${type}, ${declared ? 'declared' : 'inferred'}`.padEnd(18)];
  if (rest.levelCount !== undefined) parts.push(count(rest.levelCount, 'level'));
  if (rest.min !== undefined) parts.push(`${shorten(rest.min)} … ${shorten(rest.max!)}`);
  if (missingCount > 0) parts.push(`${missingCount} missing`);
  if (note) parts.push(`(${note})`);
  return parts.join('  ');
}

/** Says which texts keep a column from being numeric, when most of its cells are numbers. */
function numbersWithText(
  levels: readonly string[],
  rowsOfLevel: Uint32Array,
  valueCount: number,
): string[] {
  let textRows = 0;
  let textLevels = 0;
  let example = '';
  levels.forEach((level, code) => {
    if (!Number.isNaN(parseDecimal(level))) return;
    if (textLevels === 0) example = level;
    textLevels++;
    textRows += rowsOfLevel[code]!;
  });
  if (textLevels === 0 || textRows > valueCount * (1 - MOSTLY_NUMBERS)) return [];
  const others = textLevels > 1 ? ` and ${count(textLevels - 1, 'other text')}` : '';
  const rows = count(textRows, 'cell');
  return [`numbers, but for ${rows} with ${JSON.stringify(example)}${others}: a missing token?`];
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** A float32 in as few digits as tell it from its neighbours for a reader. */
function shorten(value: number): string {
  return String(Number(value.toPrecision(7)));
}
