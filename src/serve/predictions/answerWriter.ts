import { greatestClass } from '../../model/multiclass.js';
import type { Scorer } from '../../score/scorer.js';

/** The keys that carry a prediction under its name, for a name such as `purchase`. */
export interface PredictionKeys {
  probability: string;
  decision: string;
}

export function predictionKeys(name: string): PredictionKeys {
  return { probability: `predicted_${name}_probability`, decision: `predicted_${name}` };
}

/**
 * Writes predictions as text, by the task of the model:
 *
 * - binary: `predicted_<name>_probability`, `predicted_<name>` (0 or 1), `probability`, `label`, `threshold`
 * - multiclass: `predicted_<name>` (the class), `label`, `probability` (of that class), `probabilities` (of each)
 * - regression: `predicted_<name>`, `prediction`; null when the number is beyond float32, which JSON cannot say
 *
 * The texts are put together and not `JSON.stringify`ed, which costs more than scoring a row does.
 */
export interface AnswerWriter {
  /** The members of the JSON object of one row, without its braces. */
  members(predictions: ArrayLike<number>, row: number): string;
  /** The header of {@link cells}. */
  readonly columns: readonly string[];
  /** The same as cells of CSV; the probabilities of several classes in a column each. */
  cells(predictions: ArrayLike<number>, row: number): string[];
}

export function createAnswerWriter(scorer: Scorer, keys: PredictionKeys): AnswerWriter {
  if (scorer.task === 'binary') return binaryWriter(scorer, keys);
  if (scorer.task === 'multiclass') return multiclassWriter(scorer, keys);
  return regressionWriter(keys);
}

function binaryWriter({ threshold, schema }: Scorer, keys: PredictionKeys): AnswerWriter {
  const limit = threshold!.value;
  const { classes } = schema.target;
  const first = `${JSON.stringify(keys.probability)}:`;
  const ends = [0, 1].map((decision) => [
    `,${JSON.stringify(keys.decision)}:${decision},"probability":`,
    `,"label":${JSON.stringify(classes[decision])},"threshold":${numberText(limit)}`,
  ]);
  return {
    members(predictions, row) {
      const probability = predictions[row]!;
      const text = numberText(probability);
      const [middle, end] = ends[probability >= limit ? 1 : 0]!;
      return first + text + middle + text + end;
    },
    columns: [keys.probability, keys.decision, 'probability', 'label', 'threshold'],
    cells(predictions, row) {
      const probability = predictions[row]!;
      const decision = probability >= limit ? 1 : 0;
      const text = numberText(probability);
      return [text, String(decision), text, classes[decision]!, numberText(limit)];
    },
  };
}

function multiclassWriter({ schema }: Scorer, keys: PredictionKeys): AnswerWriter {
  const { classes } = schema.target;
  const decision = `${JSON.stringify(keys.decision)}:`;
  return {
    members(predictions, row) {
      const start = row * classes.length;
      const code = greatestClass(predictions, start, classes.length);
      const label = JSON.stringify(classes[code]);
      const probability = numberText(predictions[start + code]!);
      const all = probabilitiesText(classes, predictions, start);
      return `${decision}${label},"label":${label},"probability":${probability},"probabilities":${all}`;
    },
    columns: [
      keys.decision,
      'label',
      'probability',
      ...classes.map((name) => `probability_${name}`),
    ],
    cells(predictions, row) {
      const start = row * classes.length;
      const code = greatestClass(predictions, start, classes.length);
      const own = classes.map((_, k) => numberText(predictions[start + k]!));
      return [classes[code]!, classes[code]!, own[code]!, ...own];
    },
  };
}

function regressionWriter(keys: PredictionKeys): AnswerWriter {
  const decision = `${JSON.stringify(keys.decision)}:`;
  return {
    members(predictions, row) {
      const text = numberText(predictions[row]!);
      return `${decision}${text},"prediction":${text}`;
    },
    columns: [keys.decision, 'prediction'],
    cells(predictions, row) {
      const prediction = predictions[row]!;
      const text = Number.isFinite(prediction) ? numberText(prediction) : '';
      return [text, text];
    },
  };
}

/** A number as JSON has it: null when it is not finite. */
export function numberText(value: number): string {
  return value - value === 0 ? `${value}` : 'null';
}

/** The probability of each class by its name, as JSON. */
export function probabilitiesText(
  classes: readonly string[],
  predictions: ArrayLike<number>,
  start: number,
): string {
  let text = '{';
  for (let k = 0; k < classes.length; k++) {
    if (k > 0) text += ',';
    text += `${JSON.stringify(classes[k])}:${numberText(predictions[start + k]!)}`;
  }
  return `${text}}`;
}
