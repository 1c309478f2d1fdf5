/** What the order of splitting depends on. */
export interface QueuedLeaf {
  /** leaf number: the order in which leaves came to be */
  id: number;
  depth: number;
  gain: number;
}

/**
 * leafwise: the leaf with the greatest gain first (best-first). depthwise: all leaves of a level before the next.
 * symmetric: a level at a time, all its nodes with the same test (no queue there).
 */
export type GrowPolicy = 'leafwise' | 'depthwise' | 'symmetric';

export const GROW_POLICIES: readonly GrowPolicy[] = ['leafwise', 'depthwise', 'symmetric'];

/** Leaves waiting to be split: a binary heap. */
export class LeafQueue<T extends QueuedLeaf> {
  readonly #heap: T[] = [];
  readonly #policy: GrowPolicy;

  constructor(policy: GrowPolicy) {
    this.#policy = policy;
  }

  push(leaf: T): void {
    const heap = this.#heap;
    let at = heap.push(leaf) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(leaf, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = leaf;
  }

  /** Takes out the leaf to split next. */
  pop(): T | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  /** The leaf among those that qualify which would be split last. O(leaves). */
  lastOf(qualifies: (leaf: T) => boolean): T | undefined {
    let last: T | undefined;
    for (const leaf of this.#heap) {
      if (qualifies(leaf) && (!last || this.#before(last, leaf))) last = leaf;
    }
    return last;
  }

  #before(a: T, b: T): boolean {
    if (this.#policy === 'depthwise' && a.depth !== b.depth) return a.depth < b.depth;
    return a.gain !== b.gain ? a.gain > b.gain : a.id < b.id;
  }
}
