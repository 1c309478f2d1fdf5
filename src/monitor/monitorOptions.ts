import { checkInteger, checkNumber, show, withDefaults } from '../core/check.js';
import { ConfigError } from '../core/errors.js';

/** When a change counts as drift: a test must call it significant, and it must be large enough to matter. */
export interface DriftOptions {
  /** rows below which nothing is decided */
  driftMinSamples: number;
  /** a mean moved by this many training standard deviations is material */
  driftZscoreThreshold: number;
  /** drifted fields that call for retraining... */
  driftMinFeatures: number;
  /** ...when together they have this share of the model's importance (where it is known) */
  driftMinImportance: number;
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
  /** precision, recall or accuracy lost that calls for retraining; of a regression the share by which the error grew */
  performanceDropThreshold: number;
  /** fields that raise no alarm, as those that tell the time, which are never as they were; they are counted all the same */
  ignoredFields: readonly string[];
  /** share of the predictions that need a label before realised performance decides anything */
  labelMinCoverage: number;
}

/** {@link DriftOptions}, and how rows are kept apart by time, how long an alarm lasts and what is remembered. */
export interface MonitorOptions extends DriftOptions {
  /** a window is closed as soon as it has this many rows... */
  windowRows: number;
  /**
   * ...and at the latest after this many hours, counted from 1970-01-01 UTC. A window lasts a 24th of it at the least, of whole days
   * a day
   */
  windowHours: number;
  /** stretches of `windowHours` that windows are kept of; what is older still counts in the total */
  windowsKept: number;
  /** of the last `persistenceWindows` windows this many must show a change before it calls for retraining */
  persistentWindows: number;
  persistenceWindows: number;
  /** quiet windows in a row that end an alarm; until then the same change raises no new one */
  coolDownWindows: number;
  /** predictions, and as many labels, that are kept to be joined; of more a sample that is the same for everyone */
  labelCapacity: number;
}

export const DEFAULT_DRIFT_OPTIONS: Readonly<DriftOptions> = Object.freeze({
  driftMinSamples: 50,
  driftZscoreThreshold: 3,
  driftMinFeatures: 2,
  driftMinImportance: 0.1,
  classRateShiftThreshold: 0.1,
  falseAlarmRate: 0.01,
  psiThreshold: 0.1,
  jensenShannonThreshold: 0.1,
  rateChangeThreshold: 0.01,
  rateRatioThreshold: 1.5,
  performanceDropThreshold: 0.05,
  ignoredFields: Object.freeze([]),
  labelMinCoverage: 0.5,
});

export const DEFAULT_MONITOR_OPTIONS: Readonly<MonitorOptions> = Object.freeze({
  ...DEFAULT_DRIFT_OPTIONS,
  windowRows: 1000,
  windowHours: 24,
  windowsKept: 14,
  persistentWindows: 2,
  persistenceWindows: 3,
  coolDownWindows: 3,
  labelCapacity: 50_000,
});

/** The options that are numbers. */
type Numbers = Omit<MonitorOptions, 'ignoredFields'>;

/** What each number may be: [minimum, maximum, integer?]. */
export const MONITOR_RANGES: Readonly<
  Record<keyof Numbers, readonly [minimum: number, maximum: number, integer?: boolean]>
> = Object.freeze({
  driftMinSamples: [1, 1e9, true],
  driftZscoreThreshold: [0, 1000],
  driftMinFeatures: [1, 10_000, true],
  driftMinImportance: [0, 1],
  classRateShiftThreshold: [0, 1],
  falseAlarmRate: [0, 1],
  psiThreshold: [0, 1000],
  jensenShannonThreshold: [0, 1],
  rateChangeThreshold: [0, 1],
  rateRatioThreshold: [1, 1000],
  performanceDropThreshold: [0, 1],
  labelMinCoverage: [0, 1],
  windowRows: [1, 1e9, true],
  windowHours: [1 / 60, 24 * 366],
  windowsKept: [1, 10_000, true],
  persistentWindows: [1, 1000, true],
  persistenceWindows: [1, 1000, true],
  coolDownWindows: [1, 1000, true],
  labelCapacity: [0, 10_000_000, true],
});

/** Lays options over the defaults. @throws {ConfigError} on an unknown key or a value out of range. */
export function checkDriftOptions(given?: Partial<DriftOptions>): DriftOptions {
  const options = withDefaults('drift option', DEFAULT_DRIFT_OPTIONS, given);
  checkRanges(options);
  return options;
}

/** {@link checkDriftOptions} of all options of a monitor. */
export function checkMonitorOptions(given?: Partial<MonitorOptions>): MonitorOptions {
  const options = withDefaults('monitor option', DEFAULT_MONITOR_OPTIONS, given);
  checkRanges(options);
  checkInteger('persistentWindows', options.persistentWindows, 1, options.persistenceWindows);
  return options;
}

function checkRanges(options: DriftOptions | MonitorOptions): void {
  const { ignoredFields, ...numbers } = options;
  if (!Array.isArray(ignoredFields) || ignoredFields.some((name) => typeof name !== 'string')) {
    throw new ConfigError(`"ignoredFields" expected names of fields, got ${show(ignoredFields)}`);
  }
  for (const [name, value] of Object.entries(numbers)) {
    const [minimum, maximum, integer] = MONITOR_RANGES[name as keyof Numbers];
    if (integer) checkInteger(name, value, minimum, maximum);
    else checkNumber(name, value, minimum, maximum);
  }
}

/** The part of the options that a single assessment knows. */
export function driftOptionsOf(options: MonitorOptions): DriftOptions {
  const names = Object.keys(DEFAULT_DRIFT_OPTIONS) as (keyof DriftOptions)[];
  return Object.fromEntries(names.map((name) => [name, options[name]])) as unknown as DriftOptions;
}
