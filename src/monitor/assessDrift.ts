import { benjaminiHochberg } from './benjaminiHochberg.js';
import { type Comparison, compareCounts } from './compareCounts.js';
import { checkDriftOptions, type DriftOptions } from './driftOptions.js';
import type {
  DistributionChange,
  DriftReport,
  FieldDrift,
  RateChange,
  Verdict,
} from './driftReport.js';
import { totalOf } from './exactSum.js';
import { type Alternative, type Proportion, proportionTest } from './proportionTest.js';
import type { CategoryReference, FieldReference, NumericReference } from './reference.js';
import type { CategoryState, FieldState, MonitorState, NumericState } from './state.js';

/**
 * Holds what was seen against the reference, by the two-key rule: a change must be significant for the number of rows
 * at hand, after Benjamini-Hochberg over every test of the assessment, and large enough to matter.
 * The reference is the one of the state. Deterministic: equal states give equal reports. O(fields * bins).
 * @throws {ConfigError} on a wrong option.
 */
export function assessDrift(state: MonitorState, given?: Partial<DriftOptions>): DriftReport {
  const options = checkDriftOptions(given);
  const { reference, rowCount } = state;
  const fields = reference.fields.map((field, index) =>
    fieldDrift(field, state.fields[index]!, state, options),
  );
  const score = numericChange(reference.score, state.score, options);
  const positiveRate = rateChange(
    { hits: state.positiveCount, rowCount },
    { hits: reference.predictedPositiveCount, rowCount: reference.rowCount },
    'different',
    options,
  );
  const shift = Math.abs(positiveRate.rate - positiveRate.referenceRate);
  if (shift >= options.classRateShiftThreshold) positiveRate.material = true;
  const sufficient = rowCount >= options.driftMinSamples;
  decide([...fields.flatMap(verdictsOf), score, positiveRate], sufficient, options.falseAlarmRate);
  return {
    rowCount,
    sufficient,
    fields,
    score,
    positiveRate,
    trainingPositiveRate: reference.trainingPositiveRate,
    classRateShifted: positiveRate.changed && shift >= options.classRateShiftThreshold,
    maxAbsZScore: Math.max(0, ...fields.map(({ zScore }) => Math.abs(zScore ?? 0))),
    driftedFields: fields.filter(({ changed }) => changed).map(({ name }) => name),
  };
}

/** The tests of a field, in a fixed order. */
function verdictsOf(field: FieldDrift): Verdict[] {
  const { missing, outOfRange, unseen } = field;
  return [field, missing, outOfRange, unseen].filter((verdict) => verdict !== undefined);
}

/** The first key: fills in significance once every p-value is known. Mutates the verdicts. */
function decide(verdicts: readonly Verdict[], sufficient: boolean, falseAlarmRate: number): void {
  const adjusted = benjaminiHochberg(verdicts.map(({ pValue }) => pValue));
  verdicts.forEach((verdict, index) => {
    verdict.adjustedPValue = adjusted[index]!;
    verdict.significant = adjusted[index]! <= falseAlarmRate;
    verdict.changed = sufficient && verdict.significant && verdict.material;
  });
}

function fieldDrift(
  reference: FieldReference,
  field: FieldState,
  { rowCount, reference: { rowCount: referenceRowCount } }: MonitorState,
  options: DriftOptions,
): FieldDrift {
  const now = (hits: number): Proportion => ({ hits, rowCount });
  const then = (hits: number): Proportion => ({ hits, rowCount: referenceRowCount });
  const missing = rateChange(now(field.missing), then(reference.missing), 'greater', options);
  if (reference.type === 'number') {
    const { outOfRange } = field as NumericState;
    return {
      ...numericChange(reference, field as NumericState, options),
      missing,
      // fresh rows of the same kind fall beyond each training extreme with probability 1 / (rows + 1)
      outOfRange: rateChange(
        now(outOfRange),
        then(Math.min(2, referenceRowCount)),
        'greater',
        options,
      ),
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

function numericChange(
  reference: NumericReference,
  field: NumericState,
  options: DriftOptions,
): DistributionChange {
  const missing = { current: field.missing, reference: reference.missing };
  const comparison = compareCounts(field.counts, reference.counts, missing, true);
  const change: DistributionChange = {
    name: reference.name,
    type: 'number',
    ...comparison,
    ...undecided(comparison.pValue, materialDistance(comparison, options)),
  };
  if (field.finite === 0) return change;
  const scale = reference.standardDeviation || 1;
  const zScore = totalOf(field.sum) / field.finite;
  const variance = totalOf(field.sumOfSquares) / field.finite - zScore * zScore;
  change.zScore = zScore;
  change.mean = reference.mean + zScore * scale;
  change.standardDeviation = Math.sqrt(Math.max(0, variance)) * scale;
  change.minimum = field.minimum;
  change.maximum = field.maximum;
  change.referenceMean = reference.mean;
  change.referenceStandardDeviation = reference.standardDeviation;
  if (Math.abs(zScore) >= options.driftZscoreThreshold) change.material = true;
  return change;
}

function categoryChange(
  reference: CategoryReference,
  field: CategoryState,
  options: DriftOptions,
): DistributionChange {
  const missing = { current: field.missing, reference: reference.missing };
  const counts = [...reference.counts, reference.otherCount];
  const comparison = compareCounts(field.counts, counts, missing, false);
  return {
    name: reference.name,
    type: 'category',
    ...comparison,
    ...undecided(comparison.pValue, materialDistance(comparison, options)),
  };
}

function rateChange(
  current: Proportion,
  reference: Proportion,
  alternative: Alternative,
  options: DriftOptions,
): RateChange {
  const rate = current.rowCount === 0 ? 0 : current.hits / current.rowCount;
  const referenceRate = reference.hits / reference.rowCount;
  return {
    rate,
    referenceRate,
    ...undecided(
      proportionTest(current, reference, alternative),
      materialRate(rate, referenceRate, options),
    ),
  };
}

function materialDistance(comparison: Comparison, options: DriftOptions): boolean {
  const { psi, jensenShannon, share } = comparison;
  if (psi >= options.psiThreshold || jensenShannon >= options.jensenShannonThreshold) return true;
  return share !== undefined && materialRate(share.current, share.reference, options);
}

/** Both the difference and the factor count, the factor of the rate or of its complement. */
function materialRate(a: number, b: number, options: DriftOptions): boolean {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  if (!(high - low >= options.rateChangeThreshold)) return false;
  const ratio = options.rateRatioThreshold;
  return high >= ratio * low || 1 - low >= ratio * (1 - high);
}

function undecided(pValue: number, material: boolean): Verdict {
  return { pValue, adjustedPValue: 1, significant: false, material, changed: false };
}
