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
 * Predictions and labels, each kept for itself until somebody asks, so it does not matter which of a pair comes first or to whom. A
 * span keeps as many of either as its share of the capacity, by the hash of the id, so that both keep the same ids.
 */
export class LabelStore {
  readonly grid: WindowGrid;
  readonly capacity: number;
  /** labels that ever came */
  received = 0;
  readonly predictions: IdSample<TrackedPrediction>;
  readonly labels: IdSample<HeldLabel>;

  constructor(grid: WindowGrid, capacity: number) {
    this.grid = grid;
    this.capacity = capacity;
    const share = Math.floor(capacity / grid.spansKept);
    this.predictions = new IdSample(grid.spansKept, share, isEarlier);
    this.labels = new IdSample(grid.spansKept, share, isLater);
  }

  /** Of two predictions with one id the earlier one counts. */
  addPrediction(id: string, prediction: TrackedPrediction): void {
    this.predictions.put(id, spanOf(this.grid, prediction.slot), prediction);
  }

  /** Of two labels of one id the one observed later counts. @param span - in which it came */
  addLabel(id: string, label: HeldLabel, span: number): void {
    this.labels.put(id, span, label);
  }

  /**
   * The predictions that are kept, each id once, with the label if there is one; always in the same order. Labels of many days that
   * come in one leave room for a part of the ids alone: predictions whose label would not have been kept are left out, so that they
   * are not taken to have none.
   */
  *joined(): Generator<[TrackedPrediction, HeldLabel | undefined]> {
    const lastHashes = this.labels.lastHashes();
    let last = Infinity;
    let current: number | undefined;
    for (const { id, hash, span, value, all } of this.predictions.sorted()) {
      if (span !== current) {
        current = span;
        const since = lastHashes.filter(([arrival]) => arrival >= span);
        last = Math.min(Infinity, ...since.map(([, greatest]) => greatest));
      }
      if (hash > last) continue;
      if (all.length > 1 && all.some((other) => other.span < span)) continue;
      let latest: HeldLabel | undefined;
      for (const { value: label } of this.labels.get(id)) {
        if (!latest || isLater(label, latest)) latest = label;
      }
      yield [value, latest];
    }
  }
}

function isEarlier(a: TrackedPrediction, b: TrackedPrediction): boolean {
  return a.slot < b.slot || (a.slot === b.slot && a.value < b.value);
}

function isLater(a: HeldLabel, b: HeldLabel): boolean {
  return a.observedAt > b.observedAt || (a.observedAt === b.observedAt && a.value > b.value);
}
