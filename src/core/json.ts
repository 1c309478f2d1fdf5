/**
 * JSON with sorted keys, so that equal content is equal bytes (the key order of RFC 8785).
 * Typed arrays are written as arrays; NaN and the infinities as the strings "NaN", "Infinity" and "-Infinity".
 * Arrays of scalars stay on one line, everything else is indented by two spaces. Ends with a newline.
 */
export function canonicalJson(value: unknown): string {
  return `${write(value, '')}\n`;
}

function write(value: unknown, indent: string): string {
  if (typeof value === 'number') return writeNumber(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const inner = `${indent}  `;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value as ArrayLike<unknown>);
    const flat = items.every((item) => item === null || typeof item !== 'object');
    const parts = items.map((item) => write(item, inner));
    if (flat) return `[${parts.join(', ')}]`;
    return `[\n${parts.map((part) => inner + part).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  if (entries.length === 0) return '{}';
  const lines = entries.map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${write(item, inner)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function writeNumber(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '0' : String(value);
  return JSON.stringify(String(value));
}

/** Reads a number that {@link canonicalJson} wrote; undefined when it is none. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  return undefined;
}
