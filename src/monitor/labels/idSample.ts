import { textHash } from '../counts/textHash.js';
import { RecentSpans } from '../windows/recentSpans.js';
import { type Hashed, SmallestHashes } from './smallestHashes.js';

/** A value and the span it came in. */
interface Kept<V> {
  span: number;
  value: V;
}

interface Member<V> extends Hashed {
  /** hardly ever more than one */
  kept: Kept<V>[];
}

/**
 * Values by id, kept apart by the span they came in: of the newest spans, and of each of them a bounded number, by the hash of the
 * id. What is kept does not depend on the order or on who put it in.
 */
export class IdSample<V> {
  readonly #members = new Map<string, Member<V>>();
  readonly #spans: RecentSpans<SmallestHashes<Member<V>>>;
  readonly #isBetter: (value: V, known: V) => boolean;

  /**
   * @param capacity - ids a span
   * @param isBetter - whether a value takes the place of another one of the same id and span
   */
  constructor(spansKept: number, capacity: number, isBetter: (value: V, known: V) => boolean) {
    this.#isBetter = isBetter;
    this.#spans = new RecentSpans(
      spansKept,
      (span) => new SmallestHashes<Member<V>>(capacity, (member) => this.#drop(member, span)),
      (sample, span) => {
        for (const member of sample.sorted()) this.#drop(member, span);
      },
    );
  }

  put(id: string, span: number, value: V): void {
    const sample = this.#spans.at(span);
    if (!sample) return;
    // what the span has is admitted, so most ids need not be looked for once it is full
    const hash = textHash(id);
    if (!sample.admits(hash)) return;
    let member = this.#members.get(id);
    const known = member?.kept.find((one) => one.span === span);
    if (known) {
      if (this.#isBetter(value, known.value)) known.value = value;
      return;
    }
    if (!member) {
      member = { id, hash, kept: [] };
      this.#members.set(id, member);
    }
    member.kept.push({ span, value });
    sample.add(member);
  }

  /** The values of an id with the spans they came in, in no order. */
  get(id: string): readonly Kept<V>[] {
    return this.#members.get(id)?.kept ?? [];
  }

  /** Everything that is kept: the oldest span first, by the hash of the id. `all` is what {@link get} gives for the id. */
  *sorted(): Generator<{
    id: string;
    hash: number;
    span: number;
    value: V;
    all: readonly Kept<V>[];
  }> {
    for (const [span, sample] of this.#spans.sorted()) {
      for (const { id, hash, kept } of sample.sorted()) {
        const own = kept.length === 1 ? kept[0] : kept.find((one) => one.span === span);
        yield { id, hash, span, value: own!.value, all: kept };
      }
    }
  }

  /** The greatest hash that a span may hold, the oldest span first. */
  lastHashes(): [span: number, hash: number][] {
    return this.#spans.sorted().map(([span, sample]) => [span, sample.last]);
  }

  #drop(member: Member<V>, span: number): void {
    member.kept = member.kept.filter((one) => one.span !== span);
    if (member.kept.length === 0) this.#members.delete(member.id);
  }
}
