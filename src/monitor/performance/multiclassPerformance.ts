import { totalOf } from '../counts/exactSum.js';
import { type MulticlassState, probabilitiesOf } from '../counts/state.js';
import { confusionEstimates, withoutLabels } from './confusionEstimates.js';
import { type Drops, expectedDrop, hitsDrop, shareDrop } from './drops.js';
import { countedHits, expectedHits, type Probabilities } from './expectedHits.js';
import type { Outcomes } from './outcomes.js';
import type { PerformanceMetric } from './performanceReport.js';

type LabelledClasses = Extract<Outcomes, { task: 'multiclass' }>;

/** Accuracy, by each row's greatest probability, and the precision and recall of each class. Only the accuracy is tested. */
export function multiclassPerformance(
  state: MulticlassState,
  outcomes: LabelledClasses,
): { metrics: PerformanceMetric[]; drops: Drops } {
  const { reference, calibration: seen } = state;
  const { calibration: table } = reference;
  const end = table.rows.length;
  const training = countedHits(table, 0, end);
  const labels = countedHits(outcomes.calibration, 0, end);
  const promised = expectedHits(table, outcomes.calibration, 0, end);
  const accuracyOf = (hits: typeof training) =>
    confusionEstimates({ positive: hits, negative: { rows: 0, hits: 0, variance: 0 } }).precision;
  const accuracy: PerformanceMetric = {
    metric: 'accuracy',
    training: accuracyOf(training)?.value,
    estimated: withoutLabels(accuracyOf(expectedHits(table, probabilitiesOf(seen), 0, end))),
    realised: accuracyOf(labels),
  };
  const proportion = ({ hits, rows }: typeof training) => ({ hits, rowCount: rows });
  return {
    metrics: [
      accuracy,
      ...reference.classes.flatMap((_, code) => classMetrics(state, outcomes, code)),
    ],
    drops: [
      expectedDrop('accuracy', accuracy.training, accuracy.estimated, state.rowCount),
      shareDrop('accuracy', proportion(training), proportion(labels)),
      hitsDrop('accuracy', promised, labels),
    ],
  };
}

/** A class against all others: the rows it was predicted for are one bin, the other rows a second one. */
function classMetrics(
  state: MulticlassState,
  outcomes: LabelledClasses,
  code: number,
): PerformanceMetric[] {
  const { reference } = state;
  const [uneven] = reference.calibration.unevenness;
  const table = {
    unevenness: [uneven!, uneven!],
    ...twoBins(reference.predictedClassCounts[code]!, reference.rowCount),
    hits: split(reference.rightClassCounts[code]!, reference.trainingClassCounts[code]!),
    predicted: split(
      reference.predictedClassProbabilities[code]!,
      reference.classProbabilities[code]!,
    ),
  };
  const seen: Probabilities = {
    ...twoBins(state.classCounts[code]!, state.rowCount),
    predicted: split(
      totalOf(state.predictedClassProbabilities, code),
      totalOf(state.classProbabilities, code),
    ),
  };
  const labelled = {
    ...twoBins(outcomes.predictedClassCounts[code]!, outcomes.labelled),
    hits: split(outcomes.rightClassCounts[code]!, outcomes.classCounts[code]!),
    predicted: [0, 0],
  };
  const sides = <T>(of: (bin: number) => T) => ({ positive: of(0), negative: of(1) });
  const training = confusionEstimates(sides((bin) => countedHits(table, bin, bin + 1)));
  const estimated = confusionEstimates(sides((bin) => expectedHits(table, seen, bin, bin + 1)));
  const realised = confusionEstimates(sides((bin) => countedHits(labelled, bin, bin + 1)));
  return (['precision', 'recall'] as const).map((metric) => ({
    metric,
    class: reference.classes[code]!,
    training: training[metric]?.value,
    estimated: withoutLabels(estimated[metric]),
    realised: realised[metric],
  }));
}

function twoBins(predictedFor: number, all: number): { rows: [number, number] } {
  return { rows: split(predictedFor, all) };
}

/** A part, and what is left of the whole. */
function split(part: number, whole: number): [number, number] {
  return [part, Math.max(0, whole - part)];
}
