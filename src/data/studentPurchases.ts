import { checkInteger, withDefaults } from '../core/check.js';
import { exp, log, sigmoid } from '../core/elementary.js';
import { createRandom, type Random } from '../core/random.js';
import type { Table } from '../core/table.js';
import type { FieldType } from '../model/schema.js';
import { formatCsvRow } from './formatCsvRow.js';
import { countryShares, drawCountry } from './studentCountries.js';
import { TableBuilder } from './tableBuilder.js';

export interface StudentPurchaseOptions {
  /** >= 1 */
  rowCount: number;
  /** any 32-bit integer; the same seed gives the same bytes on every machine */
  seed: number;
}

export const STUDENT_PURCHASE_DEFAULTS: Readonly<StudentPurchaseOptions> = Object.freeze({
  rowCount: 17_761,
  seed: 13,
});

/** The columns, in order; `purchased` is the target. */
export const STUDENT_PURCHASE_COLUMNS: readonly string[] = [
  'student_country',
  'days_on_platform',
  'minutes_watched',
  'courses_started',
  'practice_exams_started',
  'practice_exams_passed',
  'minutes_spent_on_exams',
  'purchased',
];

/** The types of the columns, for those who read the CSV text. */
export const STUDENT_PURCHASE_TYPES: Readonly<Record<string, FieldType>> = Object.fromEntries(
  STUDENT_PURCHASE_COLUMNS.map((name) => {
    const isText = name === 'student_country' || name === 'purchased';
    return [name, isText ? 'category' : 'number'];
  }),
);

const PURCHASE_SHARE = 0.0918;
/** share of the purchases that nothing announces */
const SURPRISE_SHARE = 0.015;
/** share of rows without a country */
const UNKNOWN_COUNTRY_SHARE = 0.0005;

/** A function through knots `(x, y)`: linear between them, flat above the last and, at `below`, below the first. */
interface Curve {
  /** the first y when absent */
  below?: number;
  x: readonly number[];
  y: readonly number[];
}

/**
 * How the rows of one class are made. The four latent variables are standard normal; each becomes a column through a
 * rising function, so the columns keep their rank correlations whatever their tails.
 */
interface ClassShape {
  /** days since registration (until the purchase, for those who purchase) by latent */
  days: Curve;
  /** logarithm of the minutes watched by latent */
  logMinutes: Curve;
  /** latent values above which one more course was started, from the second on */
  courseCuts: readonly number[];
  /** practice exams started by latent; below the first knot none */
  exams: Curve;
  /** log-odds to pass an exam: mean and standard deviation over students */
  passLogOdds: number;
  passSpread: number;
  /** logarithm of the minutes spent on one exam: mean and standard deviation */
  logExamMinutes: number;
  logExamMinutesSd: number;
  /**
   * Rows of the lower triangle of the Cholesky factor of the latents' correlations, in the order
   * minutes, courses, exams, days.
   */
  mixing: readonly (readonly number[])[];
}

const NO_PURCHASE: ClassShape = {
  days: {
    below: 0,
    x: [-2.67, -2.4, -2.19, -2, -1.62, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5],
    y: [1, 2, 3, 5, 11, 13, 35, 67, 127, 193, 240, 272, 286, 292],
  },
  logMinutes: {
    x: [-1.45, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4],
    y: [-2.3, -0.9, 0.26, 1.77, 2.93, 3.78, 4.38, 5.23, 6.1, 6.96, 7.6, 8.5],
  },
  courseCuts: [1.15, 1.79, 2.21, 2.55, 2.78, 2.9, 3.1, 3.26, 3.33, 3.5, 3.65, 3.8],
  exams: {
    x: [1.42, 1.67, 1.93, 2.09, 2.21, 2.44, 2.66, 2.84, 3.06, 3.26, 3.8],
    y: [1, 2, 3, 4, 5, 8, 11, 16, 21, 31, 70],
  },
  passLogOdds: 0.5,
  passSpread: 1.1,
  logExamMinutes: 1.5,
  logExamMinutesSd: 0.75,
  mixing: [[1], [0.6, 0.8], [0.64, 0.1, 0.762], [0.08, 0.03, -0.43, 0.9]],
};

const PURCHASE: ClassShape = {
  days: {
    below: 0,
    x: [-0.26, 0.06, 0.24, 0.34, 0.54, 0.9, 1.13, 1.25, 1.58, 1.88, 2, 2.5, 3, 3.5],
    y: [1, 2, 3, 4, 6, 11, 21, 31, 61, 101, 114, 180, 210, 250],
  },
  logMinutes: {
    x: [-2.6, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5],
    y: [-2.3, -0.9, 0.53, 2.03, 3.13, 3.8, 4.35, 4.78, 5.11, 5.44, 5.87, 6.27, 6.81],
  },
  courseCuts: [0.91, 1.62, 2.01, 2.29, 2.47, 2.63, 3, 3.23],
  exams: {
    x: [1.06, 1.29, 1.55, 1.74, 1.94, 2.09, 2.47, 3.03, 3.5],
    y: [1, 2, 3, 4, 5, 6, 8, 11, 17],
  },
  passLogOdds: 1.2,
  passSpread: 1,
  logExamMinutes: 1.25,
  logExamMinutesSd: 0.65,
  mixing: [[1], [0.38, 0.925], [0.5, 0, 0.866], [0.21, 0.45, 0, 0.868]],
};

const LONGEST_STAY_DAYS = 292;
const LONGEST_EXAM_MINUTES = 25;
const EXAM_HASTE = 0.15;

/**
 * Makes up the rows of an e-learning platform: who purchases a subscription. They resemble real data of that kind in
 * the shape of each column and in how the columns hang together; `docs/data.md` says how well.
 * @throws {ConfigError} on an unknown option or a row count below 1.
 */
export function generateStudentPurchases(options?: Partial<StudentPurchaseOptions>): Table {
  const builder = new TableBuilder(STUDENT_PURCHASE_COLUMNS, 1, 'student_purchases', {
    types: STUDENT_PURCHASE_TYPES,
  });
  let line = 2;
  for (const row of studentPurchaseRows(options)) builder.addRow(row, line++);
  return builder.finish().table;
}

/** The same rows as CSV text, with a header. */
export function studentPurchasesCsv(options?: Partial<StudentPurchaseOptions>): string {
  const lines = [formatCsvRow(STUDENT_PURCHASE_COLUMNS)];
  for (const row of studentPurchaseRows(options)) lines.push(formatCsvRow(row));
  return lines.join('');
}

function* studentPurchaseRows(options?: Partial<StudentPurchaseOptions>): Generator<string[]> {
  const { rowCount, seed } = withDefaults('generator option', STUDENT_PURCHASE_DEFAULTS, options);
  checkInteger('rowCount', rowCount, 1, 10_000_000);
  checkInteger('seed', seed, -2147483648, 2147483647);
  const random = createRandom(seed);
  const { codes, cumulative } = countryShares();
  for (let row = 0; row < rowCount; row++) {
    const purchased = random.uniform() < PURCHASE_SHARE ? 1 : 0;
    const index = drawCountry(cumulative[purchased], random.uniform());
    const country = random.uniform() < UNKNOWN_COUNTRY_SHARE ? '' : codes[index]!;
    const looksLikePurchase = purchased === 1 && random.uniform() >= SURPRISE_SHARE;
    const activity = drawActivity(looksLikePurchase ? PURCHASE : NO_PURCHASE, random);
    yield [country, ...activity.map(String), String(purchased)];
  }
}

/** The six numbers of a student, in the order of the columns. */
function drawActivity(shape: ClassShape, random: Random): number[] {
  const normals = [random.normal(), random.normal(), random.normal(), random.normal()];
  const [minutesLatent, coursesLatent, examsLatent, daysLatent] = shape.mixing.map((weights) =>
    weights.reduce((sum, weight, index) => sum + weight * normals[index]!, 0),
  ) as [number, number, number, number];

  const days = Math.min(LONGEST_STAY_DAYS, Math.floor(valueAt(shape.days, daysLatent)));
  // tenths of a minute, at least one
  const minutes = Math.max(1, Math.round(exp(valueAt(shape.logMinutes, minutesLatent)) * 10)) / 10;
  const courses = 1 + shape.courseCuts.filter((cut) => coursesLatent > cut).length;
  const tookExams = examsLatent > shape.exams.x[0]!;
  const started = tookExams ? Math.floor(valueAt(shape.exams, examsLatent)) : 0;
  const { passed, examMinutes } = drawExams(shape, started, random);
  return [days, minutes, courses, started, passed, examMinutes];
}

function drawExams(
  shape: ClassShape,
  started: number,
  random: Random,
): { passed: number; examMinutes: number } {
  if (started === 0) return { passed: 0, examMinutes: 0 };
  const chance = sigmoid(shape.passLogOdds + shape.passSpread * random.normal());
  let passed = 0;
  for (let exam = 0; exam < started; exam++) if (random.uniform() < chance) passed++;
  // those who take many exams are quicker
  const mean = shape.logExamMinutes - EXAM_HASTE * log(started);
  const each = exp(mean + shape.logExamMinutesSd * random.normal());
  const hundredths = Math.round(Math.min(each, LONGEST_EXAM_MINUTES) * started * 100);
  return { passed, examMinutes: Math.max(1, hundredths) / 100 };
}

function valueAt({ x, y, below = y[0]! }: Curve, at: number): number {
  const last = x.length - 1;
  if (at <= x[0]!) return below;
  if (at >= x[last]!) return y[last]!;
  let i = 1;
  while (at > x[i]!) i++;
  const share = (at - x[i - 1]!) / (x[i]! - x[i - 1]!);
  return y[i - 1]! + share * (y[i]! - y[i - 1]!);
}
