import type { Label } from '../../monitor/index.js';
import type { Scorer } from '../../score/scorer.js';
import type { ServeLimits } from '../limits.js';
import { batchAt, checkRowCount, rowOfBody } from './batch.js';
import { isPredictionId } from './predictionId.js';
import { ProblemList } from './problem.js';

type Path = readonly (string | number)[];

const KEYS = ['prediction_id', 'label', 'observed_at'];
// a calendar date, and a time of day with its offset when there is one
const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Labels out of a JSON body: one `{ prediction_id, label, observed_at? }`, or an array of them.
 * @throws {Refusal} 422 with everything that is wrong, up to a limit.
 */
export function acceptLabels(
  body: unknown,
  scorer: Scorer,
  { maxBatchRows, maxProblems }: ServeLimits,
): Label[] {
  const { rows, pathOf } = Array.isArray(body) ? batchAt(['body'], body) : rowOfBody(body);
  checkRowCount(rows.length, maxBatchRows);
  const problems = new ProblemList(maxProblems);
  const labels: Label[] = [];
  for (let row = 0; row < rows.length && !problems.full; row++) {
    const label = readLabel(rows[row], scorer, pathOf(row), problems);
    if (label) labels.push(label);
  }
  problems.refuseIfAny();
  return labels;
}

/** Undefined when it is none; `problems` then says why. */
function readLabel(
  value: unknown,
  scorer: Scorer,
  path: Path,
  problems: ProblemList,
): Label | undefined {
  const before = problems.problems.length;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.add('dict_type', [...path], 'expected { "prediction_id", "label", "observed_at" }');
    return undefined;
  }
  const { prediction_id, label, observed_at } = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(value)) {
    if (KEYS.includes(key)) continue;
    problems.add('extra_forbidden', [...path, key.slice(0, 100)], `expected ${KEYS.join(', ')}`);
  }
  if (!isPredictionId(prediction_id)) {
    const message = 'expected the id of a prediction';
    problems.add('string_pattern_mismatch', [...path, 'prediction_id'], message);
  }
  const known = checkLabel(label, scorer, [...path, 'label'], problems);
  if (observed_at !== undefined && observed_at !== null && !isTime(observed_at)) {
    const message = 'expected a date and time in ISO 8601, with Z or an offset';
    problems.add('datetime_parsing', [...path, 'observed_at'], message);
  }
  if (problems.problems.length > before) return undefined;
  return {
    prediction_id: prediction_id as string,
    label: known!,
    ...(typeof observed_at === 'string' && { observed_at }),
  };
}

function checkLabel(
  label: unknown,
  { task, schema }: Scorer,
  loc: (string | number)[],
  problems: ProblemList,
): string | number | undefined {
  if (task === 'regression') {
    if (typeof label === 'number' && Number.isFinite(label)) return label;
    problems.add('float_type', loc, 'expected the number that was observed');
    return undefined;
  }
  const { classes } = schema.target;
  // classes are text, and often digits
  const text = typeof label === 'number' ? String(label) : label;
  if (typeof text === 'string' && classes.includes(text)) return text;
  if (task === 'binary' && (label === 0 || label === 1)) return label;
  problems.add('value_error', loc, `expected one of the classes of the model`);
  return undefined;
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && ISO_8601.test(value) && !Number.isNaN(Date.parse(value));
}
