import type { RowRecord } from '../../score/scorer.js';
import type { Predicted, ServedModel } from './servedModel.js';

/** One row of what was predicted. */
export interface PredictedRow {
  predicted: Predicted;
  row: number;
}

/** Predicts single records. */
export type RowPredictor = (
  model: ServedModel,
  record: RowRecord,
  id: string | undefined,
) => PredictedRow | Promise<PredictedRow>;

interface Waiting {
  record: RowRecord;
  id: string | undefined;
  resolve: (row: PredictedRow) => void;
  reject: (error: unknown) => void;
}

/** Predicts each record at once. */
export const predictRow: RowPredictor = (model, record, id) => {
  const predicted = model.predict([record], [id]);
  return predicted instanceof Promise
    ? predicted.then((value) => ({ predicted: value, row: 0 }))
    : { predicted, row: 0 };
};

/**
 * Predicts records that arrive together in one go: a batch costs a fraction of its rows one by one, and nobody waits
 * longer, as a single thread would have answered one after another.
 * @param defer - calls back when what has arrived by now has been read; `setImmediate` on Node
 */
export function createGatherer(defer: (run: () => void) => void): RowPredictor {
  let waiting: Waiting[] = [];
  let waitingFor: ServedModel | undefined;

  async function run(model: ServedModel, rows: readonly Waiting[]): Promise<void> {
    try {
      const predicted = await model.predict(
        rows.map(({ record }) => record),
        rows.map(({ id }) => id),
      );
      for (let row = 0; row < rows.length; row++) rows[row]!.resolve({ predicted, row });
    } catch (error) {
      for (const { reject } of rows) reject(error);
    }
  }

  function flush(): void {
    if (waiting.length === 0) return;
    const rows = waiting;
    waiting = [];
    void run(waitingFor!, rows);
  }

  return (model, record, id) =>
    new Promise((resolve, reject) => {
      // another model has taken over since the last one came
      if (model !== waitingFor) flush();
      waitingFor = model;
      waiting.push({ record, id, resolve, reject });
      if (waiting.length === 1) defer(flush);
    });
}
