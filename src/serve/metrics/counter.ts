import { header, type Metric, sample } from './exposition.js';
import { Labelled } from './labelled.js';

/** What a counter counts for one set of label values; only goes up. */
export interface Count {
  value: number;
}

/** A number of events, by labels. */
export class Counter implements Metric {
  readonly name: string;
  readonly #help: string;
  readonly #labelNames: readonly string[];
  readonly #counts: Labelled<Count> = new Labelled(() => ({ value: 0 }));

  constructor(name: string, help: string, labelNames: readonly string[] = []) {
    this.name = name;
    this.#help = help;
    this.#labelNames = labelNames;
    // without labels there is one count from the start, so that a rate can be told from its absence
    if (labelNames.length === 0) this.of();
  }

  /** The count of these label values, to be kept and added to. */
  of(...labelValues: string[]): Count {
    return this.#counts.of(labelValues);
  }

  write(): string {
    let text = header(this.name, 'counter', this.#help);
    for (const { values, child } of this.#counts) {
      text += sample(this.name, this.#labelNames, values, child.value);
    }
    return text;
  }
}
