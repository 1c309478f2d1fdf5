import type { Table } from '../core/table.js';
import { type Config, type Sample, sampleTable } from '../lifecycle/index.js';
import type { Model } from '../model/model.js';
import { readRunLineage, readRunModel, readTable } from '../node/index.js';

/** A run's model and configuration, and rows read in its terms. */
export interface RunOnData {
  model: Model;
  config: Config;
  runId: string;
  table: Table;
}

/** Reads a run's model, and a file by the model's schema; the target need not be there. */
export async function loadUnlabelled(directory: string, dataPath: string): Promise<RunOnData> {
  return load(directory, dataPath, false);
}

/** The same with the target. @throws {DataError | ShapeError} when it is missing or holds other classes or no numbers. */
export async function loadLabelled(
  directory: string,
  dataPath: string,
): Promise<RunOnData & { sample: Sample }> {
  const run = await load(directory, dataPath, true);
  return { ...run, sample: sampleTable(run.model, run.table) };
}

async function load(directory: string, dataPath: string, labelled: boolean): Promise<RunOnData> {
  const model = await readRunModel(directory);
  const lineage = await readRunLineage(directory);
  const config = structuredClone(lineage.core.config as Config);
  const { fields, target } = model.schema;
  const types = Object.fromEntries(fields.map(({ name, type }) => [name, type]));
  const { table } = await readTable(dataPath, {
    types: labelled ? { ...types, [target.name]: 'category' } : types,
    missingTokens: config.data.missing_tokens,
  });
  return {
    model,
    config,
    runId: lineage.run_id,
    table,
  };
}
