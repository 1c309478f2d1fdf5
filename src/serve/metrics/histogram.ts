import { formatValue, header, type Metric, sample } from './exposition.js';
import { Labelled } from './labelled.js';

/** How often a value fell into which bucket, for one set of label values. */
export class Observations {
  readonly #bounds: Float64Array;
  /** of each bucket alone, the last one above every bound */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: Float64Array) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** Counts a value in the first bucket whose bound is not below it. Most values are small, so the search is from there. */
  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += value;
  }
}

/** The distribution of a value, by labels. */
export class Histogram implements Metric {
  readonly name: string;
  readonly #help: string;
  readonly #labelNames: readonly string[];
  readonly #bounds: Float64Array;
  readonly #observations: Labelled<Observations>;

  /** @param bounds - the upper bounds of the buckets, ascending, without +Inf */
  constructor(
    name: string,
    help: string,
    labelNames: readonly string[],
    bounds: readonly number[],
  ) {
    this.name = name;
    this.#help = help;
    this.#labelNames = labelNames;
    this.#bounds = Float64Array.from(bounds);
    this.#observations = new Labelled(() => new Observations(this.#bounds));
  }

  /** The observations of these label values, to be kept and added to. */
  of(...labelValues: string[]): Observations {
    return this.#observations.of(labelValues);
  }

  write(): string {
    let text = header(this.name, 'histogram', this.#help);
    const names = [...this.#labelNames, 'le'];
    for (const { values, child } of this.#observations) {
      // what is exposed is the number at or below each bound
      let count = 0;
      for (let bucket = 0; bucket <= this.#bounds.length; bucket++) {
        count += child.counts[bucket]!;
        const bound = formatValue(this.#bounds[bucket] ?? Infinity);
        text += sample(`${this.name}_bucket`, names, [...values, bound], count);
      }
      text += sample(`${this.name}_sum`, this.#labelNames, values, child.sum);
      text += sample(`${this.name}_count`, this.#labelNames, values, count);
    }
    return text;
  }
}
