import type {
  DistributionChange,
  DriftReport,
  FieldDrift,
  RateChange,
  Verdict,
} from '../drift/driftReport.js';
import type { PerformanceMetric, PerformanceReport } from '../performance/performanceReport.js';
import { movement } from './phrases.js';

/** A distribution's change as JSON data; keys without a value are left out when it is written. */
export function describeDistribution(change: DistributionChange): Record<string, unknown> {
  const { moments, grid, movedLevels } = change;
  return {
    name: change.name,
    type: change.type,
    drifted: change.changed,
    significant: change.significant,
    material: change.material,
    ...(change.changed && { movement: movement(change) }),
    psi: change.psi,
    jensen_shannon: change.jensenShannon,
    kolmogorov_smirnov: grid?.kolmogorovSmirnov,
    wasserstein: grid?.wasserstein,
    chi_square: change.statistic,
    degrees_of_freedom: change.degreesOfFreedom,
    p_value: change.pValue,
    adjusted_p_value: change.adjustedPValue,
    z_score: moments?.zScore,
    mean: moments?.mean,
    standard_deviation: moments?.standardDeviation,
    minimum: moments?.minimum,
    maximum: moments?.maximum,
    training_mean: moments?.referenceMean,
    training_standard_deviation: moments?.referenceStandardDeviation,
    training_minimum: moments?.referenceMinimum,
    training_maximum: moments?.referenceMaximum,
    moved_levels: movedLevels?.map(({ level, rate, referenceRate }) => ({
      level,
      rate,
      training_rate: referenceRate,
    })),
  };
}

/** A field: its distribution, and what may be wrong with its data. */
export function describeField(field: FieldDrift): Record<string, unknown> {
  const { missing, nonFinite, outOfRange, unseen, importance } = field;
  return {
    ...describeDistribution(field),
    importance,
    ...(field.ignored && { ignored: true }),
    missing: describeRate(missing),
    ...(nonFinite && { non_finite: describeRate(nonFinite) }),
    ...(outOfRange && {
      out_of_range: {
        ...describeRate(outOfRange),
        below: outOfRange.below,
        above: outOfRange.above,
      },
    }),
    ...(unseen && { unseen: { ...describeRate(unseen), levels: unseen.levels } }),
  };
}

/** A rate's change as JSON data. */
export function describeRate(change: RateChange): Record<string, unknown> {
  return { rate: change.rate, training_rate: change.referenceRate, ...describeVerdict(change) };
}

/** How good the predictions are, as JSON data. */
export function describePerformance(report: PerformanceReport): Record<string, unknown> {
  return {
    tracked_predictions: report.tracked,
    labelled_predictions: report.labelled,
    label_coverage: report.tracked === 0 ? null : report.labelled / report.tracked,
    estimate_assumes:
      'rows mean what they meant in training (covariate shift); only labels show when they do not',
    ...(report.distrust !== undefined && { estimate_not_to_be_relied_on: report.distrust }),
    metrics: report.metrics.map(describeMetric),
    tests: report.drops.map((drop) => ({
      seen_by: drop.kind,
      metric: snakeCase(drop.metric),
      from: drop.from,
      to: drop.to,
      ...describeVerdict(drop),
    })),
  };
}

function describeMetric(metric: PerformanceMetric): Record<string, unknown> {
  const { training, estimated, realised } = metric;
  return {
    metric: snakeCase(metric.metric),
    class: metric.class,
    training,
    estimated: estimated?.value,
    estimated_standard_error: estimated?.standardError,
    realised: realised?.value,
    realised_standard_error: realised?.standardError,
  };
}

function describeVerdict({ changed, significant, material, pValue, adjustedPValue }: Verdict) {
  return {
    changed,
    significant,
    material,
    p_value: pValue,
    adjusted_p_value: adjustedPValue,
  };
}

/** The evidence for what was found in one stretch of rows. */
export function describeEvidence(report: DriftReport): Record<string, unknown> {
  return {
    features: report.fields.map(describeField),
    score: describeDistribution(report.score),
    performance: describePerformance(report.performance),
  };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
