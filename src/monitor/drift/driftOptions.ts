import { checkInteger, checkNumber, withDefaults } from '../../core/check.js';

/** When a change counts as drift: a test must call it significant, and it must be large enough to matter. */
export interface DriftOptions {
  /** rows below which nothing is decided */
  driftMinSamples: number;
  /** a mean moved by this many training standard deviations is material */
  driftZscoreThreshold: number;
  /** drifted fields that call for retraining */
  driftMinFeatures: number;
  /**
   * |share - that of training| that calls for retraining: of the positive predictions (binary), of a predicted class
   * (multiclass), of the predictions above any of the reference's edges (regression)
   */
  classRateShiftThreshold: number;
  /** probability of any alarm in an assessment of rows that have not changed */
  falseAlarmRate: number;
  /** a population stability index at or above is material */
  psiThreshold: number;
  /** a Jensen-Shannon distance (base 2) at or above is material */
  jensenShannonThreshold: number;
  /** a rate is material when it moved by this much... */
  rateChangeThreshold: number;
  /** ...and by this factor */
  rateRatioThreshold: number;
}

export const DEFAULT_DRIFT_OPTIONS: Readonly<DriftOptions> = Object.freeze({
  driftMinSamples: 50,
  driftZscoreThreshold: 3,
  driftMinFeatures: 2,
  classRateShiftThreshold: 0.1,
  falseAlarmRate: 0.01,
  psiThreshold: 0.1,
  jensenShannonThreshold: 0.1,
  rateChangeThreshold: 0.01,
  rateRatioThreshold: 1.5,
});

/** Lays options over the defaults. @throws {ConfigError} on an unknown key or a value out of range. */
export function checkDriftOptions(given?: Partial<DriftOptions>): DriftOptions {
  const options = withDefaults('drift option', DEFAULT_DRIFT_OPTIONS, given);
  checkInteger('driftMinSamples', options.driftMinSamples, 1);
  checkNumber('driftZscoreThreshold', options.driftZscoreThreshold, 0);
  checkInteger('driftMinFeatures', options.driftMinFeatures, 1);
  checkNumber('classRateShiftThreshold', options.classRateShiftThreshold, 0, 1);
  checkNumber('falseAlarmRate', options.falseAlarmRate, 0, 1);
  checkNumber('psiThreshold', options.psiThreshold, 0);
  checkNumber('jensenShannonThreshold', options.jensenShannonThreshold, 0, 1);
  checkNumber('rateChangeThreshold', options.rateChangeThreshold, 0, 1);
  checkNumber('rateRatioThreshold', options.rateRatioThreshold, 1);
  return options;
}
