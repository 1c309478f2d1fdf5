import type {
  BinaryState,
  CategoryState,
  FieldState,
  MonitorState,
  MulticlassState,
  NumericState,
  RegressionState,
} from '../counts/state.js';
import { checkDriftOptions, type DriftOptions } from '../monitorOptions.js';
import { assessPerformance } from '../performance/assessPerformance.js';
import { emptyOutcomes, type Outcomes } from '../performance/outcomes.js';
import { firstPositiveBin } from '../reference/calibrationTable.js';
import type { FieldReference } from '../reference/reference.js';
import { benjaminiHochberg } from '../statistics/benjaminiHochberg.js';
import type { Proportion } from '../statistics/proportionTest.js';
import { categoryChange, classesChange, numericChange } from './distributionChange.js';
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
import { distanceOf } from './gridDistance.js';
import { missingChange, predictedRateChange, rateChange, shiftOf } from './rateChange.js';

/**
 * Holds what was seen against the reference, by the two-key rule: a change must be significant for the number of rows
 * at hand, after Benjamini-Hochberg over every test of the assessment, and large enough to matter.
 * The reference is the one of the state. `outcomes` are the labels that are known of its rows. Deterministic: equal states give equal reports. O(fields * bins + classes).
 * @throws {ConfigError} on a wrong option.
 */
export function assessDrift<S extends MonitorState>(
  state: S,
  given?: Partial<DriftOptions>,
  outcomes?: Outcomes,
): Extract<DriftReport, { task: S['task'] }> {
  const options = checkDriftOptions(given);
  // the report has the task of the state, which the compiler does not follow through the branches
  return reportOf(state, options, outcomes ?? emptyOutcomes(state.reference)) as Extract<
    DriftReport,
    { task: S['task'] }
  >;
}

function reportOf(state: MonitorState, options: DriftOptions, outcomes: Outcomes): DriftReport {
  const parts = compareRows(state, options, outcomes);
  if (state.task === 'binary') return assessBinary(state, parts, options);
  if (state.task === 'multiclass') return assessMulticlass(state, parts, options);
  return assessRegression(state, parts, options);
}

/** What is compared whatever the model predicts; not yet decided. */
function compareRows(
  state: MonitorState,
  options: DriftOptions,
  outcomes: Outcomes,
): DriftReportParts {
  const { reference, rowCount } = state;
  const fields = reference.fields.map((field, index) =>
    fieldDrift(field, state.fields[index]!, state, options),
  );
  return {
    rowCount,
    sufficient: rowCount >= options.driftMinSamples,
    fields,
    score: numericChange(reference.score, state.score, options),
    performance: assessPerformance(state, outcomes, options),
    maxAbsZScore: Math.max(0, ...fields.map(({ moments }) => Math.abs(moments?.zScore ?? 0))),
    driftedFields: [],
  };
}

function assessBinary(
  state: BinaryState,
  parts: DriftReportParts,
  options: DriftOptions,
): BinaryDriftReport {
  const { reference, calibration, rowCount } = state;
  const cut = firstPositiveBin(reference.calibration, reference.threshold);
  const hits = calibration.rows.subarray(cut).reduce((sum, rows) => sum + rows, 0);
  const positiveRate = predictedRateChange(
    { hits, rowCount },
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
  const classDistribution = classesChange(
    'predicted_class',
    classes,
    classCounts,
    predictedClassCounts,
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
  const large = distanceOf(score.grid?.shift) >= options.classRateShiftThreshold;
  if (large) score.material = true;
  const outOfRange = outOfRangeChange(state.score, state, options);
  return {
    task: 'regression',
    ...decide(parts, [outOfRange], options),
    trainingMean: reference.trainingMean,
    trainingStandardDeviation: reference.trainingStandardDeviation,
    trainingPredictedMean: reference.score.mean,
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
  const { fields, score, performance, sufficient } = parts;
  const tested = fields.filter(({ ignored }) => !ignored);
  const verdicts = [...tested.flatMap(verdictsOf), score, ...own, ...performance.drops];
  const adjusted = benjaminiHochberg(verdicts.map(({ pValue }) => pValue));
  verdicts.forEach((verdict, index) => {
    verdict.adjustedPValue = adjusted[index]!;
    verdict.significant = adjusted[index]! <= falseAlarmRate;
    verdict.changed = sufficient && verdict.significant && verdict.material;
  });
  const driftedFields = fields.filter(({ changed }) => changed).map(({ name }) => name);
  distrustBrokenData(parts);
  return { ...parts, driftedFields };
}

/** The tests of a field, in a fixed order. */
function verdictsOf(field: FieldDrift): Verdict[] {
  return [field, ...faultsOf(field)];
}

/** What may be wrong with a field's data: the rates that should not be above those of training. */
function faultsOf({ missing, nonFinite, outOfRange, unseen }: FieldDrift): RateChange[] {
  return [missing, nonFinite, outOfRange, unseen].filter((rate) => rate !== undefined);
}

// share of what the model relies on that may be unlike training before the estimate is no longer relied on
const TRUSTED_SHARE = 0.05;

/** Rows unlike any of training have probabilities that training says nothing about. Mutates the performance. */
function distrustBrokenData({ fields, performance }: DriftReportParts): void {
  const broken = fields.filter((field) => faultsOf(field).some(({ changed }) => changed));
  const share = broken.reduce((sum, field) => {
    const excess = faultsOf(field).map(({ rate, referenceRate }) => rate - referenceRate);
    return sum + Math.max(0, ...excess) * (field.importance ?? 1 / fields.length);
  }, 0);
  if (share < TRUSTED_SHARE) return;
  const names = broken.map(({ name }) => name).join(', ');
  performance.distrust = `rows unlike those of training in ${names}`;
  for (const drop of performance.drops) {
    if (drop.kind === 'estimated') drop.changed = false;
  }
}

function fieldDrift(
  reference: FieldReference,
  field: FieldState,
  state: MonitorState,
  options: DriftOptions,
): FieldDrift {
  const now = (hits: number): Proportion => ({ hits, rowCount: state.rowCount });
  const then = (hits: number): Proportion => ({ hits, rowCount: state.reference.rowCount });
  const more = (current: number, before: number): RateChange =>
    rateChange(now(current), then(before), 'greater', options);
  const { importance } = reference;
  const ignored = options.ignoredFields.includes(reference.name);
  const weighed = { ignored, ...(importance !== undefined && { importance }) };
  if (reference.type === 'number') {
    const { missing, nonFinite, below, above } = field as NumericState;
    const rate = (hits: number): number => hits / (state.rowCount || 1);
    return {
      ...numericChange(reference, field as NumericState, options),
      ...weighed,
      missing: missingChange(now(missing), then(reference.missing), options),
      nonFinite: more(nonFinite, reference.nonFinite),
      outOfRange: {
        ...outOfRangeChange(field as NumericState, state, options),
        below: rate(below),
        above: rate(above),
      },
    };
  }
  const { missing, unseen, unseenLevels } = field as CategoryState;
  return {
    ...categoryChange(reference, field as CategoryState, options),
    ...weighed,
    missing: missingChange(now(missing), then(reference.missing), options),
    unseen: {
      // Good's estimate of the rate of levels that training happened not to meet
      ...more(unseen, reference.singletons),
      levels: [...unseenLevels]
        .sort(([a, rows], [b, others]) => others - rows || (a < b ? -1 : 1))
        .map(([level]) => level),
    },
  };
}

/** Fresh rows of the same kind fall beyond each training extreme with probability 1 / (rows + 1). */
function outOfRangeChange(
  { below, above }: NumericState,
  { rowCount, reference }: MonitorState,
  options: DriftOptions,
): RateChange {
  return rateChange(
    { hits: below + above, rowCount },
    { hits: Math.min(2, reference.rowCount), rowCount: reference.rowCount },
    'greater',
    options,
  );
}
