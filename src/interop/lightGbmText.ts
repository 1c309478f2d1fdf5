import { FormatError } from '../core/errors.js';

/** One `key=value` block of LightGBM's text format. */
export interface TextBlock {
  has(key: string): boolean;
  text(key: string): string;
  words(key: string): string[];
  integer(key: string): number;
  numbers(key: string, count: number): number[];
  /** an error that names the block */
  error(message: string): FormatError;
}

export interface LightGbmText {
  header: TextBlock;
  trees: TextBlock[];
  /** level lists of pandas category columns, in column order */
  pandasCategorical: string[][];
}

/**
 * Splits LightGBM's text into its header and its trees: lines of `key=value`, a `Tree=i` line before each tree, `end of trees`
 * after the last.
 * @throws {FormatError} when it is no such file or ends early.
 */
export function parseLightGbm(text: string): LightGbmText {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() !== 'tree') {
    throw new FormatError(
      'LightGBM model: expected the first line to be "tree", as Booster.save_model writes it',
    );
  }
  const blocks = [{ title: 'header', values: new Map<string, string>() }];
  let ended = false;
  let pandasCategorical: string[][] = [];
  for (const raw of lines.slice(1)) {
    const line = raw.trim();
    if (line === 'end of trees') ended = true;
    if (line.startsWith('pandas_categorical:')) pandasCategorical = readLevels(line);
    if (ended || line === '') continue;
    if (line.startsWith('Tree=')) blocks.push({ title: line, values: new Map() });
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    blocks.at(-1)!.values.set(key, equals < 0 ? '' : line.slice(equals + 1));
  }
  if (!ended)
    throw new FormatError('LightGBM model: "end of trees" is missing, the file is cut off');
  const [header, ...trees] = blocks.map(({ title, values }) => createBlock(title, values));
  return { header: header!, trees, pandasCategorical };
}

function readLevels(line: string): string[][] {
  const json = line.slice('pandas_categorical:'.length);
  try {
    const lists = JSON.parse(json === 'null' ? '[]' : json) as unknown[][];
    return lists.map((list) => list.map(String));
  } catch (cause) {
    throw new FormatError('LightGBM model: pandas_categorical is not a list of lists', { cause });
  }
}

function createBlock(title: string, values: Map<string, string>): TextBlock {
  const error = (message: string): FormatError =>
    new FormatError(`LightGBM model, ${title}: ${message}`);

  function text(key: string): string {
    const value = values.get(key);
    if (value === undefined) throw error(`"${key}" is missing`);
    return value;
  }

  function words(key: string): string[] {
    const value = text(key).trim();
    return value === '' ? [] : value.split(/\s+/);
  }

  return {
    has: (key) => values.has(key),
    text,
    words,
    error,
    integer(key) {
      const value = Number(text(key));
      if (Number.isInteger(value)) return value;
      throw error(`"${key}" expected an integer, got "${text(key)}"`);
    },
    numbers(key, count) {
      const numbers = words(key).map(Number);
      if (numbers.length !== count) {
        throw error(`"${key}" expected ${count} numbers, got ${numbers.length}`);
      }
      const wrong = numbers.findIndex((value) => value !== value);
      if (wrong >= 0) throw error(`"${key}"[${wrong}] is not a number`);
      return numbers;
    },
  };
}
