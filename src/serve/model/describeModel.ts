import { shortest32 } from '../../core/float.js';
import type { FieldReference } from '../../monitor/index.js';
import type { RowRecord } from '../../score/scorer.js';
import { ProblemList } from '../rows/problem.js';
import type { ServedModel } from './servedModel.js';

/** What `/health` says of a model. */
export function describeBriefly({ info, scorer }: ServedModel): Record<string, unknown> {
  const { task, schema, threshold } = scorer;
  const { name: target, classes } = schema.target;
  return {
    ...info,
    task,
    target,
    ...(task !== 'regression' && { classes }),
    fields: schema.fields.length,
    ...(threshold && { threshold: threshold.value }),
  };
}

/** What `/model` says of it: the fields as training saw them, what is derived from them, the rules, an example. */
export function describeModel(model: ServedModel): Record<string, unknown> {
  const { scorer, reference } = model;
  const { features, rules, threshold, kernel } = scorer;
  return {
    ...describeBriefly(model),
    kernel,
    ...(threshold && { threshold_policy: threshold.policy }),
    training_rows: reference.rowCount,
    fields: reference.fields.map(describeField),
    derived_features: features.flatMap((feature) =>
      feature.kind === 'derived' ? [{ name: feature.name, expression: feature.source }] : [],
    ),
    rules: rules.map(({ source, field, message }) => ({ require: source, field, message })),
    explains: model.explain !== undefined,
    example: exampleRecord(model),
  };
}

function describeField(field: FieldReference): Record<string, unknown> {
  const { name, type } = field;
  if (field.type === 'number') {
    const { minimum, maximum, mean } = field;
    const range = { minimum: shortest32(minimum), maximum: shortest32(maximum) };
    return { name, type, training: { ...range, mean } };
  }
  const { levels, otherLevels } = field;
  return { name, type, training: { levels, other_levels: otherLevels.length } };
}

/** A record that the model takes: the middle of each number and the most frequent level, as training saw them. */
export function exampleRecord({ reference, validator, scorer }: ServedModel): RowRecord {
  const record: Record<string, number | string | null> = Object.fromEntries(
    reference.fields.map((field) => [field.name, typicalValue(field)]),
  );
  const problems = new ProblemList(scorer.rules.length + 1);
  validator.validate(record, [], problems);
  // a value that breaks a rule is left missing, which no rule minds
  for (const { loc } of problems.problems) record[String(loc[0])] = null;
  return record;
}

function typicalValue(field: FieldReference): number | string | null {
  if (field.type === 'category') return field.levels[0] ?? null;
  const { edges, counts, mean } = field;
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  // the upper edge of the bin that holds the median is a value that occurred
  let below = 0;
  const bin = counts.findIndex((count) => (below += count) >= half);
  return shortest32(edges[bin] ?? Math.fround(mean));
}
