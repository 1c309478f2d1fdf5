import type { DistributionChange, RateChange } from '../drift/driftReport.js';

/** A distribution's change as JSON data; keys without a value are left out when it is written. */
export function describeDistribution(change: DistributionChange): Record<string, unknown> {
  return {
    name: change.name,
    type: change.type,
    drifted: change.changed,
    significant: change.significant,
    material: change.material,
    psi: change.psi,
    jensen_shannon: change.jensenShannon,
    chi_square: change.statistic,
    degrees_of_freedom: change.degreesOfFreedom,
    p_value: change.pValue,
    adjusted_p_value: change.adjustedPValue,
    z_score: change.zScore,
    mean: change.mean,
    standard_deviation: change.standardDeviation,
    minimum: change.minimum,
    maximum: change.maximum,
    training_mean: change.referenceMean,
    training_standard_deviation: change.referenceStandardDeviation,
  };
}

/** A rate's change as JSON data. */
export function describeRate(change: RateChange): Record<string, unknown> {
  return {
    rate: change.rate,
    training_rate: change.referenceRate,
    changed: change.changed,
    significant: change.significant,
    material: change.material,
    p_value: change.pValue,
    adjusted_p_value: change.adjustedPValue,
  };
}
