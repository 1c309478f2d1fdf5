import { greatestClass } from '../../model/multiclass.js';
import type { RowRecord, Scorer } from '../../score/scorer.js';
import { numberText, type PredictionKeys, probabilitiesText } from './answerWriter.js';
import { type FieldLogging, fieldLogging, type WithheldFields } from './withheld.js';

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

/**
 * A line is one string out of as few pieces as there can be: putting pieces together, and flattening what comes out, is what a
 * line costs.
 * @throws {ConfigError} when fields are withheld that the model does not have.
 */
export function createEntryWriter(scorer: Scorer, options: EntryOptions): EntryWriter {
  const { keys, sha256, withheld } = options;
  const model = sha256 === undefined ? '' : `"model_sha256":${JSON.stringify(sha256)},`;
  const decisionText = createDecisionWriter(scorer, keys, `",${model}`, ',"features":{');
  const featuresText = createFeaturesWriter(scorer, withheld);
  let headOf = '';
  let head = '';
  return (record, predictions, row, id, timestampUtc) => {
    if (timestampUtc !== headOf) {
      headOf = timestampUtc;
      head = `{"timestamp_utc":"${timestampUtc}","prediction_id":"`;
    }
    return `${head}${id}${decisionText(predictions, row)}${featuresText(record)}}}\n`;
  };
}

/** @param before, after - what stands around the decision */
function createDecisionWriter(
  { task, schema, threshold }: Scorer,
  keys: PredictionKeys,
  before: string,
  after: string,
): (predictions: ArrayLike<number>, row: number) => string {
  const decision = `${JSON.stringify(keys.decision)}:`;
  const { classes } = schema.target;
  if (task === 'regression') {
    const start = `${before}"task":"regression",${decision}`;
    return (predictions, row) => start + numberText(predictions[row]!) + after;
  }
  if (task === 'multiclass') {
    const start = `${before}"task":"multiclass",${decision}`;
    return (predictions, row) => {
      const at = row * classes.length;
      const code = greatestClass(predictions, at, classes.length);
      const probability = numberText(predictions[at + code]!);
      return `${start}${JSON.stringify(classes[code])},"probability":${probability},"probabilities":${probabilitiesText(classes, predictions, at)}${after}`;
    };
  }
  const limit = threshold!.value;
  const start = `${before}"threshold":${numberText(limit)},${JSON.stringify(keys.probability)}:`;
  const ends = [0, 1].map((label) => `,${decision}${label}${after}`);
  return (predictions, row) => {
    const probability = predictions[row]!;
    return start + numberText(probability) + ends[probability >= limit ? 1 : 0]!;
  };
}

/** Writes the fields, without the braces around them. */
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
  const members = written.map(({ name, how }, i) =>
    createMemberWriter(`${i === 0 ? '' : ','}${JSON.stringify(name)}:`, how),
  );
  return (record) => {
    let text = '';
    for (let i = 0; i < names.length; i++) text += members[i]!(record[names[i]!]);
    return text;
  };
}

/** Members that are kept for the next line: small whole numbers, and as many levels, which must not be long. */
const KEPT_MEMBERS = 1024;
const LONGEST_LEVEL = 64;

/** Writes a field: its key, and a value or its hash. */
function createMemberWriter(
  key: string,
  how: Exclude<FieldLogging, 'omitted'>,
): (value: unknown) => string {
  if (how !== 'plain') return (value) => key + how(value);
  const numbers: (string | undefined)[] = new Array(KEPT_MEMBERS).fill(undefined);
  const levels = new Map<string, string>();
  const missing = `${key}null`;

  function levelMember(level: string): string {
    const known = levels.get(level);
    if (known !== undefined) return known;
    const member = key + JSON.stringify(level);
    if (levels.size < KEPT_MEMBERS && level.length <= LONGEST_LEVEL) levels.set(level, member);
    return member;
  }

  return (value) => {
    if (typeof value === 'string') return levelMember(value);
    if (typeof value !== 'number') return missing;
    // -0 is 0 in JSON too
    if (!(value >= 0 && value < KEPT_MEMBERS && (value | 0) === value)) return key + value;
    numbers[value] ??= key + value;
    return numbers[value];
  };
}
