import { RecentSpans } from '../windows/recentSpans.js';
import { spanOf, type WindowGrid } from '../windows/windowGrid.js';
import { IdSample } from './idSample.js';

/** A prediction that waits for its label. */
export interface TrackedPrediction {
  slot: number;
  /** the probability of the positive class, the code of the predicted class, or the number */
  value: number;
  /** of several classes: the probability of the predicted one */
  probability?: number;
}

/** A label that came, whether or not its prediction is known. */
export interface HeldLabel {
  value: number;
  observedAt: number;
}

/**
 * Predictions and labels, kept apart until somebody asks, so it does not matter which of a pair comes first or to whom. Each span
 * keeps as many of either as its share of the capacity, by the hash of the id, so that both keep the same ids.
 */
export class LabelStore {
  readonly grid: WindowGrid;
  readonly capacity: number;
  /** labels that ever came */
  received = 0;
  readonly #predictions: RecentSpans<IdSample<TrackedPrediction>>;
  readonly #labels: RecentSpans<IdSample<HeldLabel>>;

  constructor(grid: WindowGrid, capacity: number) {
    this.grid = grid;
    this.capacity = capacity;
    const share = Math.floor(capacity / grid.spansKept);
    this.#predictions = new RecentSpans(grid.spansKept, () => new IdSample(share));
    this.#labels = new RecentSpans(grid.spansKept, () => new IdSample(share));
  }

  /** Of two predictions with one id the earlier one counts. */
  addPrediction(id: string, prediction: TrackedPrediction): void {
    const sample = this.#predictions.at(spanOf(this.grid, prediction.slot));
    if (!sample) return;
    const known = sample.get(id);
    if (!known || isEarlier(prediction, known)) sample.set(id, prediction);
  }

  /** @param slot - of the time at which the label came. Of two labels of one id the one observed later counts. */
  addLabel(id: string, label: HeldLabel, slot: number): void {
    this.putLabel(id, label, spanOf(this.grid, slot));
  }

  putLabel(id: string, label: HeldLabel, span: number): void {
    const sample = this.#labels.at(span);
    if (!sample) return;
    const known = sample.get(id);
    if (!known || isLater(label, known)) sample.set(id, label);
  }

  /** Whether a prediction is kept. O(spans). */
  hasPrediction(id: string): boolean {
    for (const sample of this.#predictions.contents()) {
      if (sample.get(id)) return true;
    }
    return false;
  }

  /** The predictions that are kept, each id once, with the label if there is one; always in the same order. */
  *joined(): Generator<[TrackedPrediction, HeldLabel | undefined]> {
    const seen = new Set<string>();
    for (const [id, , prediction] of this.predictions()) {
      if (seen.has(id)) continue;
      seen.add(id);
      yield [prediction, this.#labelOf(id)];
    }
  }

  /** What is kept, with the span of each: predictions, the oldest span first, by the hash of the id. */
  predictions(): [string, number, TrackedPrediction][] {
    return listed(this.#predictions);
  }

  /** The same of labels. */
  labels(): [string, number, HeldLabel][] {
    return listed(this.#labels);
  }

  #labelOf(id: string): HeldLabel | undefined {
    let latest: HeldLabel | undefined;
    for (const sample of this.#labels.contents()) {
      const label = sample.get(id);
      if (label && (!latest || isLater(label, latest))) latest = label;
    }
    return latest;
  }
}

function listed<T>(spans: RecentSpans<IdSample<T>>): [string, number, T][] {
  return spans
    .sorted()
    .flatMap(([span, sample]) =>
      sample.entries().map(([id, value]): [string, number, T] => [id, span, value]),
    );
}

function isEarlier(a: TrackedPrediction, b: TrackedPrediction): boolean {
  return a.slot < b.slot || (a.slot === b.slot && a.value < b.value);
}

function isLater(a: HeldLabel, b: HeldLabel): boolean {
  return a.observedAt > b.observedAt || (a.observedAt === b.observedAt && a.value > b.value);
}
