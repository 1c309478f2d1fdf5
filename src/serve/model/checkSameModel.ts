import { FormatError } from '../../core/errors.js';
import type { DriftReference } from '../../monitor/index.js';
import type { Scorer } from '../../score/scorer.js';

/** @throws {FormatError} when a reference was not made for the model that a scorer has loaded. */
export function checkSameModel(
  { task, schema, threshold }: Scorer,
  reference: DriftReference,
): void {
  const check = (part: string, ours: string, theirs: string): void => {
    if (ours === theirs) return;
    throw new FormatError(
      `the drift reference is of another model: its ${part} is ${theirs}, the model's is ${ours}`,
    );
  };
  const listed = (fields: readonly { name: string; type: string }[]): string =>
    fields.map(({ name, type }) => `${JSON.stringify(name)} (${type})`).join(', ');
  check('task', task, reference.task);
  check('list of fields', listed(schema.fields), listed(reference.fields));
  if (reference.task === 'binary') {
    check('threshold', String(threshold?.value), String(reference.threshold));
  }
  if (reference.task === 'multiclass') {
    const { classes } = schema.target;
    check('list of classes', JSON.stringify(classes), JSON.stringify(reference.classes));
  }
}
