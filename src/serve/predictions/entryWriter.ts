import { greatestClass } from '../../model/multiclass.js';
import type { RowRecord, Scorer } from '../../score/scorer.js';
import { numberText, type PredictionKeys, probabilitiesText } from './answerWriter.js';
import { fieldLogging, type WithheldFields } from './withheld.js';

/**
 * Writes a line of the prediction log, newline included, with its keys in this order. Features stand in the order of the
 * schema, null where missing.
 *
 * - binary: `timestamp_utc`, `prediction_id`, `model_sha256`, `threshold`, `predicted_<name>_probability`,
 *   `predicted_<name>` (0 or 1), `features`
 * - multiclass: `timestamp_utc`, `prediction_id`, `model_sha256`, `task`, `predicted_<name>` (the class), `probability`,
 *   `probabilities`, `features`
 * - regression: `timestamp_utc`, `prediction_id`, `model_sha256`, `task`, `predicted_<name>` (a number, or null beyond
 *   float32), `features`
 */
export type EntryWriter = (
  record: RowRecord,
  predictions: ArrayLike<number>,
  row: number,
  id: string,
  timestampUtc: string,
) => string;

export interface EntryOptions {
  keys: PredictionKeys;
  /** of the model; left out when absent */
  sha256: string | undefined;
  withheld: WithheldFields | undefined;
}

/** @throws {ConfigError} when fields are withheld that the model does not have. */
export function createEntryWriter(scorer: Scorer, options: EntryOptions): EntryWriter {
  const { keys, sha256, withheld } = options;
  const decisionText = createDecisionWriter(scorer, keys);
  const featuresText = createFeaturesWriter(scorer, withheld);
  const model = sha256 === undefined ? '' : `"model_sha256":${JSON.stringify(sha256)},`;
  const afterId = `",${model}`;
  return (record, predictions, row, id, timestampUtc) =>
    `{"timestamp_utc":"${timestampUtc}","prediction_id":"${id}${afterId}${decisionText(predictions, row)},"features":${featuresText(record)}}\n`;
}

function createDecisionWriter(
  { task, schema, threshold }: Scorer,
  keys: PredictionKeys,
): (predictions: ArrayLike<number>, row: number) => string {
  const decision = `${JSON.stringify(keys.decision)}:`;
  const { classes } = schema.target;
  if (task === 'regression') {
    const start = `"task":"regression",${decision}`;
    return (predictions, row) => start + numberText(predictions[row]!);
  }
  if (task === 'multiclass') {
    const start = `"task":"multiclass",${decision}`;
    return (predictions, row) => {
      const at = row * classes.length;
      const code = greatestClass(predictions, at, classes.length);
      const probability = numberText(predictions[at + code]!);
      return `${start}${JSON.stringify(classes[code])},"probability":${probability},"probabilities":${probabilitiesText(classes, predictions, at)}`;
    };
  }
  const limit = threshold!.value;
  const start = `"threshold":${numberText(limit)},${JSON.stringify(keys.probability)}:`;
  return (predictions, row) => {
    const probability = predictions[row]!;
    return `${start}${numberText(probability)},${decision}${probability >= limit ? 1 : 0}`;
  };
}

function createFeaturesWriter(
  { schema }: Scorer,
  withheld: WithheldFields | undefined,
): (record: RowRecord) => string {
  const logging = fieldLogging(schema.fields, withheld);
  const written = schema.fields.flatMap(({ name }, index) => {
    const how = logging[index]!;
    return how === 'omitted' ? [] : [{ name, how }];
  });
  const names = written.map(({ name }) => name);
  const keys = names.map((name, i) => `${i === 0 ? '' : ','}${JSON.stringify(name)}:`);
  const hashes = written.map(({ how }) => (how === 'plain' ? undefined : how));
  return (record) => {
    let text = '{';
    for (let i = 0; i < names.length; i++) {
      const value = record[names[i]!];
      const hash = hashes[i];
      text += keys[i];
      if (hash) text += hash(value);
      else if (typeof value === 'number') text += value;
      else text += value === null || value === undefined ? 'null' : JSON.stringify(value);
    }
    return `${text}}`;
  };
}
