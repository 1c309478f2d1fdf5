/** One of something for each set of label values, made when it is first asked for. */
export class Labelled<T> {
  readonly #make: () => T;
  readonly #children = new Map<string, { values: readonly string[]; child: T }>();

  constructor(make: () => T) {
    this.#make = make;
  }

  of(values: readonly string[]): T {
    // no label value of ours holds a NUL
    const key = values.join('\0');
    let found = this.#children.get(key);
    if (!found) {
      found = { values, child: this.#make() };
      this.#children.set(key, found);
    }
    return found.child;
  }

  *[Symbol.iterator](): Generator<{ values: readonly string[]; child: T }> {
    yield* this.#children.values();
  }
}
