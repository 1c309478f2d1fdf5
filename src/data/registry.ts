import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { nearest, show } from '../core/check.js';
import { ConfigError, formatLocation } from '../core/errors.js';
import type { FieldType } from '../model/schema.js';
import { STUDENT_PURCHASE_DEFAULTS } from './studentPurchases.js';

/** Where the rows of a dataset come from. */
export type DatasetSource =
  | {
      kind: 'file';
      /** as written: relative to the registry file, or absolute */
      path: string;
    }
  | { kind: 'generator'; generator: GeneratorName; rowCount: number; seed: number };

export const GENERATOR_NAMES = ['student_purchases'] as const;
export type GeneratorName = (typeof GENERATOR_NAMES)[number];

/** An entry of the registry of datasets. */
export interface DatasetEntry {
  name: string;
  description?: string;
  source: DatasetSource;
  /** what a change of the content must raise */
  version: string;
  target: string;
  /** the positive class; chosen by the stated rule when absent */
  positive?: string;
  /** declared column types */
  types: Record<string, FieldType>;
  missingTokens: string[];
  /** of the file's bytes, in hex; absent until the dataset was first read */
  sha256?: string;
}

const KEYS = [
  'description',
  'path',
  'generator',
  'rows',
  'seed',
  'version',
  'target',
  'positive',
  'types',
  'missing_tokens',
  'sha256',
] as const;
type Key = (typeof KEYS)[number];

const GENERATOR_DEFAULTS = {
  rows: STUDENT_PURCHASE_DEFAULTS.rowCount,
  seed: STUDENT_PURCHASE_DEFAULTS.seed,
} as const;
const TYPES: readonly FieldType[] = ['number', 'category'];

/**
 * Reads a registry: a YAML map from dataset name to entry.
 * @param file - name for error messages.
 * @throws {ConfigError} with `file:line:column` on bad YAML, unknown keys, missing keys and wrong values.
 */
export function parseRegistry(text: string, file: string): Map<string, DatasetEntry> {
  const reader = new RegistryReader(text, file);
  return reader.entries();
}

/**
 * The same registry with the digest of one entry set, below its version; every other character stays as it is, unless
 * the entry is written in braces or has an empty `sha256` key: then the YAML library lays the text out anew.
 * @throws {ConfigError} when there is no such entry.
 */
export function withDigest(text: string, file: string, name: string, sha256: string): string {
  datasetNamed(parseRegistry(text, file), name, file);
  const document = parseDocument(text);
  const entry = document.get(name) as YAMLMap<Scalar, Scalar>;
  const version = entry.items.find(({ key }) => key.value === 'version');
  if (entry.flow || entry.has('sha256') || !version) {
    document.setIn([name, 'sha256'], sha256);
    return document.toString({ lineWidth: 0 });
  }
  const keyOffset = version.key.range![0];
  const indent = text.slice(text.lastIndexOf('\n', keyOffset) + 1, keyOffset);
  const lineEnd = text.indexOf('\n', version.value!.range![1]);
  const line = `${indent}sha256: ${sha256}\n`;
  if (lineEnd < 0) return `${text}\n${line}`;
  return text.slice(0, lineEnd + 1) + line + text.slice(lineEnd + 1);
}

/** The entry of a name. @throws {ConfigError} naming the nearest one when there is none. */
export function datasetNamed(
  entries: ReadonlyMap<string, DatasetEntry>,
  name: string,
  file: string,
): DatasetEntry {
  const entry = entries.get(name);
  if (entry) return entry;
  const known = [...entries.keys()];
  const near = nearest(name, known);
  const hint = near ? `did you mean "${near}"?` : `known: ${known.join(', ') || 'none'}`;
  throw new ConfigError(`no dataset ${show(name)} in ${file}; ${hint}`);
}

class RegistryReader {
  private readonly text: string;
  private readonly file: string;
  private readonly lines = new LineCounter();

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
  }

  entries(): Map<string, DatasetEntry> {
    const document = parseDocument(this.text, { lineCounter: this.lines, prettyErrors: false });
    const [problem] = document.errors;
    if (problem) throw this.error(`not YAML: ${problem.message}`, problem.pos[0]);
    const { contents } = document;
    const entries = new Map<string, DatasetEntry>();
    if (contents === null || (isScalar(contents) && contents.value === null)) return entries;
    const map = this.map(contents, 'the registry', 'dataset names');
    for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
      const name = this.key(key);
      if (!/^[\w-]+$/.test(name)) {
        throw this.error(
          `a dataset name expected letters, digits, _ and -, got ${show(name)}`,
          key,
        );
      }
      entries.set(name, this.entry(name, this.map(value ?? key, show(name), KEYS.join(', ')), key));
    }
    return entries;
  }

  private entry(name: string, map: YAMLMap, at: Node): DatasetEntry {
    const nodes = new Map<Key, Node>();
    for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
      const found = this.key(key);
      if (!(KEYS as readonly string[]).includes(found)) {
        const near = nearest(found, KEYS);
        const hint = near ? `did you mean "${near}"?` : `known: ${KEYS.join(', ')}`;
        throw this.error(`unknown key ${show(found)} of dataset ${show(name)}; ${hint}`, key);
      }
      if (value && !(isScalar(value) && value.value === null)) nodes.set(found as Key, value);
    }
    const text = (key: Key): string | undefined => {
      const node = nodes.get(key);
      return node ? this.scalar(node, `${name}.${key}`) : undefined;
    };
    const needed = (key: Key): string => {
      const value = text(key);
      if (value === undefined)
        throw this.error(`dataset ${show(name)} expected the key "${key}"`, at);
      return value;
    };
    const [description, positive, sha256] = [text('description'), text('positive'), text('sha256')];
    if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
      const problem = `"${name}.sha256" expected 64 hexadecimal digits, got ${show(sha256)}`;
      throw this.error(problem, nodes.get('sha256'));
    }
    return {
      name,
      ...(description === undefined ? {} : { description }),
      source: this.source(name, nodes, at),
      version: needed('version'),
      target: needed('target'),
      ...(positive === undefined ? {} : { positive }),
      types: this.types(name, nodes.get('types')),
      missingTokens: this.missingTokens(name, nodes.get('missing_tokens')),
      ...(sha256 === undefined ? {} : { sha256 }),
    };
  }

  private source(name: string, nodes: ReadonlyMap<Key, Node>, at: Node): DatasetSource {
    const path = nodes.get('path');
    const generator = nodes.get('generator');
    if (path && generator) {
      throw this.error(`dataset ${show(name)} expected "path" or "generator", got both`, generator);
    }
    if (generator) {
      return {
        kind: 'generator',
        generator: this.oneOf(generator, `${name}.generator`, GENERATOR_NAMES),
        rowCount: this.integer(nodes, name, 'rows', 1, 10_000_000),
        seed: this.integer(nodes, name, 'seed', -2147483648, 2147483647),
      };
    }
    if (!path) throw this.error(`dataset ${show(name)} expected the key "path" or "generator"`, at);
    for (const key of ['rows', 'seed'] as const) {
      const extra = nodes.get(key);
      if (extra) throw this.error(`"${name}.${key}" expected a generator, got a path`, extra);
    }
    return { kind: 'file', path: this.scalar(path, `${name}.path`) };
  }

  private types(name: string, node: Node | undefined): Record<string, FieldType> {
    if (!node) return {};
    const map = this.map(node, `"${name}.types"`, 'column names');
    const types = (map.items as Pair<Node, Node | null>[]).map(({ key, value }) => {
      const column = this.key(key);
      return [column, this.oneOf(value ?? key, `${name}.types.${column}`, TYPES)] as const;
    });
    return Object.fromEntries(types);
  }

  private missingTokens(name: string, node: Node | undefined): string[] {
    if (!node) return [''];
    if (!isSeq(node)) throw this.error(`"${name}.missing_tokens" expected a list`, node);
    return (node.items as Node[]).map((item) => this.scalar(item, `${name}.missing_tokens`));
  }

  private integer(
    nodes: ReadonlyMap<Key, Node>,
    name: string,
    key: 'rows' | 'seed',
    least: number,
    most: number,
  ): number {
    const node = nodes.get(key);
    if (!node) return GENERATOR_DEFAULTS[key];
    const value = isScalar(node) ? node.value : undefined;
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
      return value as number;
    }
    const seen = isScalar(node) ? show(node.value) : 'no number';
    throw this.error(
      `"${name}.${key}" expected an integer in [${least}, ${most}], got ${seen}`,
      node,
    );
  }

  private oneOf<T extends string>(node: Node, what: string, choices: readonly T[]): T {
    const value = this.scalar(node, what);
    if ((choices as readonly string[]).includes(value)) return value as T;
    throw this.error(`"${what}" expected one of ${choices.join(', ')}, got ${show(value)}`, node);
  }

  /** The text of a scalar as written: a class `1.0` or `true` stays that string. */
  private scalar(node: Node, what: string): string {
    if (isScalar(node) && node.value !== null) {
      return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    }
    throw this.error(`"${what}" expected a text or a number`, node);
  }

  private key(node: Node): string {
    return this.scalar(node, 'a key');
  }

  private map(node: Node, what: string, expected: string): YAMLMap {
    if (isMap(node)) return node;
    throw this.error(`${what} expected a map of ${expected}`, node);
  }

  private error(problem: string, at: Node | number | undefined): ConfigError {
    const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0);
    const { line, col } = this.lines.linePos(offset);
    return new ConfigError(`${formatLocation({ file: this.file, line, column: col })}: ${problem}`);
  }
}
