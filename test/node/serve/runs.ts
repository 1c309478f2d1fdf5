import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../../src/core/json.js';
import { fakeReference } from '../../serve/fakeModel.js';

const BASELINE = canonicalJson(fakeReference());

export interface RunParts {
  /** the text of `model.coppice` */
  blob: string;
  /** the files to write; all by default */
  only?: string[];
}

/** Writes what is served of a run into `<root>/run`. */
export function writeRun(root: string, { blob, only }: RunParts): string {
  const directory = join(root, 'run');
  mkdirSync(directory, { recursive: true });
  const sha256 = createHash('sha256').update(blob).digest('hex');
  const core = {
    artifacts: { 'model.coppice': sha256 },
    releasable: true,
    config: { serving: { prediction_name: 'purchase' }, monitoring: { drift_min_samples: 3 } },
  };
  const lineage = { format: 'coppice-lineage', version: 1, run_id: 'abc', core, measurements: {} };
  const files: Record<string, string> = {
    'model.coppice': blob,
    'drift_baseline.json': BASELINE,
    'lineage.json': canonicalJson(lineage),
  };
  for (const [name, content] of Object.entries(files)) {
    if (!only || only.includes(name)) writeFileSync(join(directory, name), content);
  }
  return directory;
}
