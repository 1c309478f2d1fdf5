import { greatestClass } from '../model/multiclass.js';
import type { Scorer } from '../score/scorer.js';

/** One prediction as it is answered, under the name of what is predicted and under fixed keys. */
export type Prediction = Readonly<
  Record<string, number | string | null | Readonly<Record<string, number>>>
>;

/** The keys that carry a prediction under its name, for a name such as `purchase`. */
export interface PredictionKeys {
  probability: string;
  decision: string;
}

export function predictionKeys(name: string): PredictionKeys {
  return { probability: `predicted_${name}_probability`, decision: `predicted_${name}` };
}

/** Makes the answer for one row of what the scorer predicted. */
export type AnswerMaker = (predictions: Float32Array, row: number) => Prediction;

/**
 * How a model's predictions are answered, by its task.
 *
 * - binary: `predicted_<name>_probability`, `predicted_<name>` (0 or 1), `probability`, `label`, `threshold`
 * - multiclass: `predicted_<name>` (the class), `label`, `probability` (of that class), `probabilities` (of each)
 * - regression: `predicted_<name>`, `prediction`; null when the number is beyond float32, which JSON cannot say
 */
export function createAnswerMaker(scorer: Scorer, keys: PredictionKeys): AnswerMaker {
  const { task, schema } = scorer;
  if (task === 'regression') {
    return (predictions, row) => {
      const prediction = numberOf(predictions[row]!);
      return { [keys.decision]: prediction, prediction };
    };
  }
  if (task === 'multiclass') {
    const { classes } = schema.target;
    return (predictions, row) => {
      const { label, probability, probabilities } = classOf(classes, predictions, row);
      return { [keys.decision]: label, label, probability, probabilities };
    };
  }
  const threshold = scorer.threshold!.value;
  return (predictions, row) => {
    const probability = predictions[row]!;
    return {
      [keys.probability]: probability,
      [keys.decision]: probability >= threshold ? 1 : 0,
      probability,
      label: scorer.label(probability),
      threshold,
    };
  };
}

/** The class with the greatest probability of a row; of equal ones the first. */
export function classOf(
  classes: readonly string[],
  predictions: ArrayLike<number>,
  row: number,
): { label: string; probability: number; probabilities: Record<string, number> } {
  const start = row * classes.length;
  const code = greatestClass(predictions, start, classes.length);
  return {
    label: classes[code]!,
    probability: predictions[start + code]!,
    probabilities: Object.fromEntries(classes.map((name, k) => [name, predictions[start + k]!])),
  };
}

/** A predicted number as JSON can say it: null when it is not finite. */
export function numberOf(prediction: number): number | null {
  return Number.isFinite(prediction) ? prediction : null;
}
