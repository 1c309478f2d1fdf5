import type { Field } from '../../model/schema.js';
import type { RowRecord } from '../../score/scorer.js';
import type { ServedModel } from '../model/servedModel.js';
import type { Batch } from './batch.js';
import { checkIds, ID_FIELD, splitId } from './predictionId.js';
import { ProblemList } from './problem.js';

/** Rows that fit the model, and the ids that some of them brought. */
export interface AcceptedRows {
  records: readonly RowRecord[];
  /** undefined when none did */
  ids: readonly (string | undefined)[] | undefined;
}

/**
 * Holds rows against the model.
 * @throws {Refusal} 422 with everything that is wrong, up to a limit.
 */
export function acceptRows(
  { rows, pathOf }: Batch,
  { validator, scorer }: Pick<ServedModel, 'validator' | 'scorer'>,
  maxProblems: number,
): AcceptedRows {
  if (rows.every(validator.accepts)) return { records: rows, ids: undefined };
  const { records, ids } = apart(rows, scorer.schema.fields);
  const problems = new ProblemList(maxProblems);
  // rows that brought ids are looked at again without them
  if (!ids || !records.every(validator.accepts)) {
    for (let row = 0; row < records.length && !problems.full; row++) {
      validator.validate(records[row], pathOf(row), problems);
    }
  }
  if (ids) checkIds(ids, (row) => [...pathOf(row), ID_FIELD], problems);
  problems.refuseIfAny();
  return { records: records as RowRecord[], ids: ids as (string | undefined)[] | undefined };
}

function apart(
  rows: readonly unknown[],
  fields: readonly Field[],
): { records: readonly unknown[]; ids: unknown[] | undefined } {
  const isField = fields.some(({ name }) => name === ID_FIELD);
  if (isField || !rows.some(hasId)) return { records: rows, ids: undefined };
  const split = rows.map(splitId);
  return { records: split.map(({ record }) => record), ids: split.map(({ id }) => id) };
}

function hasId(row: unknown): boolean {
  return typeof row === 'object' && row !== null && ID_FIELD in row;
}
