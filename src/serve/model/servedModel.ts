import { ShapeError } from '../../core/errors.js';
import { createMonitor, type DriftReference, type MonitorOptions } from '../../monitor/index.js';
import type { RowRecord, Scorer } from '../../score/scorer.js';
import { refuseForNow } from '../http/refusal.js';
import type { PredictionMonitor } from '../monitor.js';
import {
  type AnswerWriter,
  createAnswerWriter,
  predictionKeys,
} from '../predictions/answerWriter.js';
import { createEntryWriter } from '../predictions/entryWriter.js';
import type { PredictionSink } from '../predictions/predictionSink.js';
import type { WithheldFields } from '../predictions/withheld.js';
import { createRecordValidator, type RecordValidator } from '../rows/recordValidator.js';
import { checkSameModel } from './checkSameModel.js';
import { createLedger, type Predicted } from './ledger.js';

/** What is known about a model beside the model itself; shown by `/health` and `/model` as it is. */
export interface ModelInfo {
  /** SHA-256 of the blob, hexadecimal; names the model in answers and in the log */
  sha256?: string;
  run_id?: string;
  /** false when the run's gates were not passed */
  releasable?: boolean;
}

/** Why a model predicted what it did: what `explainRow` of `coppice/explain` gives, for one. */
export type Explain = (record: RowRecord) => unknown;

/** A model, and what belongs to it. */
export interface ModelOptions {
  scorer: Scorer;
  /** of the same model */
  reference: DriftReference;
  /** what watches it; by default counts against `reference` */
  monitor?: PredictionMonitor;
  /** of the default monitor */
  drift?: Partial<MonitorOptions>;
  /** `purchase` gives `predicted_purchase`; the target's name when absent */
  predictionName?: string;
  modelInfo?: ModelInfo;
  /** answers `?explain=1`; without it that is 501 */
  explain?: Explain;
}

/** What a served model shares with those before and after it. */
export interface ServingParts {
  /** milliseconds since 1970 */
  now: () => number;
  newId: () => string;
  log: PredictionSink | undefined;
  withheld: WithheldFields | undefined;
  putOff: ((run: () => void) => void) | undefined;
  onFailure: (error: unknown) => void;
}

/** A model as it is served, apart from HTTP. */
export interface ServedModel {
  readonly scorer: Scorer;
  readonly reference: DriftReference;
  /** has counted everything that was answered until it is asked for */
  readonly monitor: PredictionMonitor;
  readonly info: ModelInfo;
  readonly validator: RecordValidator;
  readonly answers: AnswerWriter;
  /** the last member of a JSON object that tells which model it is, its comma in front; empty when it has no hash */
  readonly hashMember: string;
  readonly explain: Explain | undefined;
  /**
   * Scores, logs and counts rows.
   * @param records - checked by the validator
   * @param ids - undefined elements get an id; so do all rows when there are none
   * @returns a promise only when the log has to be waited for.
   * @throws {Refusal} 503 when the log takes no more, or did not keep what it was given.
   */
  predict(
    records: readonly RowRecord[],
    ids?: readonly (string | undefined)[],
  ): Predicted | Promise<Predicted>;
  /** Logs and counts what was put off. */
  settle(): void;
}

/**
 * @throws {FormatError} when the reference is of another model.
 * @throws {ShapeError} when the monitor counts against another reference.
 * @throws {ConfigError} on a wrong drift option, or withheld fields that the model does not have.
 */
export function createServedModel(options: ModelOptions, parts: ServingParts): ServedModel {
  const { scorer, reference, modelInfo: info = {}, explain } = options;
  const { now, newId, log, withheld, putOff, onFailure } = parts;
  checkSameModel(scorer, reference);
  const monitor =
    options.monitor ?? createMonitor({ reference: options.reference, options: options.drift });
  if (monitor.reference && monitor.reference !== reference) {
    throw new ShapeError('"monitor" expected one that counts against "reference"');
  }
  const keys = predictionKeys(options.predictionName || scorer.schema.target.name);
  const entryOf = createEntryWriter(scorer, { keys, sha256: info.sha256, withheld });
  const ledger = createLedger({ log, monitor, entryOf, putOff, onFailure });

  return {
    scorer,
    reference,
    get monitor() {
      ledger.settle();
      return monitor;
    },
    info,
    validator: createRecordValidator(scorer.schema.fields, scorer.rules),
    answers: createAnswerWriter(scorer, keys),
    hashMember: info.sha256 === undefined ? '' : `,"model_sha256":${JSON.stringify(info.sha256)}`,
    explain,
    predict(records, given) {
      if (log && !log.accepting) throw refuseForNow(503, 'the prediction log takes no more', 1);
      const ids = records.map((_, row) => given?.[row] ?? newId());
      const predicted = { predictions: scorer.predict(records), ids };
      const kept = ledger.enter(records, predicted, now());
      if (!kept) return predicted;
      return kept.then(
        () => predicted,
        () => {
          throw refuseForNow(503, 'the prediction could not be logged', 1);
        },
      );
    },
    settle: ledger.settle,
  };
}
