import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError } from '../../core/errors.js';
import { explainRow } from '../../explain/index.js';
import { type Config, FILES, type Lineage } from '../../lifecycle/index.js';
import { parseModel } from '../../model/modelFile.js';
import { type DriftOptions, type DriftReference, parseReference } from '../../monitor/index.js';
import { loadScorer } from '../../score/index.js';
import type { RowRecord, Scorer } from '../../score/scorer.js';
import type { ModelInfo } from '../../serve/index.js';
import { readRunFile, readRunLineage } from '../runDirectory.js';
import { driftOptionsOf, predictionNameOf } from '../runSettings.js';

/** The model of a run's folder, ready to be served. */
export interface ServedRun {
  scorer: Scorer;
  reference: DriftReference;
  modelInfo: ModelInfo & { sha256: string };
  /** empty when the target's name is to be taken */
  predictionName: string;
  /** as the run was configured */
  drift: Partial<DriftOptions>;
  /** the run's name; undefined without a lineage */
  name: string | undefined;
  /** undefined when the folder does not hold the float model */
  explain: ((record: RowRecord) => unknown) | undefined;
}

/** How a blob becomes a scorer; another one serves tests. */
export type LoadBlob = (blob: Uint8Array) => Promise<Scorer>;

// the server checks records itself, and says all that is wrong with them
const load: LoadBlob = (blob) =>
  loadScorer(blob, { unknownFields: 'ignore', absentFields: 'missing' });

/**
 * Reads the model of a run's folder.
 * @throws {ConfigError} when a file is missing.
 * @throws {FormatError} when a file is not what it should be, or not the one the lineage names.
 */
export async function readServedRun(
  directory: string,
  loadBlob: LoadBlob = load,
): Promise<ServedRun> {
  // a folder may hold the files alone, without the proof of where they come from
  const hasLineage = existsSync(join(directory, FILES.lineage));
  const lineage = hasLineage ? await readRunLineage(directory) : undefined;
  const blob = await readRunFile(directory, FILES.blob);
  const baseline = await readRunFile(directory, FILES.driftBaseline);
  const sha256 = checkFile(directory, FILES.blob, blob, lineage);
  // a folder that is replaced while it is read gives files of two runs
  checkFile(directory, FILES.driftBaseline, baseline, lineage);
  const config = lineage?.core.config as Partial<Config> | undefined;
  return {
    scorer: await loadBlob(blob),
    reference: parseReference(parseJson(baseline)),
    modelInfo: {
      sha256,
      ...(lineage && { run_id: lineage.run_id, releasable: lineage.core.releasable }),
    },
    predictionName: predictionNameOf(lineage),
    drift: driftOptionsOf(lineage),
    name: config?.name || undefined,
    explain: await readExplainer(directory, lineage),
  };
}

/** Reasons come from the float model. */
async function readExplainer(
  directory: string,
  lineage: Lineage | undefined,
): Promise<ServedRun['explain']> {
  if (!existsSync(join(directory, FILES.model))) return undefined;
  const content = await readRunFile(directory, FILES.model);
  checkFile(directory, FILES.model, content, lineage);
  const model = parseModel(new TextDecoder().decode(content));
  return (record) => explainRow(model, record);
}

/** The digest of a file. @throws {FormatError} when it is not the one that the lineage tells. */
function checkFile(
  directory: string,
  name: string,
  content: Uint8Array,
  lineage: Lineage | undefined,
): string {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const expected = lineage?.core.artifacts[name];
  if (expected === undefined || expected === sha256) return sha256;
  throw new FormatError(
    `${join(directory, name)} is not the file of this run: expected sha256 ${expected}, got ${sha256}`,
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new FormatError(`${FILES.driftBaseline} is not JSON: ${(error as Error).message}`);
  }
}
