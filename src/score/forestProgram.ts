import type { QuantizedForest } from '../model/quantized.js';

/** boundaries of a piece, and bytes of a plane: as in assembly/score/plan.ts */
const SLOTS = 15;
export const PLANE_BYTES = 32;
export const PIECE_BYTES: number = SLOTS * PLANE_BYTES;
/** pieces of a chunk, whose boundaries are to stay in the first cache; a larger tree is a chunk of its own */
const CHUNK_PIECES = 16;
const HEADER_WORDS = 8;
const OPERATION_WORDS = 4;
const TABLE_BYTES = 16;
/** levels of a symmetric tree whose tests are taken for the bits of the leaf's number */
const MOST_LEVELS = 6;

/** Where the program finds its planes, as addresses. */
export interface PlaneAddresses {
  /** per node: which rows go right */
  test: Uint32Array;
  /** planes without any and with all rows */
  none: number;
  all: number;
  /** room for the boundaries of {@link mostPieces} pieces */
  boundaries: number;
}

/** Chunks of trees as assembly/score/forest.ts runs them. */
export interface ForestProgram {
  words: Uint32Array;
  /** per group: index of its first word, and one more at the end */
  groupStart: Uint32Array;
  /** per group: what its trees add up to before any leaf is counted */
  constant: Int32Array;
}

/** Trees that run alike. */
interface TreeForm {
  /** pieces a tree, each of up to 15 boundaries */
  pieceCount: number;
  /** planes that the last piece has: 15, 7 or 3; 0 for symmetric trees */
  lastSlots: number;
  /** tables of 16 leaves */
  tableCount: number;
}

/** A tree: its nodes and leaves stand together, in pre-order, so leaves are numbered from the left. */
interface Tree {
  root: number;
  leafCount: number;
  firstLeaf: number;
}

/** Writes the trees of a forest as chunks. O(nodes). */
export function writeForestProgram(forest: QuantizedForest, planes: PlaneAddresses): ForestProgram {
  const { leafValue } = forest;
  const ranges = rangesOf(forest);
  const writer = new WordWriter();
  const groupCount = forest.groupStart.length;
  const groupStart = new Uint32Array(groupCount + 1);
  const constant = new Int32Array(groupCount);
  const trees = treesOf(forest);

  /** Puts a chunk down. Returns the sum of the least leaves of its trees, above which the tables count. */
  function writeChunk(chunk: readonly Tree[], form: TreeForm): number {
    const { pieceCount, lastSlots, tableCount } = form;
    const header = writer.reserve(HEADER_WORDS);
    const first = writer.length;
    if (lastSlots === 0) writeLevels(writer, chunk, forest, planes);
    else writeBoundaries(writer, chunk, form, ranges, planes);
    const count = (writer.length - first) / OPERATION_WORDS;
    writer.set(header, count, chunk.length, pieceCount, lastSlots, tableCount);
    const least = chunk.map(({ firstLeaf, leafCount }) => {
      let value = leafValue[firstLeaf]!;
      for (let i = 1; i < leafCount; i++) value = Math.min(value, leafValue[firstLeaf + i]!);
      return value;
    });
    for (let shift = 0; shift < forest.leafBits; shift += 8) {
      chunk.forEach(({ firstLeaf, leafCount }, index) => {
        const bytes = writer.reserveBytes(TABLE_BYTES * tableCount);
        const byteOf = (leaf: number): number =>
          (leafValue[firstLeaf + Math.min(leaf, leafCount - 1)]! - least[index]!) >> shift;
        if (lastSlots === 0) bytes.set(Uint8Array.from(bytes, (_, leaf) => byteOf(leaf)));
        else fillPieceTables(bytes, byteOf);
      });
    }
    return least.reduce((a, b) => a + b);
  }

  for (let group = 0; group < groupCount; group++) {
    const end = group + 1 < groupCount ? forest.groupStart[group + 1]! : trees.length;
    const open = new Map<string, { form: TreeForm; chunk: Tree[] }>();
    for (const tree of trees.slice(forest.groupStart[group], end)) {
      if (tree.leafCount === 1) {
        constant[group]! += leafValue[tree.firstLeaf]!;
        continue;
      }
      const form = formOf(forest, tree);
      const key = Object.values(form).join();
      const chunk = open.get(key)?.chunk ?? [];
      chunk.push(tree);
      open.set(key, { form, chunk });
      if ((chunk.length + 1) * form.pieceCount > CHUNK_PIECES) {
        constant[group]! += writeChunk(chunk, form);
        open.delete(key);
      }
    }
    for (const { form, chunk } of open.values()) constant[group]! += writeChunk(chunk, form);
    groupStart[group + 1] = writer.length;
  }
  return { words: writer.finish(), groupStart, constant };
}

/** Pieces that a chunk may have: those of the largest tree, or those of as many as are taken together. */
export function mostPieces(forest: QuantizedForest): number {
  const most = treesOf(forest).reduce((a, { leafCount }) => Math.max(a, leafCount - 1), 0);
  // a symmetric tree may have codes of two pieces
  return Math.max(2 * CHUNK_PIECES, Math.ceil(most / SLOTS));
}

function treesOf({ roots, column }: QuantizedForest): Tree[] {
  const trees: Tree[] = [];
  let root = column.length;
  for (let index = roots.length - 1; index >= 0; index--) {
    const end = root;
    if (roots[index]! >= 0) root = roots[index]!;
    // before a tree there is a leaf more than nodes for each of the others
    trees.push({ root, leafCount: end - root + 1, firstLeaf: root + index });
  }
  return trees.reverse();
}

/** Per node of a tree, whose leaves are counted from its leftmost one. */
interface LeafRanges {
  /** its first leaf, the first leaf of its right child, and the end of its leaves */
  low: Uint32Array;
  boundary: Uint32Array;
  high: Uint32Array;
  depth: Uint16Array;
}

/** Parents come before their children, left before right, so everything follows from the indices. */
function rangesOf(forest: QuantizedForest): LeafRanges {
  const { left, right, column } = forest;
  const low = new Uint32Array(column.length);
  const boundary = new Uint32Array(column.length);
  const high = new Uint32Array(column.length);
  const depth = new Uint16Array(column.length);
  for (const { root, leafCount } of treesOf(forest)) {
    if (leafCount > 1) high[root] = leafCount;
    for (let node = root; node < root + leafCount - 1; node++) {
      const l = left[node]!;
      const r = right[node]!;
      // a tree of n nodes has n + 1 leaves
      const middle = r < 0 ? high[node]! - 1 : low[node]! + r - node;
      boundary[node] = middle;
      if (l >= 0) {
        low[l] = low[node]!;
        high[l] = middle;
        depth[l] = depth[node]! + 1;
      }
      if (r >= 0) {
        low[r] = middle;
        high[r] = high[node]!;
        depth[r] = depth[node]! + 1;
      }
    }
  }
  return { low, boundary, high, depth };
}

/** The operations of a level of all trees before those of the next, so that neighbours do not wait for each other. */
function writeBoundaries(
  writer: WordWriter,
  chunk: readonly Tree[],
  { pieceCount, lastSlots }: TreeForm,
  { low, boundary, high, depth }: LeafRanges,
  { test, none, all, boundaries }: PlaneAddresses,
): void {
  const levelStart: number[] = [0];
  for (const { root, leafCount } of chunk) {
    for (let node = root; node < root + leafCount - 1; node++) {
      const next = depth[node]! + 1;
      levelStart[next] = (levelStart[next] ?? 0) + 1;
    }
  }
  for (let level = 1; level < levelStart.length; level++) {
    levelStart[level]! += levelStart[level - 1]!;
  }
  const first = writer.reserve(OPERATION_WORDS * levelStart.at(-1)!);
  chunk.forEach(({ root, leafCount }, index) => {
    const base = boundaries + index * pieceCount * PIECE_BYTES - PLANE_BYTES;
    for (let node = root; node < root + leafCount - 1; node++) {
      const from = low[node]!;
      const to = high[node]!;
      writer.set(
        first + OPERATION_WORDS * levelStart[depth[node]!]!++,
        test[node]!,
        from === 0 ? all : base + PLANE_BYTES * from,
        to === leafCount ? none : base + PLANE_BYTES * to,
        base + PLANE_BYTES * boundary[node]!,
      );
    }
    // planes of the last piece that no boundary fills
    for (let slot = leafCount; slot <= SLOTS * (pieceCount - 1) + lastSlots; slot++) {
      writer.set(writer.reserve(OPERATION_WORDS), none, none, none, base + PLANE_BYTES * slot);
    }
  });
}

/** The tests of symmetric trees, of the lowest level first. */
function writeLevels(
  writer: WordWriter,
  chunk: readonly Tree[],
  { left }: QuantizedForest,
  { test, none }: PlaneAddresses,
): void {
  for (const { root } of chunk) {
    const tests: number[] = [];
    for (let node = root; node >= 0; node = left[node]!) tests.unshift(test[node]!);
    while (tests.length < 2 * OPERATION_WORDS) tests.push(none);
    writer.set(writer.reserve(2 * OPERATION_WORDS), ...tests);
  }
}

/**
 * What the codes of the pieces stand for: the n-th code of a piece is the n-th Gray code. A row beyond a piece has its last code,
 * so what the next one adds goes on from there, modulo 256.
 */
function fillPieceTables(bytes: Uint8Array, byteOf: (leaf: number) => number): void {
  for (let at = 0, piece = 0; at < bytes.length; at += TABLE_BYTES, piece++) {
    const before = piece > 0 ? byteOf(SLOTS * piece) : 0;
    for (let code = 0; code < TABLE_BYTES; code++) {
      bytes[at + (code ^ (code >> 1))] = byteOf(SLOTS * piece + code) - before;
    }
  }
}

function formOf(forest: QuantizedForest, { root, leafCount }: Tree): TreeForm {
  const levels = Math.log2(leafCount);
  if (Number.isInteger(levels) && levels <= MOST_LEVELS && isSymmetric(forest, root, levels)) {
    return { pieceCount: 1, lastSlots: 0, tableCount: Math.max(1, leafCount / TABLE_BYTES) };
  }
  const pieceCount = Math.ceil((leafCount - 1) / SLOTS);
  const rest = leafCount - 1 - SLOTS * (pieceCount - 1);
  return { pieceCount, lastSlots: rest <= 3 ? 3 : rest <= 7 ? 7 : SLOTS, tableCount: pieceCount };
}

/** Whether all nodes of each level test the same. */
function isSymmetric(
  { left, right, column, test }: QuantizedForest,
  root: number,
  levels: number,
): boolean {
  const same = (node: number, like: number, below: number): boolean => {
    if (below === 0 || node < 0) return below === 0 && node < 0;
    return (
      like >= 0 &&
      column[node] === column[like] &&
      test[node] === test[like] &&
      same(left[node]!, left[like]!, below - 1) &&
      same(right[node]!, left[like]!, below - 1)
    );
  };
  return same(root, root, levels);
}

/** Words that are appended, in a buffer that doubles. */
class WordWriter {
  #words: Uint32Array = new Uint32Array(1 << 12);
  length = 0;

  reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.#words.length) {
      const grown = new Uint32Array(2 * this.length);
      grown.set(this.#words.subarray(0, at));
      this.#words = grown;
    }
    return at;
  }

  /** Bytes to fill before anything else is appended. */
  reserveBytes(byteCount: number): Uint8Array {
    const at = this.reserve(byteCount / 4);
    return new Uint8Array(this.#words.buffer, 4 * at, byteCount);
  }

  set(at: number, ...words: number[]): void {
    for (let i = 0; i < words.length; i++) this.#words[at + i] = words[i]!;
  }

  finish(): Uint32Array {
    return this.#words.subarray(0, this.length);
  }
}
