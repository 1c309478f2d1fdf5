/** Something with an id, and the hash of it. */
export interface Hashed {
  readonly id: string;
  readonly hash: number;
}

/**
 * Members of bounded number: of more those with the smallest hashes are kept. That is a random sample of the ids, and the same one
 * in whatever order and by whomever they are put in.
 */
export class SmallestHashes<T extends Hashed> {
  readonly #capacity: number;
  readonly #onDrop: (member: T) => void;
  #members: T[] = [];
  #isSorted = true;
  #last = Infinity;

  constructor(capacity: number, onDrop: (member: T) => void) {
    this.#capacity = capacity;
    this.#onDrop = onDrop;
  }

  /** Whether a new member with this hash may be kept. */
  admits(hash: number): boolean {
    return this.#capacity > 0 && hash <= this.#last;
  }

  /** Adds a member that is not there yet. */
  add(member: T): void {
    this.#members.push(member);
    this.#isSorted = false;
    // sorting at every member would be slow, so as many again may wait
    if (this.#members.length > 2 * this.#capacity) this.sorted();
  }

  /** The greatest hash that may be among the members: of those beyond nothing is known. */
  get last(): number {
    this.sorted();
    return this.#last;
  }

  /** The members, by hash. */
  sorted(): readonly T[] {
    if (this.#isSorted) return this.#members;
    this.#members.sort((a, b) => a.hash - b.hash || (a.id < b.id ? -1 : 1));
    for (const member of this.#members.splice(this.#capacity)) this.#onDrop(member);
    if (this.#members.length === this.#capacity) this.#last = this.#members.at(-1)!.hash;
    this.#isSorted = true;
    return this.#members;
  }
}
