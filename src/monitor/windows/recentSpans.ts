/** The newest spans, a fixed number of them. What is kept in the end does not depend on the order in which spans turn up. */
export class RecentSpans<T> {
  readonly #capacity: number;
  readonly #create: (span: number) => T;
  readonly #onEvict: (content: T, span: number) => void;
  readonly #spans = new Map<number, T>();

  /**
   * @param capacity - >= 1
   * @param create - the content of a new span
   * @param onEvict - gets the content of a span that newer ones push out
   */
  constructor(
    capacity: number,
    create: (span: number) => T,
    onEvict: (content: T, span: number) => void,
  ) {
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
      const evicted = this.#spans.get(oldest)!;
      this.#spans.delete(oldest);
      this.#onEvict(evicted, oldest);
    }
    const content = this.#create(span);
    this.#spans.set(span, content);
    return content;
  }

  /** Spans and contents, the oldest first. */
  sorted(): [number, T][] {
    return [...this.#spans].sort(([a], [b]) => a - b);
  }
}
