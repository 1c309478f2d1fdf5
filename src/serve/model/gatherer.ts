import type { RowRecord } from '../../score/scorer.js';
import type { Predicted } from './ledger.js';
import type { ServedModel } from './servedModel.js';

/** One row of what is, or will be, predicted. */
export interface PredictedRow {
  predicted: Predicted | Promise<Predicted>;
  row: number;
}

/** Predicts single records. */
export type RowPredictor = (
  model: ServedModel,
  record: RowRecord,
  id: string | undefined,
) => PredictedRow;

/** Predicts each record at once. */
export const predictRow: RowPredictor = (model, record, id) => ({
  predicted: model.predict([record], [id]),
  row: 0,
});

/** Records of one model that are predicted in one go. */
interface Gathering {
  model: ServedModel;
  records: RowRecord[];
  ids: (string | undefined)[];
  predicted: Promise<Predicted>;
}

/**
 * Predicts records that arrive together in one go: a batch costs a fraction of its rows one by one, and nobody waits
 * longer, as a single thread would have answered one after another.
 * @param defer - calls back when what has arrived by now has been read; `setImmediate` on Node
 */
export function createGatherer(defer: (run: () => void) => void): RowPredictor {
  let open: Gathering | undefined;

  function begin(model: ServedModel): Gathering {
    const records: RowRecord[] = [];
    const ids: (string | undefined)[] = [];
    const predicted = new Promise<void>((resolve) => defer(resolve)).then(() => {
      if (open?.records === records) open = undefined;
      return model.predict(records, ids);
    });
    return { model, records, ids, predicted };
  }

  return (model, record, id) => {
    // another model may have taken over since the last one came
    if (open?.model !== model) open = begin(model);
    open.ids.push(id);
    return { predicted: open.predicted, row: open.records.push(record) - 1 };
  };
}
