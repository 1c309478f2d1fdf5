import { textHash } from '../counts/textHash.js';

interface Held<T> {
  hash: number;
  value: T;
}

/**
 * Values by id, of bounded number: of more ids those with the smallest hashes are kept. That is a random sample of the ids, and
 * the same one in whatever order and by whomever they are put in.
 */
export class IdSample<T> {
  readonly capacity: number;
  readonly #held = new Map<string, Held<T>>();
  // no id beyond it can be among the kept ones any more
  #last = Infinity;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get(id: string): T | undefined {
    return this.#held.get(id)?.value;
  }

  /** Puts a value in, over one that may be there. */
  set(id: string, value: T): void {
    const known = this.#held.get(id);
    if (known) {
      known.value = value;
      return;
    }
    const hash = textHash(id);
    if (this.capacity === 0 || hash > this.#last) return;
    this.#held.set(id, { hash, value });
    // sorting at every entry would be slow, so as many again may wait
    if (this.#held.size > 2 * this.capacity) this.#prune();
  }

  /** The kept ids and values, by hash. */
  entries(): [string, T][] {
    return this.#prune().map(([id, { value }]) => [id, value]);
  }

  #prune(): [string, Held<T>][] {
    const sorted = [...this.#held].sort(
      ([a, { hash: x }], [b, { hash: y }]) => x - y || (a < b ? -1 : 1),
    );
    for (const [id] of sorted.splice(this.capacity)) this.#held.delete(id);
    if (sorted.length === this.capacity) this.#last = sorted[sorted.length - 1]![1].hash;
    return sorted;
  }
}
