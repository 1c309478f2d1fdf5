import type { QuantizedForest } from '../model/quantized.js';
import type { KernelColumns } from './kernelColumns.js';

/** planes of scratch after the columns: a node and two pairs may each test a set */
export const SCRATCH_PLANES = 3;

const LEAF = 0;
const PAIR = 1;
const SLOT = 2;
const EXPAND = 9;
const ADD = 10;
const ADD_UNSIGNED = 11;

/** Operations of assembly/score/evaluate.ts for one plane of leaf bytes. */
export interface TileProgram {
  /** 32-bit words */
  words: Uint32Array;
  /** per group: index of its first word, and one more at the end */
  groupStart: Uint32Array;
  /** per group: what its single-leaf trees add up to */
  constant: Int32Array;
  /** slots that are ever in use */
  slotCount: number;
}

/**
 * Writes the trees of a forest as operations in post-order. The child that needs more slots goes first, so a tree of n leaves
 * needs at most log2(n) + 1 of them.
 * @param leafByte - per leaf, the byte of this plane
 * @param unsigned - whether the bytes are in [0, 255] rather than [-128, 127]
 */
export function writeTileProgram(
  forest: QuantizedForest,
  columns: KernelColumns,
  leafByte: Int8Array | Uint8Array,
  unsigned: boolean,
): TileProgram {
  const { left, right } = forest;
  const need = slotNeeds(forest);
  // a node is at most a header, a test, leaves and the three words of an expanded test; a tree ends with one more
  const words = new Uint32Array(6 * left.length + forest.roots.length);
  let wordCount = 0;
  let slotCount = 1;

  function put(word: number): void {
    words[wordCount++] = word;
  }

  function shapeOf(child: number): number {
    if (child < 0) return LEAF;
    return left[child]! < 0 && right[child]! < 0 ? PAIR : SLOT;
  }

  /** The word that says what a node tests. The test of a set is expanded into a plane of scratch first. */
  function testWord(node: number, scratch: number): number {
    const column = columns.column[node]!;
    const test = columns.test[node]!;
    if (columns.columns[column]!.kind === 'rank') return column | (((test - 126) & 0xff) << 16);
    const plane = columns.columns.length + scratch;
    put(EXPAND);
    put(column | (test << 16));
    put(plane);
    return plane;
  }

  /** Appends the leaves of a child, a byte each, to a word that holds `count`. */
  function addLeaves(child: number, shape: number, word: number, count: number): number {
    if (shape === SLOT) return word;
    const first = shape === LEAF ? child : left[child]!;
    const withFirst = word | ((leafByte[~first]! & 0xff) << (8 * count));
    if (shape === LEAF) return withFirst;
    return withFirst | ((leafByte[~right[child]!]! & 0xff) << (8 * count + 8));
  }

  /** Emits a node whose result is to stand in `slot`. */
  function emit(node: number, slot: number): void {
    const l = left[node]!;
    const r = right[node]!;
    const leftShape = shapeOf(l);
    const rightShape = shapeOf(r);
    let leftSlot = slot;
    let rightSlot = slot;
    if (leftShape === SLOT && rightShape === SLOT) {
      const isLeftFirst = need[l]! >= need[r]!;
      emit(isLeftFirst ? l : r, slot);
      emit(isLeftFirst ? r : l, slot + 1);
      if (isLeftFirst) rightSlot = slot + 1;
      else leftSlot = slot + 1;
    } else if (leftShape === SLOT) emit(l, slot);
    else if (rightShape === SLOT) emit(r, slot);
    slotCount = Math.max(slotCount, slot + 1);
    // tests of sets are expanded before the operation itself
    const test = testWord(node, 0);
    const leftTest = leftShape === PAIR ? testWord(l, 1) : 0;
    const rightTest = rightShape === PAIR ? testWord(r, 2) : 0;
    put((leftShape * 3 + rightShape) | (slot << 8) | (leftSlot << 16) | (rightSlot << 24));
    put(test);
    if (leftShape === PAIR) put(leftTest);
    if (rightShape === PAIR) put(rightTest);
    if (leftShape === SLOT && rightShape === SLOT) return;
    const leftLeaves = leftShape === PAIR ? 2 : leftShape === LEAF ? 1 : 0;
    put(addLeaves(r, rightShape, addLeaves(l, leftShape, 0, 0), leftLeaves));
  }

  const groupCount = forest.groupStart.length;
  const groupStart = new Uint32Array(groupCount + 1);
  const constant = new Int32Array(groupCount);
  for (let group = 0; group < groupCount; group++) {
    const end = group + 1 < groupCount ? forest.groupStart[group + 1]! : forest.roots.length;
    for (let tree = forest.groupStart[group]!; tree < end; tree++) {
      const root = forest.roots[tree]!;
      if (root < 0) constant[group]! += leafByte[~root]!;
      else {
        emit(root, 0);
        put(unsigned ? ADD_UNSIGNED : ADD);
      }
    }
    groupStart[group + 1] = wordCount;
  }
  return { words: words.subarray(0, wordCount), groupStart, constant, slotCount };
}

/** Slots that evaluating each node takes, itself included. Children have higher indices than their parents. */
function slotNeeds({ left, right }: QuantizedForest): Uint8Array {
  const need = new Uint8Array(left.length);
  for (let node = left.length - 1; node >= 0; node--) {
    const l = left[node]! < 0 ? 0 : need[left[node]!]!;
    const r = right[node]! < 0 ? 0 : need[right[node]!]!;
    need[node] = l === r ? l + 1 : Math.max(l, r);
  }
  return need;
}
