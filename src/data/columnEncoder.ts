import type { Column } from '../core/table.js';
import type { FieldType } from '../model/schema.js';
import { type ColumnInference, describeCategory, describeNumber } from './columnInference.js';
import { parseDecimal, parseInfinity } from './parseDecimal.js';

/** Takes the cells of one column, one at a time, and makes a typed column of them. */
export interface ColumnEncoder {
  /** @returns false when the cell is no number and the column was declared to hold numbers. */
  add(cell: string): boolean;
  addMissing(): void;
  readonly missingCount: number;
  /** The column and what is to be said about it. */
  finish(): { column: Column; inference: ColumnInference };
}

/**
 * @param declared - the type of the column; when undefined it is number as long as every cell is a decimal number,
 * and becomes category at the first that is not. A column with nothing but missing cells is number.
 */
export function createColumnEncoder(name: string, declared: FieldType | undefined): ColumnEncoder {
  if (declared === 'category') return new CategoryEncoder(name, true);
  if (declared === 'number') return new NumberEncoder(name, true);
  return new InferringEncoder(name);
}

/** Strings as codes, each distinct one kept once. */
class CategoryEncoder implements ColumnEncoder {
  missingCount = 0;
  private readonly name: string;
  private readonly declared: boolean;
  private readonly codeOf = new Map<string, number>();
  private codes = new Int32Array(1024);
  private rowCount = 0;

  constructor(name: string, declared: boolean) {
    this.name = name;
    this.declared = declared;
  }

  add(cell: string): boolean {
    let code = this.codeOf.get(cell);
    if (code === undefined) {
      code = this.codeOf.size;
      this.codeOf.set(detach(cell), code);
    }
    this.push(code);
    return true;
  }

  addMissing(): void {
    this.missingCount++;
    this.push(-1);
  }

  finish(): { column: Column; inference: ColumnInference } {
    const column: Column = {
      kind: 'category',
      name: this.name,
      codes: this.codes.slice(0, this.rowCount),
      levels: [...this.codeOf.keys()],
    };
    return { column, inference: describeCategory(column, this.declared) };
  }

  private push(code: number): void {
    if (this.rowCount === this.codes.length) this.codes = grow(this.codes, Int32Array);
    this.codes[this.rowCount++] = code;
  }
}

/** Numbers, rounded once to float32. */
class NumberEncoder implements ColumnEncoder {
  missingCount = 0;
  private readonly name: string;
  private readonly declared: boolean;
  private values = new Float32Array(1024);
  private rowCount = 0;
  private inexactIntegerCount = 0;
  private overflowCount = 0;

  constructor(name: string, declared: boolean) {
    this.name = name;
    this.declared = declared;
  }

  add(cell: string): boolean {
    let value = parseDecimal(cell);
    if (value !== value) {
      value = parseInfinity(cell);
      if (value !== value) return false;
    } else this.inspect(value);
    this.push(value);
    return true;
  }

  addNumber(value: number): void {
    this.inspect(value);
    this.push(value);
  }

  addMissing(): void {
    this.missingCount++;
    this.push(NaN);
  }

  finish(): { column: Column; inference: ColumnInference } {
    const column: Column = {
      kind: 'number',
      name: this.name,
      values: this.values.slice(0, this.rowCount),
    };
    const { declared, inexactIntegerCount, overflowCount } = this;
    const inference = describeNumber(column, declared, { inexactIntegerCount, overflowCount });
    return { column, inference };
  }

  private inspect(value: number): void {
    const magnitude = value < 0 ? -value : value;
    if (magnitude <= 16777216) return;
    if (Number.isInteger(value)) this.inexactIntegerCount++;
    if (Math.fround(magnitude) === Infinity) this.overflowCount++;
  }

  private push(value: number): void {
    if (this.rowCount === this.values.length) this.values = grow(this.values, Float32Array);
    this.values[this.rowCount++] = value;
  }
}

/**
 * Numbers until the first cell that is none. The spelling of the cells is kept till then ('1' and '1.0' are two
 * categories but one number), as a length byte and ASCII each: fewer bytes than the file has.
 */
class InferringEncoder implements ColumnEncoder {
  private readonly name: string;
  private inner: NumberEncoder | CategoryEncoder;
  private spelling: Uint8Array | undefined = new Uint8Array(4096);
  private spellingLength = 0;

  constructor(name: string) {
    this.name = name;
    this.inner = new NumberEncoder(name, false);
  }

  get missingCount(): number {
    return this.inner.missingCount;
  }

  add(cell: string): boolean {
    if (this.inner instanceof CategoryEncoder) return this.inner.add(cell);
    const value = parseDecimal(cell);
    if (value === value) {
      this.spell(cell);
      this.inner.addNumber(value);
      return true;
    }
    this.inner = this.becomeCategory();
    return this.inner.add(cell);
  }

  addMissing(): void {
    this.spell('');
    this.inner.addMissing();
  }

  finish(): { column: Column; inference: ColumnInference } {
    return this.inner.finish();
  }

  /** A number is never empty, so the empty cell stands for missing. */
  private spell(cell: string): void {
    if (!this.spelling) return;
    const { length } = cell;
    while (this.spellingLength + length >= this.spelling.length) {
      this.spelling = grow(this.spelling, Uint8Array);
    }
    const { spelling } = this;
    let at = this.spellingLength;
    spelling[at++] = length;
    for (let i = 0; i < length; i++) spelling[at++] = cell.charCodeAt(i);
    this.spellingLength = at;
  }

  private becomeCategory(): CategoryEncoder {
    const category = new CategoryEncoder(this.name, false);
    const spelling = this.spelling!;
    for (let at = 0; at < this.spellingLength; ) {
      const length = spelling[at++]!;
      const end = at + length;
      if (length === 0) category.addMissing();
      else category.add(String.fromCharCode(...spelling.subarray(at, end)));
      at = end;
    }
    this.spelling = undefined;
    return category;
  }
}

/** A copy with room for twice as many values. */
function grow<T extends Float32Array | Int32Array | Uint8Array>(
  full: T,
  Type: new (length: number) => T,
): T {
  const larger = new Type(full.length * 2);
  larger.set(full);
  return larger;
}

/** A copy of its own: a slice would keep the whole piece of text alive that it was cut from. */
function detach(text: string): string {
  // engines copy short slices anyway
  return text.length < 13 ? text : (JSON.parse(JSON.stringify(text)) as string);
}
