import { header, type Metric, type MetricType, sample } from './exposition.js';

/** Label values and the number that stands for them. */
export type Reading = readonly [labelValues: readonly string[], value: number];

/** Numbers that are read when they are asked for: gauges, or counters that someone else keeps. */
export class Gauge implements Metric {
  readonly name: string;
  readonly #help: string;
  readonly #labelNames: readonly string[];
  readonly #read: () => readonly Reading[];
  readonly #type: MetricType;

  constructor(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: () => readonly Reading[],
    type: Exclude<MetricType, 'histogram'> = 'gauge',
  ) {
    this.name = name;
    this.#help = help;
    this.#labelNames = labelNames;
    this.#read = read;
    this.#type = type;
  }

  write(): string {
    const lines = this.#read().map(([values, value]) =>
      sample(this.name, this.#labelNames, values, value),
    );
    // a metric that has nothing to say is left out
    return lines.length === 0 ? '' : header(this.name, this.#type, this.#help) + lines.join('');
  }
}
