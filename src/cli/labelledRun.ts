import { ConfigError } from '../core/errors.js';
import type { Table } from '../core/table.js';
import { type Config, type Sample, sampleTable } from '../lifecycle/index.js';
import type { BinaryModel } from '../model/model.js';
import { readRunLineage, readRunModel, readTable } from '../node/index.js';

/** A run's model and configuration, and rows read in its terms. */
export interface RunOnData {
  model: BinaryModel;
  config: Config;
  runId: string;
  table: Table;
}

/** Reads a run's model, and a file by the model's schema; the target need not be there. */
export async function loadUnlabelled(directory: string, dataPath: string): Promise<RunOnData> {
  return load(directory, dataPath, false);
}

/** The same with labels. @throws {DataError | ShapeError} when the target is missing or holds other classes. */
export async function loadLabelled(
  directory: string,
  dataPath: string,
): Promise<RunOnData & { sample: Sample }> {
  const run = await load(directory, dataPath, true);
  return { ...run, sample: sampleTable(run.model, run.table) };
}

async function load(directory: string, dataPath: string, labelled: boolean): Promise<RunOnData> {
  const model = await readRunModel(directory);
  if (model.task !== 'binary') throw new ConfigError(`a ${model.task} model is not evaluated yet`);
  const lineage = await readRunLineage(directory);
  const { fields, target } = model.schema;
  const types = Object.fromEntries(fields.map(({ name, type }) => [name, type]));
  const { table } = await readTable(dataPath, {
    types: labelled ? { ...types, [target.name]: 'category' } : types,
  });
  return {
    model,
    config: structuredClone(lineage.core.config as Config),
    runId: lineage.run_id,
    table,
  };
}
