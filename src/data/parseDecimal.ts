/** Longest cell that is read as a number. */
export const MAX_NUMBER_LENGTH = 254;

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/**
 * Reads a cell as a decimal number: digits with an optional sign, point and exponent, spaces and tabs around it ignored.
 * Hexadecimal, thousands separators, `NaN` and `Infinity` are no decimal numbers.
 * @returns the float64 value, NaN when the cell is none or is longer than {@link MAX_NUMBER_LENGTH}.
 */
export function parseDecimal(cell: string): number {
  const { length } = cell;
  // most cells are short plain integers
  if (length > 0 && length < 10) {
    let value = 0;
    let at = 0;
    for (; at < length; at++) {
      const digit = cell.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === length) return value;
  }
  return parseLong(cell);
}

/** Reads `inf`, `infinity` with an optional sign, in any case; NaN when the cell is none of them. */
export function parseInfinity(cell: string): number {
  const found = INFINITE.exec(trimBlanks(cell));
  if (!found) return NaN;
  return found[1] === '-' ? -Infinity : Infinity;
}

function parseLong(cell: string): number {
  if (cell.length > MAX_NUMBER_LENGTH) return NaN;
  if (DECIMAL.test(cell)) return Number(cell);
  const trimmed = trimBlanks(cell);
  return trimmed.length < cell.length && DECIMAL.test(trimmed) ? Number(trimmed) : NaN;
}

function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}
