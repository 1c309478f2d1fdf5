import type {
  BinaryState,
  CategoryState,
  FieldState,
  MonitorState,
  MulticlassState,
  NumericState,
  RegressionState,
} from '../counts/state.js';
import type { FieldReference } from '../reference/reference.js';
import { benjaminiHochberg } from '../statistics/benjaminiHochberg.js';
import type { Proportion } from '../statistics/proportionTest.js';
import { categoryChange, countsChange, numericChange } from './distributionChange.js';
import { checkDriftOptions, type DriftOptions } from './driftOptions.js';
import type {
  BinaryDriftReport,
  ClassRate,
  DriftReport,
  DriftReportParts,
  FieldDrift,
  MulticlassDriftReport,
  RateChange,
  RegressionDriftReport,
  Verdict,
} from './driftReport.js';
import { distanceOf, quantileShift } from './quantileShift.js';
import { predictedRateChange, rateChange, shiftOf } from './rateChange.js';

/**
 * Holds what was seen against the reference, by the two-key rule: a change must be significant for the number of rows
 * at hand, after Benjamini-Hochberg over every test of the assessment, and large enough to matter.
 * The reference is the one of the state. Deterministic: equal states give equal reports. O(fields * bins + classes).
 * @throws {ConfigError} on a wrong option.
 */
export function assessDrift<S extends MonitorState>(
  state: S,
  given?: Partial<DriftOptions>,
): Extract<DriftReport, { task: S['task'] }> {
  // the report has the task of the state, which the compiler does not follow through the branches
  return reportOf(state, checkDriftOptions(given)) as Extract<DriftReport, { task: S['task'] }>;
}

function reportOf(state: MonitorState, options: DriftOptions): DriftReport {
  const parts = compareRows(state, options);
  if (state.task === 'binary') return assessBinary(state, parts, options);
  if (state.task === 'multiclass') return assessMulticlass(state, parts, options);
  return assessRegression(state, parts, options);
}

/** What is compared whatever the model predicts; not yet decided. */
function compareRows(state: MonitorState, options: DriftOptions): DriftReportParts {
  const { reference, rowCount } = state;
  const fields = reference.fields.map((field, index) =>
    fieldDrift(field, state.fields[index]!, state, options),
  );
  return {
    rowCount,
    sufficient: rowCount >= options.driftMinSamples,
    fields,
    score: numericChange(reference.score, state.score, options),
    maxAbsZScore: Math.max(0, ...fields.map(({ zScore }) => Math.abs(zScore ?? 0))),
    driftedFields: [],
  };
}

function assessBinary(
  state: BinaryState,
  parts: DriftReportParts,
  options: DriftOptions,
): BinaryDriftReport {
  const { reference, positiveCount, rowCount } = state;
  const positiveRate = predictedRateChange(
    { hits: positiveCount, rowCount },
    { hits: reference.predictedPositiveCount, rowCount: reference.rowCount },
    options,
  );
  return {
    task: 'binary',
    ...decide(parts, [positiveRate], options),
    positiveRate,
    trainingPositiveRate: reference.trainingPositiveRate,
    classRateShifted: isShifted(positiveRate, options),
  };
}

function assessMulticlass(
  state: MulticlassState,
  parts: DriftReportParts,
  options: DriftOptions,
): MulticlassDriftReport {
  const { reference, classCounts, rowCount } = state;
  const { classes, predictedClassCounts, trainingClassCounts } = reference;
  const none = { current: 0, reference: 0 };
  const classDistribution = countsChange(
    'predicted_class',
    classCounts,
    predictedClassCounts,
    none,
    options,
  );
  const classRates: ClassRate[] = classes.map((name, code) => ({
    name,
    trainingRate: trainingClassCounts[code]! / reference.rowCount,
    ...predictedRateChange(
      { hits: classCounts[code]!, rowCount },
      { hits: predictedClassCounts[code]!, rowCount: reference.rowCount },
      options,
    ),
  }));
  return {
    task: 'multiclass',
    ...decide(parts, [classDistribution, ...classRates], options),
    classDistribution,
    classRates,
    shiftedClasses: classRates.filter((rate) => isShifted(rate, options)).map(({ name }) => name),
  };
}

function assessRegression(
  state: RegressionState,
  parts: DriftReportParts,
  options: DriftOptions,
): RegressionDriftReport {
  const { reference } = state;
  const { score } = parts;
  const shift = quantileShift(reference.score, state.score);
  const large = distanceOf(shift) >= options.classRateShiftThreshold;
  if (large) score.material = true;
  const outOfRange = outOfRangeChange(state.score, state, options);
  return {
    task: 'regression',
    ...decide(parts, [outOfRange], options),
    trainingMean: reference.trainingMean,
    trainingStandardDeviation: reference.trainingStandardDeviation,
    trainingPredictedMean: reference.score.mean,
    shift,
    predictionsShifted: score.changed && large,
    outOfRange,
  };
}

function isShifted(rate: RateChange, options: DriftOptions): boolean {
  return rate.changed && shiftOf(rate) >= options.classRateShiftThreshold;
}

/** The first key: fills in significance once every p-value is known. Mutates the verdicts, those of `parts` and `own`. */
function decide(
  parts: DriftReportParts,
  own: readonly Verdict[],
  { falseAlarmRate }: DriftOptions,
): DriftReportParts {
  const { fields, score, sufficient } = parts;
  const verdicts = [...fields.flatMap(verdictsOf), score, ...own];
  const adjusted = benjaminiHochberg(verdicts.map(({ pValue }) => pValue));
  verdicts.forEach((verdict, index) => {
    verdict.adjustedPValue = adjusted[index]!;
    verdict.significant = adjusted[index]! <= falseAlarmRate;
    verdict.changed = sufficient && verdict.significant && verdict.material;
  });
  const driftedFields = fields.filter(({ changed }) => changed).map(({ name }) => name);
  return { ...parts, driftedFields };
}

/** The tests of a field, in a fixed order. */
function verdictsOf(field: FieldDrift): Verdict[] {
  const { missing, outOfRange, unseen } = field;
  return [field, missing, outOfRange, unseen].filter((verdict) => verdict !== undefined);
}

function fieldDrift(
  reference: FieldReference,
  field: FieldState,
  state: MonitorState,
  options: DriftOptions,
): FieldDrift {
  const now = (hits: number): Proportion => ({ hits, rowCount: state.rowCount });
  const then = (hits: number): Proportion => ({ hits, rowCount: state.reference.rowCount });
  const missing = rateChange(now(field.missing), then(reference.missing), 'greater', options);
  if (reference.type === 'number') {
    return {
      ...numericChange(reference, field as NumericState, options),
      missing,
      outOfRange: outOfRangeChange(field as NumericState, state, options),
    };
  }
  const { unseen } = field as CategoryState;
  return {
    ...categoryChange(reference, field as CategoryState, options),
    missing,
    // Good's estimate of the rate of levels that training happened not to meet
    unseen: rateChange(now(unseen), then(reference.singletons), 'greater', options),
  };
}

/** Fresh rows of the same kind fall beyond each training extreme with probability 1 / (rows + 1). */
function outOfRangeChange(
  { outOfRange }: NumericState,
  { rowCount, reference }: MonitorState,
  options: DriftOptions,
): RateChange {
  return rateChange(
    { hits: outOfRange, rowCount },
    { hits: Math.min(2, reference.rowCount), rowCount: reference.rowCount },
    'greater',
    options,
  );
}
