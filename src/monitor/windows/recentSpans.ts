/** The newest spans, a fixed number of them. What is kept in the end does not depend on the order in which spans turn up. */
export class RecentSpans<T> {
  readonly #capacity: number;
  readonly #create: () => T;
  readonly #onEvict: (content: T) => void;
  readonly #spans = new Map<number, T>();

  /**
   * @param capacity - >= 1
   * @param create - the content of a new span
   * @param onEvict - gets the content of a span that newer ones push out
   */
  constructor(capacity: number, create: () => T, onEvict: (content: T) => void = () => undefined) {
    this.#capacity = capacity;
    this.#create = create;
    this.#onEvict = onEvict;
  }

  /** The content of a span, made when it is new; undefined when it is older than all that are kept. */
  at(span: number): T | undefined {
    const known = this.#spans.get(span);
    if (known !== undefined) return known;
    if (this.#spans.size >= this.#capacity) {
      const oldest = Math.min(...this.#spans.keys());
      if (span < oldest) return undefined;
      this.#onEvict(this.#spans.get(oldest)!);
      this.#spans.delete(oldest);
    }
    const content = this.#create();
    this.#spans.set(span, content);
    return content;
  }

  /** The contents that are kept, in no order. */
  contents(): Iterable<T> {
    return this.#spans.values();
  }

  /** Spans and contents, the oldest first. */
  sorted(): [number, T][] {
    return [...this.#spans].sort(([a], [b]) => a - b);
  }
}
